import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { isObject, type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type {
  ProviderCall,
  ReferenceItem,
  ReferencePage,
  ReferenceQuery,
  ReferenceTouch,
  ReferenceType,
} from '../provider.ts';
import { emoji } from './emoji.ts';

/** Slack advises 200 a page; above 1000 it refuses. */
const MAX_PAGE = 200;
/** Slack resolves one id a call; a few at once keep 100 within seconds and within tier 3's 50 a minute bursts. */
const CALLS_AT_ONCE = 5;

export const references: readonly ReferenceType[] = [
  {
    name: 'slack.channel',
    title: 'Channel',
    description: 'A public channel, or a private one the app was invited to.',
    runtimeState: 'ACTIVE',
    scopes: ['channels:read', 'groups:read'],
    dependsOn: [],
    source: 'PROVIDER',
    search: 'LOCAL',
    list: (call, query) =>
      page(call, 'conversations.list', 'channels', query, channel, {
        types: 'public_channel,private_channel',
        exclude_archived: 'true',
      }),
    resolve: (call, { values }) => each(call, values, 'conversations.info', 'channel', channel),
    touchedBy: told(channelTouch),
    valueOfUrl: url => /\/(?:archives|client\/T[A-Z0-9]+)\/([CG][A-Z0-9]{4,})/.exec(url.pathname)?.[1],
  },
  {
    name: 'slack.user',
    title: 'User',
    description: 'A member of the workspace, apps included.',
    runtimeState: 'ACTIVE',
    scopes: ['users:read'],
    dependsOn: [],
    source: 'PROVIDER',
    search: 'LOCAL',
    list: async (call, query) => {
      const { items, ...rest } = await page(call, 'users.list', 'members', query, user);
      return { items: items.filter(item => item.state === 'PRESENT'), ...rest };
    },
    resolve: (call, { values }) => each(call, values, 'users.info', 'user', user),
    touchedBy: told(event =>
      event.type === 'team_join' || event.type === 'user_change'
        ? whole(user(readObject(event.user, 'event.user')))
        : [],
    ),
    valueOfUrl: url => /\/team\/([UW][A-Z0-9]{4,})/.exec(url.pathname)?.[1],
  },
  {
    name: 'slack.usergroup',
    title: 'User group',
    description: 'A group of members that can be mentioned as one.',
    runtimeState: 'ACTIVE',
    scopes: ['usergroups:read'],
    dependsOn: [],
    source: 'PROVIDER',
    search: 'LOCAL',
    list: async (call, query) =>
      sliced(
        (await usergroups(call)).filter(item => item.state === 'PRESENT'),
        query,
      ),
    resolve: async (call, { values }) => (await usergroups(call)).filter(item => values.includes(item.value)),
    touchedBy: told(event =>
      event.type === 'subteam_created' || event.type === 'subteam_updated'
        ? whole(usergroup(readObject(event.subteam, 'event.subteam')))
        : [],
    ),
  },
  emoji,
];

/** What an Events API delivery holds; commands and interactions tell nothing of references. */
function told(read: (event: Json) => readonly ReferenceTouch[]) {
  return ({ eventType, payload }: { readonly eventType: string; readonly payload: Json }): readonly ReferenceTouch[] =>
    eventType === 'slack.event' ? read(readObject(payload.event, 'event')) : [];
}

/** Source: docs.slack.dev/reference/events, channel_* and group_*. */
function channelTouch(event: Json): readonly ReferenceTouch[] {
  const happened = /^(?:channel|group)_(\w+)$/.exec(typeof event.type === 'string' ? event.type : '')?.[1];
  const node = isObject(event.channel) ? event.channel : {};
  const value = optionalString(event.channel) ?? optionalString(node.id);
  if (happened === undefined || value === undefined) return [];
  const name = optionalString(node.name);
  const label = name === undefined ? {} : { label: `#${name}` };
  switch (happened) {
    case 'created':
      return [{ value, ...label, state: 'PRESENT' }];
    case 'rename':
      return [{ value, ...label }];
    case 'archive':
      return [{ value, state: 'ARCHIVED' }];
    case 'unarchive':
      return [{ value, state: 'PRESENT' }];
    case 'deleted':
      return [{ value, state: 'NOT_FOUND' }];
    case 'left':
    case 'id_changed':
    case 'shared':
    case 'unshared':
      return [{ value }];
    default:
      return [];
  }
}

function whole({ value, label, description, metadata, state }: ReferenceItem): readonly ReferenceTouch[] {
  return [{ value, label, state, ...(description !== undefined && { description }), ...(metadata && { metadata }) }];
}

async function page(
  call: ProviderCall,
  method: string,
  key: string,
  query: ReferenceQuery,
  item: (node: Json) => ReferenceItem,
  more: Readonly<Record<string, string>> = {},
): Promise<ReferencePage> {
  const form = {
    ...more,
    limit: String(Math.min(Math.max(query.pageSize, 1), MAX_PAGE)),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  };
  const answer = await call.fetch(`${call.endpoints.api}/${method}`, { method: 'POST', form });
  const body = readObject(answer.body, method);
  const items = readArray(body[key], key).map((node, index) => item(readObject(node, `${key}[${index}]`)));
  const next = isObject(body.response_metadata) ? optionalString(body.response_metadata.next_cursor) : undefined;
  return next === undefined ? { items } : { items, nextCursor: next };
}

/** Asks for each value; one that Slack does not know is left out, one it will not show is NO_ACCESS. */
async function each(
  call: ProviderCall,
  values: readonly string[],
  method: string,
  key: string,
  item: (node: Json) => ReferenceItem,
): Promise<readonly ReferenceItem[]> {
  const found = await mapLimited(values, CALLS_AT_ONCE, async (value): Promise<ReferenceItem | undefined> => {
    try {
      const answer = await call.fetch(`${call.endpoints.api}/${method}`, { method: 'POST', form: { [key]: value } });
      return item(readObject(readObject(answer.body, method)[key], key));
    } catch (error) {
      const kind = error instanceof ProviderError ? error.failure.kind : undefined;
      if (kind === 'not_found') return undefined;
      if (kind === 'forbidden') return { value, label: value, state: 'NO_ACCESS' };
      throw error;
    }
  });
  return found.filter(one => one !== undefined);
}

async function usergroups(call: ProviderCall): Promise<readonly ReferenceItem[]> {
  const form = { include_disabled: 'true', include_count: 'false' };
  const answer = await call.fetch(`${call.endpoints.api}/usergroups.list`, { method: 'POST', form });
  const groups = readArray(readObject(answer.body, 'usergroups.list').usergroups, 'usergroups');
  return groups.map((node, index) => usergroup(readObject(node, `usergroups[${index}]`)));
}

function channel(node: Json): ReferenceItem {
  const purpose = isObject(node.purpose) ? optionalString(node.purpose.value) : undefined;
  const value = readId(node.id, 'channel.id');
  const name = optionalString(node.name);
  return {
    value,
    label: name === undefined ? value : `#${name}`,
    ...(purpose === undefined ? {} : { description: purpose }),
    metadata: { is_private: String(node.is_private === true), is_member: String(node.is_member === true) },
    state: node.is_archived === true ? 'ARCHIVED' : 'PRESENT',
  };
}

function user(node: Json): ReferenceItem {
  const name = readString(node.name, 'user.name');
  const profile = isObject(node.profile) ? node.profile : {};
  return {
    value: readId(node.id, 'user.id'),
    label: optionalString(profile.display_name) ?? optionalString(node.real_name) ?? name,
    description: `@${name}`,
    metadata: { is_bot: String(node.is_bot === true) },
    state: node.deleted === true ? 'ARCHIVED' : 'PRESENT',
  };
}

function usergroup(node: Json): ReferenceItem {
  const description = optionalString(node.description);
  return {
    value: readId(node.id, 'usergroup.id'),
    label: `@${readString(node.handle, 'usergroup.handle')}`,
    description: description ?? readString(node.name, 'usergroup.name'),
    state: typeof node.date_delete === 'number' && node.date_delete > 0 ? 'ARCHIVED' : 'PRESENT',
  };
}
