import { type App, parseObject } from './http.ts';
import type { SheetRows } from './sheet-rows.ts';
import type { Token } from './tokens.ts';
import { type Spreadsheet, spreadsheets } from './world.ts';

type Guard = (
  request: Request,
  scopes: readonly string[],
  work: (owner: Token) => Response | Promise<Response>,
) => Response | Promise<Response>;

const readScopes = ['spreadsheets', 'spreadsheets.readonly', 'drive', 'drive.readonly', 'drive.file'];
const writeScopes = ['spreadsheets', 'drive', 'drive.file'];

/** Spreadsheets, their tabs, the values of a tab, and append. */
export function serveSheets(app: App, guard: Guard, cells: SheetRows): void {
  const open = (id: string, owner: Token, work: (sheet: Spreadsheet) => Response): Response => {
    const found = spreadsheets.find(spreadsheet => spreadsheet.id === id);
    if (found === undefined) return googleProblem(404, 'NOT_FOUND', 'Requested entity was not found.');
    if (found.readers.includes(owner.account)) return work(found);
    return googleProblem(403, 'PERMISSION_DENIED', 'The caller does not have permission');
  };

  const tabOf = (sheet: Spreadsheet, range: string) => {
    const title = range.split('!')[0]!.replace(/^'(.*)'$/, '$1');
    const rows = cells.of(sheet, title);
    return rows && { title, rows };
  };

  const unknownRange = (range: string): Response =>
    googleProblem(400, 'INVALID_ARGUMENT', `Unable to parse range: ${range}`);

  app.get('/v4/spreadsheets/:id', c =>
    guard(c.req.raw, readScopes, owner =>
      open(c.req.param('id'), owner, ({ id, name, tabs }) =>
        Response.json({
          spreadsheetId: id,
          properties: { title: name, locale: 'en_GB', timeZone: 'Etc/UTC' },
          sheets: tabs.map(({ id: sheetId, title }, index) => ({
            properties: {
              sheetId,
              title,
              index,
              sheetType: 'GRID',
              gridProperties: { rowCount: 1000, columnCount: 26 },
            },
          })),
          spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${id}/edit`,
        }),
      ),
    ),
  );

  app.get('/v4/spreadsheets/:id/values/:range', c =>
    guard(c.req.raw, readScopes, owner =>
      open(c.req.param('id'), owner, sheet => {
        const range = c.req.param('range');
        const tab = tabOf(sheet, range);
        if (tab === undefined) return unknownRange(range);
        const rows = /!1:1$|!A1:[A-Z]+1$/.test(range) ? tab.rows.slice(0, 1) : tab.rows;
        return Response.json({ range, majorDimension: 'ROWS', values: rows });
      }),
    ),
  );

  app.post('/v4/spreadsheets/:id/values/:range', c =>
    guard(c.req.raw, writeScopes, async owner => {
      const body = parseObject(await c.req.text());
      const rows = Array.isArray(body?.values) ? (body.values as string[][]) : [];
      return open(c.req.param('id'), owner, sheet => {
        const [range = '', verb] = c.req.param('range').split(/:(?=append$)/);
        const tab = tabOf(sheet, range);
        if (verb !== 'append' || tab === undefined) return unknownRange(range);
        cells.append(sheet, tab.title, rows);
        const updatedRange = `${tab.title}!A${tab.rows.length + 1}`;
        const updates = { spreadsheetId: sheet.id, updatedRange, updatedRows: rows.length };
        return Response.json({ spreadsheetId: sheet.id, tableRange: range, updates });
      });
    }),
  );
}

export function googleProblem(code: number, status: string, message: string): Response {
  return Response.json({ error: { code, message, status } }, { status: code });
}
