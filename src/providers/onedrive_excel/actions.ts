import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { FILES } from './auth.ts';

const itemId = (what: string) => text(`${what} id`, 128, { pattern: '^[A-Za-z0-9!_.-]+$' });
const file = picked('onedrive_excel.file', itemId('File'));
const folder = picked('onedrive_excel.folder', itemId('Folder'));
const workbook = picked('onedrive_excel.workbook', itemId('Workbook'));
const ofWorkbook = { workbook: 'workbook' };
const worksheet = picked('onedrive_excel.worksheet', text('Worksheet id', 64), ofWorkbook);
const table = picked('onedrive_excel.table', text('Table id', 64), ofWorkbook);
const address = text('Cells, for example A2:C10', 64, {
  pattern: '^\\$?[A-Za-z]{1,3}\\$?\\d{1,7}(:\\$?[A-Za-z]{1,3}\\$?\\d{1,7})?$',
});
const cell = { type: ['string', 'number', 'boolean', 'null'], maxLength: 32_767 } as const;
const rows: JsonSchema = {
  type: 'array',
  description: 'Rows, each a list of cells; null leaves a cell as it is',
  items: { type: 'array', items: cell, maxItems: 1_000 },
  minItems: 1,
  maxItems: 1_000,
};
const name = text('Name', 255);
const index = integer('Place, from 0', 0, 1_048_575);
const page = { top: integer('At most', 1, 999), skip: integer('Leave out the first', 0, 1_048_575) };

const anItem = output(['id', 'name'], {
  id: field('string', 'File id'),
  name: field('string', 'Name'),
  size: field('integer', 'Bytes'),
  webUrl: field('string', 'Page of the file'),
  lastModifiedDateTime: field('string', 'When it last changed'),
  parentReference: field('object', 'Folder it is in'),
  file: field('object', 'Of files: mimeType'),
  folder: field('object', 'Of folders: childCount'),
});
const aPart = output(['id', 'name'], { id: field('string', 'Id'), name: field('string', 'Name') });
const aRange = output(['address', 'values'], {
  address: field('string', 'Cells with the sheet'),
  values: field('array', 'Rows of cells'),
  text: field('array', 'Rows of cells as they show'),
  rowCount: field('integer', 'Rows'),
  columnCount: field('integer', 'Columns'),
});
const aRow = output(['values'], {
  index: field('integer', 'Place of the row'),
  values: field('array', 'Rows of cells'),
});
const list = (of: JsonSchema, what: string) =>
  output(['value'], { value: field('array', what, { items: of }), '@odata.nextLink': field('string', 'Next page') });

const reads = { effect: READS, scopes: [FILES] };
const sets = { effect: SETS, scopes: [FILES] };
const adds = { effect: ADDS, scopes: [FILES] };
const removes = { effect: REMOVES, scopes: [FILES] };

