import type { sheets_v4 } from '@googleapis/sheets';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the API, and what a batch update may ask for. */
export type Operation = Methods<sheets_v4.Sheets, 3> | `spreadsheets.batchUpdate:${keyof sheets_v4.Schema$Request}`;

export const operations = {
  'values.get': 'spreadsheets.values.get',
  'values.batch_get': 'spreadsheets.values.batchGet',
  'values.update': 'spreadsheets.values.update',
  'values.append': 'spreadsheets.values.append',
  'values.clear': 'spreadsheets.values.clear',
  'spreadsheet.get': 'spreadsheets.get',
  'spreadsheet.create': 'spreadsheets.create',
  'sheet.add': 'spreadsheets.batchUpdate:addSheet',
  'sheet.rename': 'spreadsheets.batchUpdate:updateSheetProperties',
  'sheet.delete': 'spreadsheets.batchUpdate:deleteSheet',
  'row.delete': 'spreadsheets.batchUpdate:deleteDimension',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'spreadsheets.batchUpdate:shout' satisfies Operation;
