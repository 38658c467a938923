import { changeNotices } from '../kit/change_notices.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { at, metaOf } from '../kit/meta.ts';
import { optionalString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';

/** Kinds by the form of the resource’s path. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^teams\('[^']+'\)\/channels\('[^']+'\)\/messages\(/, 'channel_message'],
  [/^chats\('[^']+'\)\/messages\(/, 'chat_message'],
  [/^teams\('[^']+'\)\/channels\('[^']+'\)$/, 'channel'],
  [/^teams\('[^']+'\)\/members\('[^']+'\)$/, 'team_member'],
  [/^teams\('[^']+'\)$/, 'team'],
];

/** A notice says what changed and not how: the thing itself is read by an action. */
export const webhook = changeNotices('Subscriptions to the teams and chats of the connected person', item => {
  const resource = optionalString(item.resource) ?? '';
  const change = optionalString(item.changeType) ?? '';
  const kind = KINDS.find(([form]) => form.test(resource))?.[1] ?? 'resource';
  // Lifecycle notices have no change.
  if (!/^[a-z]{1,32}$/.test(change)) return undefined;
  const part = (name: string) => new RegExp(`(?:^|/)${name}\\('([^']+)'\\)`).exec(resource)?.[1];
  return {
    eventType: `microsoft_teams.${kind}.${change}`,
    ...(resource !== '' && { objectKey: resource.slice(0, 512) }),
    meta: metaOf({
      team: part('teams'),
      channel: part('channels'),
      chat: part('chats'),
      id: at(item.resourceData, 'id'),
      tenant: item.tenantId,
    }),
  };
});

const notice = output(['subscriptionId', 'changeType', 'resource'], {
  subscriptionId: field('string', 'Subscription it was sent for'),
  changeType: field('string', 'created, updated or deleted'),
  resource: field('string', 'Path by which it is read'),
  resourceData: output(['id'], {
    id: field('string', 'Id of what changed'),
    '@odata.type': field('string', 'Its kind'),
    '@odata.id': field('string', 'Path by which it is read'),
  }),
  tenantId: field('string', 'Organization'),
  subscriptionExpirationDateTime: field('string', 'When the subscription ends'),
});

const messages = {
  created: 'Somebody wrote a message.',
  updated: 'A message was changed, or reacted to; within half an hour this is told once.',
  deleted: 'A message was deleted.',
};

export const eventTypes = [
  ...eventTypesOf('microsoft_teams.channel_message', messages, notice, { scopes: ['ChannelMessage.Read.All'] }),
  ...eventTypesOf('microsoft_teams.chat_message', messages, notice, { scopes: ['Chat.ReadWrite'] }),
  ...eventTypesOf(
    'microsoft_teams.channel',
    { created: 'A channel was made.', updated: 'A channel changed.', deleted: 'A channel was deleted.' },
    notice,
    { scopes: ['Channel.ReadBasic.All'] },
  ),
  ...eventTypesOf(
    'microsoft_teams.team_member',
    { created: 'Somebody came into a team.', updated: 'Somebody’s role changed.', deleted: 'Somebody left a team.' },
    notice,
    { scopes: ['TeamMember.Read.All'] },
  ),
  ...eventTypesOf('microsoft_teams.team', { updated: 'A team changed.', deleted: 'A team was deleted.' }, notice, {
    scopes: ['Team.ReadBasic.All'],
  }),
];

const PLACES: Readonly<Record<string, string>> = {
  channel_message: "teams('sample-team')/channels('19:sample@thread.tacv2')/messages('1777863721000')",
  chat_message: "chats('19:sample@unq.gbl.spaces')/messages('1777863721000')",
  channel: "teams('sample-team')/channels('19:sample@thread.tacv2')",
  team_member: "teams('sample-team')/members('sample-member')",
  team: "teams('sample-team')",
};

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, kind = '', change = ''] = name.split('.');
  const resource = PLACES[kind] ?? '';
  const id = /'([^']+)'\)$/.exec(resource)?.[1] ?? '';
  const payload = {
    subscriptionId: '9f9d1ed0-c9cc-42e7-8d80-a7fc4b0cda3c',
    changeType: change,
    tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
    subscriptionExpirationDateTime: '2026-05-04T04:02:01.0000000+00:00',
    resource,
    resourceData: { id, '@odata.type': '#Microsoft.Graph.chatMessage', '@odata.id': resource },
  };
  return { payload, meta: { id } };
});
