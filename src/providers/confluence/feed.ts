import type { ParsedEvent } from '../delivery.ts';
import { ProviderError } from '../kit/error.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { nextParameter } from '../kit/next_address.ts';
import { isObject, type Json, readArray, readId, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage, FeedPlace } from '../subscription.ts';
import { sitePath } from './auth.ts';
import { KINDS } from './event_types.ts';

const PAGE = 100;
/** So many pages back a reading goes; what changed before that since the last one is not told. */
const MAX_PAGES = 20;
const MAX_EVENTS = 200;

/**
 * Apps that people authorize get no webhooks: lists are read by the time of the last change, the newest first, back to what
 * is known. Source: developer.atlassian.com/cloud/confluence/rest/v2, `sort=-modified-date`.
 */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'BASIC'],
  scopes: [...new Set(KINDS.map(({ scope }) => scope))],
  everyMs: 120_000,
  targets: async () =>
    KINDS.map(({ path, object }) => ({
      key: path,
      label: path.replace('-', ' '),
      eventTypes: ['created', 'updated'].map(verb => `confluence.${object}.${verb}`),
    })),
  start: async (call, { target }) => {
    const [newest] = (await pageOf(call, target.key, { limit: 1 })).changes;
    return JSON.stringify(newest === undefined ? { at: call.now().toISOString(), id: '' } : markOf(newest));
  },
  read,
};

/** A list's place in time: of one moment, the one with the greatest id. */
type Mark = { readonly at: string; readonly id: string };
type Change = Mark & { readonly node: Json };

async function read(call: ProviderCall, { target }: FeedPlace, cursor: string): Promise<FeedPage> {
  const known = readMark(cursor);
  const found = new Map<string, Change>();
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await pageOf(call, target.key, { limit: PAGE, cursor: next });
    const news = page.changes.filter(change => isAfter(change, known));
    for (const change of news) found.set(change.id, found.get(change.id) ?? change);
    next = page.next;
    if (news.length < page.changes.length || next === undefined) break;
  }
  const all = [...found.values()].toSorted((a, b) => (isAfter(a, b) ? 1 : -1));
  const told = all.slice(0, MAX_EVENTS);
  return {
    events: told.map(change => eventOf(target.key, change, known)),
    cursor: JSON.stringify(markOf(told.at(-1) ?? { ...known, node: {} })),
    hasMore: all.length > told.length,
  };
}

async function pageOf(
  call: ProviderCall,
  path: string,
  query: { readonly limit: number; readonly cursor?: string | undefined },
) {
  const url = `${call.endpoints.api}${sitePath(call.config)}/${path}`;
  const { body } = await call.fetch(url, { query: { sort: '-modified-date', ...query } });
  const changes = readArray(at(body, 'results'), 'results').map((each, index): Change => {
    const node = readObject(each, `results[${index}]`);
    const time = momentOf(at(node.version, 'createdAt'));
    if (time === undefined)
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('version.createdAt is no moment'));
    return { at: time.toISOString(), id: readId(node.id, 'id'), node };
  });
  return { changes, next: nextParameter(body, { at: 'cursor', next: ['_links', 'next'] }) };
}

function eventOf(path: string, { at: time, id, node }: Change, known: Mark): ParsedEvent {
  const object = KINDS.find(kind => kind.path === path)?.object ?? 'page';
  const made = momentOf(node.createdAt);
  const number = at(node.version, 'number');
  const isNew = number === 1 || (made !== undefined && made.toISOString() > known.at);
  const key = `${object}/${id}/${Number(number)}`;
  return {
    eventType: `confluence.${object}.${isNew ? 'created' : 'updated'}`,
    schemaVersion: 1,
    deliveryKey: key,
    semanticKey: key,
    ...objectOf(object, id),
    accountId: '',
    occurTime: new Date(time),
    payload: node,
    meta: metaOf({
      space: node.spaceId,
      page: node.pageId,
      title: node.title,
      author: at(node.version, 'authorId'),
      version: number,
    }),
  };
}

function isAfter(one: Mark, other: Mark): boolean {
  return one.at === other.at ? one.id > other.id : one.at > other.at;
}

function markOf({ at: time, id }: Mark): Mark {
  return { at: time, id };
}

function readMark(cursor: string): Mark {
  const mark: unknown = JSON.parse(cursor);
  if (isObject(mark) && typeof mark.at === 'string' && typeof mark.id === 'string') return { at: mark.at, id: mark.id };
  throw new Error('the cursor is not of this feed');
}