export const actions: readonly Action[] = [
  action('onedrive_excel.file.get', 'Get a file', 'Reads what is known of a file, not its content.', {
    ...reads,
    needs: { file },
    gives: anItem,
  }),
  action('onedrive_excel.file.list', 'List a folder', 'Reads what lies in a folder, or at the top of the drive.', {
    ...reads,
    takes: { folder, top: page.top, skip_token: text('`$skiptoken` of the next page’s address', 2_048) },
    gives: list(anItem, 'Files'),
  }),
  action('onedrive_excel.file.search', 'Find files', 'Finds files by words of name and content.', {
    ...reads,
    needs: { query: text('Words', 200) },
    takes: { top: page.top },
    gives: list(anItem, 'Files'),
  }),
  action('onedrive_excel.file.download', 'Download a file', 'Reads the content of a file, up to 10 MB.', {
    ...reads,
    needs: { file },
    gives: output(['content'], { content: field('string', 'The file in base64') }),
  }),
  action('onedrive_excel.file.upload', 'Upload a file', 'Writes a text file; one of the same name is replaced.', {
    ...sets,
    needs: { name, content: text('Text of the file', 200_000) },
    takes: { folder },
    gives: anItem,
  }),
  action('onedrive_excel.file.rename', 'Rename a file', 'Gives a file another name.', {
    ...sets,
    needs: { file, name },
    gives: anItem,
  }),
  action('onedrive_excel.file.move', 'Move a file', 'Puts a file into another folder.', {
    ...sets,
    needs: { file, folder },
    gives: anItem,
  }),
  action('onedrive_excel.file.copy', 'Copy a file', 'Begins to copy a file; the copy is there a little later.', {
    ...adds,
    needs: { file },
    takes: { folder, name },
    gives: done,
  }),
  action('onedrive_excel.file.delete', 'Delete a file', 'Moves a file to the recycle bin.', {
    ...removes,
    needs: { file },
    gives: done,
  }),
  action(
    'onedrive_excel.file.create_link',
    'Share a file by link',
    'Makes a link by which others see or change a file.',
    {
      ...sets,
      risk: 'HIGH',
      needs: { file, type: choice('What they may', ['view', 'edit']) },
      takes: { scope: choice('Who', ['anonymous', 'organization', 'users']) },
      gives: output(['id'], { id: field('string', 'Permission id'), link: field('object', '`webUrl`') }),
    },
  ),
  action('onedrive_excel.file.invite', 'Share a file with people', 'Lets people at a file.', {
    ...sets,
    risk: 'HIGH',
    needs: {
      file,
      people: listOf('Addresses', text('E-mail address', 254, { format: 'email' }), 50),
      role: choice('What they may', ['read', 'write']),
    },
    takes: { message: text('Text of the invitation', 2_000), send_invitation: flag('Whether they get an e-mail') },
    gives: list(output(['id'], { id: field('string', 'Permission id') }), 'Permissions'),
  }),
  action('onedrive_excel.folder.create', 'Create a folder', 'Makes a folder, in another where one is given.', {
    ...adds,
    needs: { name },
    takes: { folder },
    gives: anItem,
  }),
  action('onedrive_excel.worksheet.list', 'List worksheets', 'Reads the sheets of a workbook.', {
    ...reads,
    needs: { workbook },
    gives: list(aPart, 'Worksheets'),
  }),
  action('onedrive_excel.worksheet.add', 'Add a worksheet', 'Adds a sheet to a workbook.', {
    ...adds,
    needs: { workbook, name: text('Name', 31) },
    gives: aPart,
  }),
  action('onedrive_excel.worksheet.delete', 'Delete a worksheet', 'Deletes a sheet with all that is in it.', {
    ...removes,
    needs: { workbook, worksheet },
    gives: done,
  }),
  action('onedrive_excel.range.get', 'Read cells', 'Reads the cells of a range.', {
    ...reads,
    needs: { workbook, worksheet, address },
    gives: aRange,
  }),
  action('onedrive_excel.range.get_used', 'Read a whole sheet', 'Reads all cells of a sheet that hold something.', {
    ...reads,
    needs: { workbook, worksheet },
    takes: { values_only: flag('Whether cells with a format alone are left out') },
    gives: aRange,
  }),
  action('onedrive_excel.range.update', 'Write cells', 'Writes over the cells of a range.', {
    ...sets,
    needs: { workbook, worksheet, address, values: rows },
    gives: aRange,
  }),
  action('onedrive_excel.range.clear', 'Clear cells', 'Empties the cells of a range.', {
    ...removes,
    needs: { workbook, worksheet, address },
    takes: { apply_to: choice('What of them', ['All', 'Formats', 'Contents']) },
    gives: done,
  }),
  action('onedrive_excel.table.list', 'List tables', 'Reads the tables of a workbook.', {
    ...reads,
    needs: { workbook },
    gives: list(aPart, 'Tables'),
  }),
  action('onedrive_excel.table.create', 'Create a table', 'Makes a table of a range.', {
    ...adds,
    needs: { workbook, worksheet, address },
    takes: { has_headers: flag('Whether the first row names the columns') },
    gives: aPart,
  }),
  action('onedrive_excel.row.list', 'List rows', 'Reads rows of a table.', {
    ...reads,
    needs: { workbook, table },
    takes: page,
    gives: list(aRow, 'Rows'),
  }),
  action('onedrive_excel.row.add', 'Add rows', 'Adds rows to a table, at its end where no place is given.', {
    ...adds,
    needs: { workbook, table, values: rows },
    takes: { index },
    gives: aRow,
  }),
  action('onedrive_excel.row.update', 'Update a row', 'Writes over a row of a table.', {
    ...sets,
    needs: { workbook, table, index, values: rows },
    gives: aRow,
  }),
  action('onedrive_excel.row.delete', 'Delete a row', 'Deletes a row of a table; those below move up.', {
    effect: { readOnly: false, idempotent: false, destructive: true },
    scopes: [FILES],
    risk: 'HIGH',
    needs: { workbook, table, index },
    gives: done,
  }),
  action('onedrive_excel.column.list', 'List columns', 'Reads the columns of a table.', {
    ...reads,
    needs: { workbook, table },
    gives: list(aPart, 'Columns'),
  }),
];
