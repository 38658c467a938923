import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { metaOf } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery, ReferenceType } from '../provider.ts';
import { DRIVE_METADATA, SPREADSHEETS } from './auth.ts';
import { letterOf } from './columns.ts';

/** Drive gives more, but the answers grow slow. */
const MAX_PAGE = 200;
/** Drive resolves one id a call. */
const CALLS_AT_ONCE = 5;
const FILE_FIELDS = 'id,name,modifiedTime,trashed';

const active = { runtimeState: 'ACTIVE', source: 'PROVIDER' } as const;
const ofSpreadsheet = { key: 'spreadsheet', type: 'google_sheets.spreadsheet', required: true } as const;

export const references: readonly ReferenceType[] = [
  {
    ...active,
    name: 'google_sheets.spreadsheet',
    title: 'Spreadsheet',
    description: 'A spreadsheet the account may open, by file id; those in the trash are archived.',
    scopes: [DRIVE_METADATA],
    dependsOn: [],
    search: 'PROVIDER',
    list: searchSpreadsheets,
    resolve: async (call, { values }) => {
      const found = await mapLimited(values.filter(isFileId), CALLS_AT_ONCE, value => spreadsheetById(call, value));
      return found.filter(item => item !== undefined);
    },
    valueOfUrl: url => /\/spreadsheets\/d\/([\w-]{10,128})/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'google_sheets.sheet',
    title: 'Sheet',
    description: 'A sheet of a spreadsheet, by its id, which stays when it is renamed or moved.',
    scopes: [SPREADSHEETS],
    dependsOn: [ofSpreadsheet],
    search: 'LOCAL',
    list: async (call, query) => sliced(await sheets(call, query.dependsOn), query),
    resolve: async (call, { values, dependsOn }) =>
      (await sheets(call, dependsOn)).filter(({ value }) => values.includes(value)),
    valueOfUrl: url => /[?#&]gid=(\d+)/.exec(`${url.search}${url.hash}`)?.[1],
    listEveryMs: 10 * 60_000,
  },
  {
    ...active,
    name: 'google_sheets.column',
    title: 'Column',
    description: 'A column of a sheet, by letter; its name is what stands in the first row.',
    scopes: [SPREADSHEETS],
    dependsOn: [ofSpreadsheet, { key: 'sheet', type: 'google_sheets.sheet', required: true }],
    search: 'LOCAL',
    list: async (call, query) => sliced(await columns(call, query.dependsOn), query),
    resolve: async (call, { values, dependsOn }) =>
      (await columns(call, dependsOn)).filter(({ value }) => values.includes(value)),
    // Rows and columns change by hand, and nothing tells of it.
    listEveryMs: 60_000,
  },
];

async function searchSpreadsheets(call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> {
  const words = query.q.trim().slice(0, 200);
  const answer = await call.fetch(`${call.endpoints.drive}/drive/v3/files`, {
    query: {
      q: [
        "mimeType = 'application/vnd.google-apps.spreadsheet'",
        'trashed = false',
        ...(words === '' ? [] : [`name contains '${escaped(words)}'`]),
      ].join(' and '),
      fields: `nextPageToken,files(${FILE_FIELDS})`,
      pageSize: Math.min(Math.max(query.pageSize, 1), MAX_PAGE),
      pageToken: query.cursor,
      orderBy: 'name',
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
    },
  });
  const body = readObject(answer.body, 'files');
  const items = readArray(body.files, 'files').map((node, i) => spreadsheet(readObject(node, `files[${i}]`)));
  const nextCursor = optionalString(body.nextPageToken);
  return nextCursor === undefined ? { items } : { items, nextCursor };
}

/** A text inside the quotes of Drive's query language. */
function escaped(words: string): string {
  return words.replace(/[\\']/g, '\\$&');
}

async function spreadsheetById(call: ProviderCall, value: string): Promise<ReferenceItem | undefined> {
  try {
    const query = { fields: FILE_FIELDS, supportsAllDrives: true };
    const answer = await call.fetch(`${call.endpoints.drive}/drive/v3/files/${value}`, { query });
    return spreadsheet(readObject(answer.body, 'file'));
  } catch (error) {
    const kind = error instanceof ProviderError ? error.failure.kind : undefined;
    if (kind === 'not_found') return undefined;
    if (kind === 'forbidden') return { value, label: value, state: 'NO_ACCESS' };
    throw error;
  }
}

type Depended = Readonly<Record<string, string>>;

async function sheets(call: ProviderCall, { spreadsheet: id = '' }: Depended): Promise<readonly ReferenceItem[]> {
  const query = { fields: 'sheets.properties(sheetId,title,hidden,sheetType)' };
  const answer = await call.fetch(spreadsheetUrl(call, id), { query });
  return readArray(readObject(answer.body, 'spreadsheet').sheets, 'sheets').map((node, i) => {
    const properties = readObject(readObject(node, `sheets[${i}]`).properties, 'properties');
    return {
      value: readId(properties.sheetId, 'sheetId'),
      label: readString(properties.title, 'title'),
      metadata: metaOf({ hidden: String(properties.hidden === true), type: properties.sheetType }),
      parent: id,
      state: 'PRESENT',
    };
  });
}

/** The cells of the first row, as they show. */
async function columns(call: ProviderCall, dependsOn: Depended): Promise<readonly ReferenceItem[]> {
  const sheet = (await sheets(call, dependsOn)).find(({ value }) => value === dependsOn.sheet);
  if (sheet === undefined) throw new ProviderError({ kind: 'not_found' }, new Error('no such sheet'));
  const range = encodeURIComponent(`'${sheet.label.replaceAll("'", "''")}'!1:1`);
  const answer = await call.fetch(`${spreadsheetUrl(call, dependsOn.spreadsheet ?? '')}/values/${range}`);
  const rows = readObject(answer.body, 'values').values ?? [];
  const [first = []] = readArray(rows, 'values');
  return readArray(first, 'values[0]').map((cell, index) => {
    const letter = letterOf(index);
    const header =
      typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : '';
    return {
      value: letter,
      label: header.trim() === '' ? letter : header.slice(0, 200),
      description: `Column ${letter}`,
      parent: sheet.value,
      state: 'PRESENT',
    };
  });
}

function spreadsheetUrl(call: ProviderCall, id: string): string {
  if (!isFileId(id)) throw new ProviderError({ kind: 'rejected' }, new Error('spreadsheet is not a file id'));
  return `${call.endpoints.sheets}/v4/spreadsheets/${id}`;
}

function isFileId(value: string): boolean {
  return /^[A-Za-z0-9_-]{10,128}$/.test(value);
}

function spreadsheet(node: Json): ReferenceItem {
  return {
    value: readString(node.id, 'id'),
    label: readString(node.name, 'name'),
    metadata: metaOf({ modified_time: node.modifiedTime }),
    state: node.trashed === true ? 'ARCHIVED' : 'PRESENT',
  };
}
