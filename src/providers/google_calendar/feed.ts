import type { ParsedEvent } from '../delivery.ts';
import { ProviderError } from '../kit/error.ts';
import { at, metaOf, momentOf } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage, FeedPlace } from '../subscription.ts';
import { EVENTS, READING } from './auth.ts';
import { calendars } from './calendars.ts';

const PAGE = 100;
/** What is over longer than that is not followed: the first reading goes through all that is left. */
const PAST_MS = 30 * 86_400_000;
const START_PAGE = 2_500;
const MAX_START_PAGES = 40;

/** Each calendar’s changes by sync token; several of one event between two readings are one. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [EVENTS, READING],
  everyMs: 300_000,
  rung: 'ANY',
  targets: calendars,
  start: async (call, { target }) => {
    const cursor: Cursor = { sync: await syncToken(call, target.key), since: call.now().toISOString() };
    return JSON.stringify(cursor);
  },
  read,
};

/** `since` is when the newest change was made that the reading before told of: an event made later is new. */
type Cursor = { readonly sync: string; readonly page?: string; readonly since: string; readonly newest?: string };

const urlOf = (call: ProviderCall, calendar: string): string =>
  `${call.endpoints.api}/calendars/${segment(calendar)}/events`;

async function read(call: ProviderCall, { target }: FeedPlace, cursor: string): Promise<FeedPage> {
  const { sync, page, since, newest = since } = JSON.parse(cursor) as Cursor;
  const query = { syncToken: sync, pageToken: page, maxResults: PAGE };
  let body: Json;
  try {
    body = readObject((await call.fetch(urlOf(call, target.key), { query })).body, 'events');
  } catch (error) {
    // 410: the token is too old, or the calendar’s rights changed. What comes from now on is told.
    if (!(error instanceof ProviderError) || error.failure.kind !== 'not_found') throw error;
    const anew: Cursor = { sync: await syncToken(call, target.key), since: call.now().toISOString() };
    return { events: [], cursor: JSON.stringify(anew), hasMore: false };
  }
  const events = readArray(body.items, 'items').map((each, i) => readObject(each, `items[${i}]`));
  const times = events.map(({ updated }) => optionalString(updated) ?? '');
  const last = [...times, newest].toSorted().at(-1) ?? newest;
  const next = optionalString(body.nextPageToken);
  const after: Cursor =
    next === undefined
      ? { sync: readString(body.nextSyncToken, 'nextSyncToken'), since: last }
      : { sync, page: next, since, newest: last };
  return {
    events: events.map(event => eventOf(event, target.key, since)),
    cursor: JSON.stringify(after),
    hasMore: next !== undefined,
  };
}

/** The token comes with the last page only. */
async function syncToken(call: ProviderCall, calendar: string): Promise<string> {
  const timeMin = new Date(call.now().getTime() - PAST_MS).toISOString();
  let pageToken: string | undefined;
  for (let pages = 0; pages < MAX_START_PAGES; pages++) {
    const query = { timeMin, maxResults: START_PAGE, pageToken, fields: 'nextPageToken,nextSyncToken' };
    const { body } = await call.fetch(urlOf(call, calendar), { query });
    const token = optionalString(at(body, 'nextSyncToken'));
    if (token !== undefined) return token;
    pageToken = readString(at(body, 'nextPageToken'), 'nextPageToken');
  }
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('a calendar has no last page'));
}

function eventOf(event: Json, calendar: string, since: string): ParsedEvent {
  const id = readString(event.id, 'id');
  const verb = event.status === 'cancelled' ? 'deleted' : isNew(event, since) ? 'created' : 'updated';
  const occurTime = momentOf(event.updated);
  return {
    eventType: `google_calendar.event.${verb}`,
    schemaVersion: 1,
    deliveryKey: `${calendar}/${id}/${optionalString(event.updated) ?? optionalString(event.etag) ?? verb}`,
    objectKey: `${calendar}/${id}`,
    accountId: '',
    ...(occurTime !== undefined && { occurTime }),
    payload: { ...event, calendarId: calendar },
    meta: metaOf({
      calendar,
      event: id,
      status: event.status,
      organizer: at(event.organizer, 'email'),
      start: at(event.start, 'dateTime') ?? at(event.start, 'date'),
    }),
  };
}

/** Google writes `created` in whole seconds. */
function isNew({ created }: Json, since: string): boolean {
  const made = momentOf(created);
  const known = momentOf(since);
  return made !== undefined && known !== undefined && made.getTime() + 999 > known.getTime();
}
