import { ProviderError } from '../kit/error.ts';
import { isObject, type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage, FeedPlace, FeedTarget } from '../subscription.ts';
import { DRIVE_METADATA, SPREADSHEETS } from './auth.ts';
import { letterOf } from './columns.ts';
import { eventTypes, rowEvent } from './events.ts';
import { type Change, changesOf, type KnownRows } from './row_changes.ts';

const MAX_SPREADSHEETS = 100;
/** Sheets beyond, and rows beyond, are not followed: the cursor holds a few bytes of each row. */
const MAX_SHEETS = 20;
const MAX_ROWS = 10_000;
const MAX_COLUMNS = 100;
const MAX_EVENTS = 200;

/**
 * Rows are found by comparing a sheet with what was there before. Sheets are read when Drive says that the file changed;
 * one call a minute tells that of all. Of several changes between two readings the last shows.
 */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [SPREADSHEETS, DRIVE_METADATA],
  everyMs: 60_000,
  targets,
  start: async (call, place) => {
    const sheets = await readSheets(call, place);
    // Readings are counted from the time, so that one that begins anew uses no number twice.
    return cursorOf(
      call.now().getTime(),
      sheets.map(({ id, rows }) => [id, changesOf(rows, undefined, 0).known] as const),
    );
  },
  read,
};

/** The spreadsheets of the account that changed last. */
async function targets(call: ProviderCall): Promise<readonly FeedTarget[]> {
  const answer = await call.fetch(`${call.endpoints.drive}/drive/v3/files`, {
    query: {
      q: "mimeType = 'application/vnd.google-apps.spreadsheet' and trashed = false",
      fields: 'files(id,name,modifiedTime)',
      pageSize: MAX_SPREADSHEETS,
      orderBy: 'modifiedTime desc',
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
    },
  });
  return readArray(readObject(answer.body, 'files').files, 'files').map((node, i) => {
    const file = readObject(node, `files[${i}]`);
    return {
      key: readString(file.id, 'id'),
      label: optionalString(file.name) ?? 'a spreadsheet',
      eventTypes: eventTypes.map(({ name }) => name),
      version: readString(file.modifiedTime, 'modifiedTime'),
    };
  });
}

async function read(call: ProviderCall, place: FeedPlace, cursor: string): Promise<FeedPage> {
  const before = readCursor(cursor);
  const sheets = await readSheets(call, place);
  let room = MAX_EVENTS;
  let hasMore = false;
  const known: [string, KnownRows][] = [];
  const found: { sheet: Sheet; change: Change }[] = [];
  for (const sheet of sheets) {
    const compared = changesOf(sheet.rows, before.sheets.get(sheet.id), room);
    known.push([sheet.id, compared.known]);
    found.push(...compared.changes.map(change => ({ sheet, change })));
    room -= compared.changes.length;
    hasMore ||= compared.hasMore;
  }
  const events = found.map(({ sheet, change }) =>
    rowEvent(change, { spreadsheet: place.target.key, sheet, reading: before.reading, time: place.target.version }),
  );
  return { events, cursor: cursorOf(before.reading + 1, known), hasMore };
}

type Sheet = { readonly id: string; readonly title: string; readonly rows: readonly (readonly string[])[] };

/** The first sheets with all their cells, in two calls. */
async function readSheets(call: ProviderCall, { target }: FeedPlace): Promise<readonly Sheet[]> {
  const url = spreadsheetUrl(call, target.key);
  const query = { fields: 'sheets.properties(sheetId,title,sheetType)' };
  const listed = readArray(readObject((await call.fetch(url, { query })).body, 'spreadsheet').sheets, 'sheets')
    .map((node, i) => readObject(readObject(node, `sheets[${i}]`).properties, 'properties'))
    .filter(({ sheetType }) => sheetType === undefined || sheetType === 'GRID')
    .slice(0, MAX_SHEETS);
  const sheets: Sheet[] = [];
  for (const properties of listed) {
    const title = readString(properties.title, 'title');
    const range = encodeURIComponent(`'${title.replaceAll("'", "''")}'!A1:${letterOf(MAX_COLUMNS - 1)}${MAX_ROWS}`);
    const answer = await call.fetch(`${url}/values/${range}`);
    sheets.push({ id: readId(properties.sheetId, 'sheetId'), title, rows: rowsOf(answer.body) });
  }
  return sheets;
}

function rowsOf(body: unknown): readonly (readonly string[])[] {
  const { values = [] } = readObject(body, 'values');
  return readArray(values, 'values').map((row, i) =>
    readArray(row, `values[${i}]`).map(cell =>
      typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : '',
    ),
  );
}

function cursorOf(reading: number, sheets: readonly (readonly [string, KnownRows])[]): string {
  return JSON.stringify({ reading, sheets: Object.fromEntries(sheets) });
}

function readCursor(cursor: string): { readonly reading: number; readonly sheets: ReadonlyMap<string, KnownRows> } {
  const parsed: unknown = JSON.parse(cursor);
  const { reading, sheets } = isObject(parsed) ? parsed : ({} as Json);
  if (typeof reading !== 'number' || !isObject(sheets)) throw new Error('a cursor of this feed is not one');
  return { reading, sheets: new Map(Object.entries(sheets).map(([id, known]) => [id, String(known)])) };
}

function spreadsheetUrl(call: ProviderCall, id: string): string {
  if (!/^[A-Za-z0-9_-]{10,128}$/.test(id)) {
    throw new ProviderError({ kind: 'rejected' }, new Error('spreadsheet is not a file id'));
  }
  return `${call.endpoints.sheets}/v4/spreadsheets/${id}`;
}
