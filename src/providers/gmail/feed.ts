import type { ParsedEvent } from '../delivery.ts';
import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { at, metaOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage } from '../subscription.ts';
import { MODIFY } from './auth.ts';
import { eventTypes } from './events.ts';

/** Changes a page; each names one message as a rule. */
const CHANGES = 100;
const CALLS_AT_ONCE = 5;
const HEADERS: Readonly<Record<string, string>> = {
  from: 'from',
  to: 'to',
  cc: 'cc',
  subject: 'subject',
  'message-id': 'message_id',
};

/** The mailbox’s history, read each minute, and at once where Pub/Sub says that there is more of it. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [MODIFY],
  everyMs: 60_000,
  rung: 'ANY',
  targets: async () => [{ key: 'mailbox', label: 'Mailbox', eventTypes: eventTypes.map(({ name }) => name) }],
  start: async call => JSON.stringify({ since: await newest(call) }),
  read,
};

async function read(call: ProviderCall, _: unknown, cursor: string): Promise<FeedPage> {
  const { since, page } = JSON.parse(cursor) as { readonly since: string; readonly page?: string };
  const query = { startHistoryId: since, maxResults: CHANGES, pageToken: page };
  let body: Json;
  try {
    body = readObject((await call.fetch(`${call.endpoints.api}/gmail/v1/users/me/history`, { query })).body, 'history');
  } catch (error) {
    // Gmail keeps a history of about a week. What is older is lost; what comes from now on is told.
    if (!(error instanceof ProviderError) || error.failure.kind !== 'not_found') throw error;
    return { events: [], cursor: JSON.stringify({ since: await newest(call) }), hasMore: false };
  }
  const changes = readArray(body.history ?? [], 'history').flatMap((each, i) => changesOf(readObject(each, `[${i}]`)));
  const found = await mapLimited(changes, CALLS_AT_ONCE, change => eventOf(call, change));
  const next = optionalString(body.nextPageToken);
  // A page token goes with the history id that it was given for.
  const after = next === undefined ? { since: readId(body.historyId, 'historyId') } : { since, page: next };
  return {
    events: found.filter(event => event !== undefined),
    cursor: JSON.stringify(after),
    hasMore: next !== undefined,
  };
}

async function newest(call: ProviderCall): Promise<string> {
  const { body } = await call.fetch(`${call.endpoints.api}/gmail/v1/users/me/profile`);
  return readId(readObject(body, 'profile').historyId, 'historyId');
}

type Change = { readonly verb: string; readonly history: string; readonly message: Json; readonly labels?: unknown };

function changesOf(record: Json): readonly Change[] {
  const history = readId(record.id, 'id');
  const of = (name: string, verb: string): readonly Change[] =>
    readArray(record[name] ?? [], name).map(each => ({
      verb,
      history,
      message: readObject(at(each, 'message'), `${name}.message`),
      labels: at(each, 'labelIds'),
    }));
  return [
    ...of('messagesAdded', 'added'),
    ...of('messagesDeleted', 'deleted'),
    ...of('labelsAdded', 'labels_added'),
    ...of('labelsRemoved', 'labels_removed'),
  ];
}

/** Drafts are nobody’s message yet. */
async function eventOf(call: ProviderCall, change: Change): Promise<ParsedEvent | undefined> {
  const { history, message } = change;
  const id = readString(message.id, 'message.id');
  const threadId = readString(message.threadId, 'message.threadId');
  const labels = Array.isArray(message.labelIds) ? message.labelIds : [];
  if (change.verb === 'added' && labels.includes('DRAFT')) return undefined;
  const added = labels.includes('SENT') && !labels.includes('INBOX') ? 'sent' : 'received';
  const verb = change.verb === 'added' ? added : change.verb;
  const more = change.verb === 'added' ? await detailsOf(call, id) : { labelIds: change.labels };
  const { internalDate } = more as Json;
  const time = typeof internalDate === 'string' && /^\d{1,15}$/.test(internalDate) ? Number(internalDate) : undefined;
  return {
    eventType: `gmail.message.${verb}`,
    schemaVersion: 1,
    deliveryKey: `${history}/${verb}/${id}`,
    objectKey: id,
    accountId: '',
    ...(time !== undefined && { occurTime: new Date(time) }),
    payload: { id, threadId, historyId: history, ...(verb !== 'deleted' && more) },
    meta: metaOf({ thread: threadId, from: (more as Json).from, subject: (more as Json).subject }),
  };
}

/** Nothing where the message is gone already. */
async function detailsOf(call: ProviderCall, id: string): Promise<Json> {
  try {
    const query = { format: 'metadata' };
    const { body } = await call.fetch(`${call.endpoints.api}/gmail/v1/users/me/messages/${segment(id)}`, { query });
    const { labelIds, internalDate, snippet, sizeEstimate, payload } = readObject(body, 'message');
    const headers = at(payload, 'headers');
    const named = (Array.isArray(headers) ? headers : []).filter(isObject).flatMap(({ name, value }) => {
      const known = typeof name === 'string' ? HEADERS[name.toLowerCase()] : undefined;
      return known === undefined || typeof value !== 'string' ? [] : [[known, value.slice(0, 4_096)] as const];
    });
    const given = Object.entries({ labelIds, internalDate, snippet, sizeEstimate });
    return Object.fromEntries([...given.filter(([, value]) => value !== undefined), ...named]);
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'not_found') return {};
    throw error;
  }
}
