import { at } from '../kit/meta.ts';
import { readArray, readString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage, FeedPlace, FeedTarget } from '../subscription.ts';
import { eventTypes, OBJECTS, recordEvent } from './events.ts';
import { DATA, named, quoted, soql } from './soql.ts';

/** The most that may be asked for with all standard fields at once. */
const PAGE = 200;
/** What was written by then is there to be read: a transaction may take a while. */
const SETTLE_MS = 15_000;

/** Records by when they last changed, those of the recycle bin among them; of several changes between two readings the last shows. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: ['api'],
  everyMs: 300_000,
  targets,
  start: async call => {
    const since = settled(call);
    const cursor: Cursor = { stamp: since, id: '', since };
    return JSON.stringify(cursor);
  },
  read,
};

/** The last record told, and when the reading began that goes on over several pages: a record made later is new. */
type Cursor = { readonly stamp: string; readonly id: string; readonly since: string };

/** The objects that are there and may be read. */
async function targets(call: ProviderCall): Promise<readonly FeedTarget[]> {
  const { body } = await call.fetch(`${call.endpoints.api}${DATA}/sobjects`);
  return readArray(at(body, 'sobjects'), 'sobjects')
    .filter(each => at(each, 'queryable') === true && Object.hasOwn(OBJECTS, String(at(each, 'name'))))
    .map(each => {
      const key = readString(at(each, 'name'), 'name');
      const prefix = `salesforce.${OBJECTS[key]?.noun}.`;
      return {
        key,
        label: key,
        eventTypes: eventTypes.map(({ name }) => name).filter(name => name.startsWith(prefix)),
      };
    });
}

async function read(call: ProviderCall, { target }: FeedPlace, cursor: string): Promise<FeedPage> {
  const { stamp, id, since } = JSON.parse(cursor) as Cursor;
  const until = settled(call);
  const after = id === '' ? '' : ` OR (SystemModstamp = ${stamp} AND Id > ${quoted(id)})`;
  const found = await soql(
    call,
    `SELECT FIELDS(STANDARD) FROM ${named(target.key)} WHERE (SystemModstamp > ${stamp}${after}) ` +
      `AND SystemModstamp <= ${until} ORDER BY SystemModstamp, Id LIMIT ${PAGE}`,
    { deleted: true },
  );
  const last = found.at(-1);
  const hasMore = found.length === PAGE;
  const place =
    last === undefined
      ? { stamp, id }
      : { stamp: momentText(readString(last.SystemModstamp, 'SystemModstamp')), id: readString(last.Id, 'Id') };
  const next: Cursor = { ...place, since: hasMore ? since : place.stamp };
  return {
    events: found.map(record => recordEvent(target.key, record, since)),
    cursor: JSON.stringify(next),
    hasMore,
  };
}

function settled(call: ProviderCall): string {
  return new Date(call.now().getTime() - SETTLE_MS).toISOString();
}

/** As SOQL takes it: Salesforce writes offsets without a colon. */
function momentText(stamp: string): string {
  return new Date(stamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toISOString();
}
