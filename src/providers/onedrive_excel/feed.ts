import type { ParsedEvent } from '../delivery.ts';
import { ProviderError } from '../kit/error.ts';
import { textFingerprint } from '../kit/fingerprint.ts';
import { at, metaOf, momentOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { personPath } from '../kit/tenant_consent.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage } from '../subscription.ts';
import { FILES } from './auth.ts';
import { eventTypes } from './events.ts';

const PAGE = 100;

/** The changes of the drive by delta; several of one file between two readings are one. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [FILES],
  everyMs: 300_000,
  rung: 'ANY',
  targets: async () => [drive],
  start: async call => {
    const cursor: Cursor = { token: (await page(call, 'latest')).token, since: call.now().toISOString() };
    return JSON.stringify(cursor);
  },
  read,
};

export const drive = {
  key: 'drive',
  label: 'Drive',
  eventTypes: eventTypes.filter(({ runtimeState }) => runtimeState === 'ACTIVE').map(({ name }) => name),
};

/** `since` is when the newest change was made that the reading before told of: a file made later is new. */
type Cursor = { readonly token: string; readonly since: string; readonly newest?: string };

async function read(call: ProviderCall, _: unknown, cursor: string): Promise<FeedPage> {
  const { token, since, newest = since } = JSON.parse(cursor) as Cursor;
  let changes: Page;
  try {
    changes = await page(call, token);
  } catch (error) {
    // 410: the token is too old. What comes from now on is told.
    if (!(error instanceof ProviderError) || error.failure.kind !== 'not_found') throw error;
    const anew: Cursor = { token: (await page(call, 'latest')).token, since: call.now().toISOString() };
    return { events: [], cursor: JSON.stringify(anew), hasMore: false };
  }
  const times = changes.items.map(({ lastModifiedDateTime: time }) => optionalString(time) ?? '');
  const last = [...times, newest].toSorted().at(-1) ?? newest;
  const after: Cursor = changes.hasMore
    ? { token: changes.token, since, newest: last }
    : { token: changes.token, since: last };
  return {
    // The root changes with everything in it.
    events: changes.items.filter(item => item.root === undefined).map(item => eventOf(item, since, token)),
    cursor: JSON.stringify(after),
    hasMore: changes.hasMore,
  };
}

type Page = { readonly items: readonly Json[]; readonly token: string; readonly hasMore: boolean };

async function page(call: ProviderCall, token: string): Promise<Page> {
  const url = `${call.endpoints.api}${personPath(call.config)}/drive/root/delta`;
  const body = readObject((await call.fetch(url, { query: { token, $top: PAGE } })).body, 'delta');
  const next = optionalString(body['@odata.nextLink']);
  const link = next ?? readString(body['@odata.deltaLink'], '@odata.deltaLink');
  return {
    items: readArray(body.value, 'value').map((each, i) => readObject(each, `value[${i}]`)),
    token: tokenOf(link),
    hasMore: next !== undefined,
  };
}

/** The token stands in the query, or in parentheses behind the function’s name; the address itself is never followed. */
function tokenOf(link: string): string {
  const token = /[?&(]token='?([^'&)]+)/.exec(link)?.[1];
  if (token !== undefined) return decodeURIComponent(token);
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('a delta’s address has no token'));
}

function eventOf(item: Json, since: string, token: string): ParsedEvent {
  const id = readString(item.id, 'id');
  const isDeleted = isObject(item.deleted);
  const occurTime = momentOf(item.lastModifiedDateTime);
  const type = isDeleted ? 'item.deleted' : `${kindOf(item)}.${isNew(item, since) ? 'created' : 'updated'}`;
  const version = optionalString(item.eTag) ?? optionalString(item.lastModifiedDateTime) ?? '';
  return {
    eventType: `onedrive_excel.${type}`,
    schemaVersion: 1,
    deliveryKey: isDeleted ? `${id}/deleted/${textFingerprint(token)}` : `${id}/${version}`,
    objectKey: id,
    accountId: '',
    ...(occurTime !== undefined && { occurTime }),
    payload: item,
    meta: metaOf({
      item: id,
      name: item.name,
      folder: at(item.parentReference, 'id'),
      by: at(item.lastModifiedBy, 'user', 'email'),
    }),
  };
}

function kindOf({ folder, name }: Json): string {
  if (isObject(folder)) return 'folder';
  return typeof name === 'string' && /\.xls[xmb]$/i.test(name) ? 'workbook' : 'file';
}

/** Times of the drive are in whole seconds, as a rule. */
function isNew({ createdDateTime }: Json, since: string): boolean {
  const made = momentOf(createdDateTime);
  const known = momentOf(since);
  return made !== undefined && known !== undefined && made.getTime() + 999 > known.getTime();
}
