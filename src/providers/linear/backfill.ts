import { momentOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import type { ProviderCall } from '../provider.ts';
import type { BackfillPage, Gap } from '../subscription.ts';
import { eventOf } from './events.ts';

/** By type as webhooks call it: where it is listed, and the fields that its payload's `data` gets. */
const LISTS = [
  {
    type: 'Issue',
    root: 'issues',
    filter: 'IssueFilter',
    fields:
      'identifier title description priority url team { id } state { id } assignee { id } project { id } labels { nodes { id } }',
  },
  { type: 'Comment', root: 'comments', filter: 'CommentFilter', fields: 'body url issue { id }' },
  { type: 'Project', root: 'projects', filter: 'ProjectFilter', fields: 'name state url' },
] as const;
const PAGE = 100;

type Recovered = BackfillPage['events'][number];

/**
 * Issues, comments and projects that were made or changed in the time. Of several changes of one the last is told, as no
 * list holds those before; what was removed, labels, cycles and reactions are not told.
 */
export async function backfill(call: ProviderCall, gap: Gap): Promise<BackfillPage> {
  const [, at = '0', after] = /^(\d):(.*)$/.exec(gap.cursor ?? '') ?? [];
  const index = Number(at);
  const list = LISTS[index];
  if (list === undefined) return { events: [] };
  const query = `query Missed($first: Int!, $after: String, $filter: ${list.filter}) {
    organization { id }
    ${list.root}(first: $first, after: $after, filter: $filter) {
      nodes { id createdAt updatedAt ${list.fields} } pageInfo { hasNextPage endCursor } } }`;
  const data = await graphql(call, `${call.endpoints.api}/graphql`, query, {
    first: PAGE,
    after: after || undefined,
    filter: { updatedAt: { gte: gap.since.toISOString(), lte: gap.until.toISOString() } },
  });
  const organizationId = readString(readObject(data.organization, 'organization').id, 'organization.id');
  const connection = readObject(data[list.root], list.root);
  const events = readArray(connection.nodes, 'nodes').flatMap((node, i) =>
    ofNode(list.type, readObject(node, `nodes[${i}]`), organizationId, gap),
  );
  const info = isObject(connection.pageInfo) ? connection.pageInfo : {};
  const end = info.hasNextPage === true ? optionalString(info.endCursor) : undefined;
  if (end !== undefined) return { events, nextCursor: `${index}:${end}` };
  return index + 1 < LISTS.length ? { events, nextCursor: `${index + 1}:` } : { events };
}

function ofNode(type: string, node: Json, organizationId: string, gap: Gap): Recovered[] {
  const { url, createdAt, updatedAt, ...rest } = node;
  const changed = updatedAt !== createdAt;
  const happened = [
    { action: 'create', at: createdAt },
    ...(changed ? [{ action: 'update', at: updatedAt }] : []),
  ].filter(each => isIn(gap, each.at));
  return happened.map(({ action, at }) => {
    // As it was told then, its version is the moment it was made.
    const data = { ...flat(rest), createdAt, updatedAt: at };
    const body = { action, type, createdAt: at, organizationId, data, ...(typeof url === 'string' && { url }) };
    const event = eventOf(body, '');
    const semanticKey = event.semanticKey ?? `${type}:${String(rest.id)}:${String(at)}:${action}`;
    return { ...event, semanticKey, deliveryKey: semanticKey };
  });
}

/** Webhooks give the ids of what an object belongs to, where the API gives objects. */
function flat(node: Json): Json {
  return Object.fromEntries(
    Object.entries(node).map(([name, value]): [string, unknown] => {
      if (!isObject(value)) return [value === null && /^(assignee|project)$/.test(name) ? `${name}Id` : name, value];
      if (Array.isArray(value.nodes)) return [`${name.replace(/s$/, '')}Ids`, value.nodes.map(each => idOf(each))];
      return [`${name}Id`, value.id];
    }),
  );
}

const idOf = (value: unknown): unknown => (isObject(value) ? value.id : undefined);

function isIn({ since, until }: Gap, value: unknown): boolean {
  const time = momentOf(value);
  return time !== undefined && time >= since && time <= until;
}
