import { googleProblem } from './google-sheets.ts';
import { pageOf } from './http.ts';
import type { SheetRows } from './sheet-rows.ts';
import { type Spreadsheet, spreadsheets } from './world.ts';

type Send = (request: Request) => Promise<Response>;

interface DriveFile {
  id: string;
  name: string;
  mimeType: string;
  modifiedTime?: string;
}

/** The package cannot share a file: every reader after the first has a copy whose id ends in `~` and a number. */
export function driveSeed(): { id: string; name: string; user_email: string; mime_type: string }[] {
  const mime_type = 'application/vnd.google-apps.spreadsheet';
  return spreadsheets.flatMap(({ id, name, readers }: Spreadsheet) =>
    readers.map((user_email, at) => ({ id: at === 0 ? id : `${id}~${at}`, name, user_email, mime_type })),
  );
}

/**
 * files.list with what the package lacks: `name contains`, operators without blanks around them, and a nextPageToken
 * only when `fields` asks for it, as the vendor does.
 */
export async function driveFiles(request: Request, cells: SheetRows, send: Send): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const q = (query.get('q') ?? '').replace(/\s*(!?=)\s*/g, ' $1 ');
  const wanted = /name contains '((?:[^'\\]|\\.)*)'/i.exec(q)?.[1]?.replace(/\\(.)/g, '$1').toLowerCase();
  const files = await listAll(request, send, { q, orderBy: 'name' });
  for (const file of files) file.modifiedTime = cells.modifiedTime(file.id).toISOString();
  if (query.get('orderBy') === 'modifiedTime desc') {
    files.sort((a, b) => (b.modifiedTime ?? '').localeCompare(a.modifiedTime ?? ''));
  }
  const matching = wanted === undefined ? files : files.filter(({ name }) => name.toLowerCase().includes(wanted));
  const size = Math.min(1000, Number(query.get('pageSize') ?? 100) || 100);
  const { items, next } = pageOf(matching, Number(query.get('pageToken') ?? 0) || 0, size);
  const fields = query.get('fields');
  const paged = next !== null && (fields === null || fields === '*' || fields.includes('nextPageToken'));
  return Response.json({ kind: 'drive#fileList', files: items, ...(paged && { nextPageToken: String(next) }) });
}

/** files.get of the metadata. */
export async function driveFile(id: string, request: Request, send: Send): Promise<Response> {
  const found = (await listAll(request, send, {})).find(file => file.id === id);
  return found ? Response.json(found) : googleProblem(404, 'NOT_FOUND', `File not found: ${id}.`);
}

async function listAll(request: Request, send: Send, query: Record<string, string>): Promise<DriveFile[]> {
  const url = new URL('/drive/v3/files', request.url);
  url.search = new URLSearchParams({ ...query, pageSize: '1000' }).toString();
  const answer = await send(new Request(url, { headers: request.headers }));
  if (!answer.ok) throw new Error(`sandbox: Drive answered ${answer.status}`);
  const { files } = (await answer.json()) as { files: DriveFile[] };
  return files.map(file => ({ ...file, id: file.id.replace(/~\d+$/, '') }));
}
