import { done } from '../kit/action.ts';
import { ADDS, READS, SETS } from '../kit/effects.ts';
import { input, integer, listOf, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { SPREADSHEETS } from './auth.ts';
import { slice } from './slice.ts';

const active = { runtimeState: 'ACTIVE', scopes: [SPREADSHEETS] } as const;
const destroys = { readOnly: false, idempotent: true, destructive: true } as const;

const spreadsheet = text('File id of the spreadsheet', 128, { pattern: '^[A-Za-z0-9_-]+$' });
const sheet = text('Id of the sheet', 12, { pattern: '^\\d+$' });
const range = text('Cells in A1 notation without the sheet, for example A2:C10; the whole sheet without it', 64, {
  pattern: '^\\$?[A-Za-z]{0,3}\\$?\\d{0,8}(:\\$?[A-Za-z]{0,3}\\$?\\d{0,8})?$',
});
const cell = { type: ['string', 'number', 'boolean', 'null'], maxLength: 50_000 } as const;
/** What the sheet holds at most, 50,000 characters a cell, is Google's bound; ours keeps a request small. */
const rows: JsonSchema = {
  type: 'array',
  description: 'Rows, each a list of cells; null leaves a cell as it is',
  items: { type: 'array', items: cell, maxItems: 1_000 },
  minItems: 1,
  maxItems: 1_000,
};
/** What people read about fields that several actions have. */
const rendering = { value_render_option: 'How cells are given' };
const entering = {
  value_input_option: 'RAW keeps texts as they are; USER_ENTERED reads numbers, dates and formulas in them',
};

const ofSpreadsheet = { field: 'spreadsheet', type: 'google_sheets.spreadsheet' } as const;
const ofSheet = {
  field: 'sheet',
  type: 'google_sheets.sheet',
  dependsOn: { spreadsheet: 'spreadsheet' },
} as const;

const spreadsheetOutput = slice.object('spreadsheet');

export const actions: readonly Action[] = [
  {
    ...active,
    name: 'google_sheets.values.get',
    title: 'Read cells',
    description: 'Reads the cells of a range.',
    risk: 'LOW',
    annotations: READS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet'], {
      spreadsheet,
      sheet,
      range,
      ...slice.fields('values.get', rendering),
    }),
    outputSchema: slice.object('value_range'),
  },
  {
    ...active,
    name: 'google_sheets.values.batch_get',
    title: 'Read several ranges',
    description: 'Reads the cells of several ranges of one sheet at once.',
    risk: 'LOW',
    annotations: READS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'ranges'], {
      spreadsheet,
      sheet,
      ...slice.fields('values.batch_get', { ranges: 'Ranges in A1 notation without the sheet', ...rendering }),
    }),
    outputSchema: slice.object('value_ranges'),
  },
  {
    ...active,
    name: 'google_sheets.values.update',
    title: 'Write cells',
    description: 'Writes over the cells of a range.',
    risk: 'MEDIUM',
    annotations: SETS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'range', 'values'], {
      spreadsheet,
      sheet,
      range,
      values: rows,
      ...slice.fields('values.update', entering),
    }),
    outputSchema: slice.object('updated'),
  },
  {
    ...active,
    name: 'google_sheets.values.append',
    title: 'Append rows',
    description: 'Adds rows below the last row of the table that is in the range.',
    risk: 'MEDIUM',
    annotations: ADDS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'values'], {
      spreadsheet,
      sheet,
      range,
      values: rows,
      ...slice.fields('values.append', { ...entering, insert_data_option: 'Whether cells below move down' }),
    }),
    outputSchema: slice.object('appended'),
  },
  {
    ...active,
    name: 'google_sheets.values.clear',
    title: 'Clear cells',
    description: 'Empties the cells of a range and keeps their format.',
    risk: 'HIGH',
    annotations: destroys,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet'], { spreadsheet, sheet, range }),
    outputSchema: slice.object('cleared'),
  },
  {
    ...active,
    name: 'google_sheets.spreadsheet.get',
    title: 'Get a spreadsheet',
    description: 'Reads title and sheets of a spreadsheet, not its cells.',
    risk: 'LOW',
    annotations: READS,
    references: [ofSpreadsheet],
    inputSchema: input(['spreadsheet'], { spreadsheet }),
    outputSchema: spreadsheetOutput,
  },
  {
    ...active,
    name: 'google_sheets.spreadsheet.create',
    title: 'Create a spreadsheet',
    description: 'Creates a spreadsheet in the account’s own Drive.',
    risk: 'MEDIUM',
    annotations: ADDS,
    references: [],
    inputSchema: input(['title'], {
      ...slice.fields('spreadsheet.create', { title: 'Title' }),
      sheets: listOf('Titles of its sheets', text('Title', 100), 50),
    }),
    outputSchema: spreadsheetOutput,
  },
  {
    ...active,
    name: 'google_sheets.sheet.add',
    title: 'Add a sheet',
    description: 'Adds a sheet to a spreadsheet.',
    risk: 'MEDIUM',
    annotations: ADDS,
    references: [ofSpreadsheet],
    inputSchema: input(['spreadsheet', 'title'], {
      spreadsheet,
      ...slice.fields('sheet.add', {
        title: 'Title',
        index: 'Place among the sheets, from 0',
        row_count: 'Rows',
        column_count: 'Columns',
      }),
    }),
    outputSchema: slice.object('sheet'),
  },
  {
    ...active,
    name: 'google_sheets.sheet.rename',
    title: 'Rename a sheet',
    description: 'Gives a sheet another title.',
    risk: 'MEDIUM',
    annotations: SETS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'title'], {
      spreadsheet,
      sheet,
      ...slice.fields('sheet.rename', { title: 'Title' }),
    }),
    outputSchema: done,
  },
  {
    ...active,
    name: 'google_sheets.sheet.delete',
    title: 'Delete a sheet',
    description: 'Deletes a sheet with all that is in it.',
    risk: 'HIGH',
    annotations: destroys,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet'], { spreadsheet, sheet }),
    outputSchema: done,
  },
  {
    ...active,
    name: 'google_sheets.row.delete',
    title: 'Delete rows',
    description: 'Deletes rows; those below move up.',
    risk: 'HIGH',
    annotations: { readOnly: false, idempotent: false, destructive: true },
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'first_row', 'last_row'], {
      spreadsheet,
      sheet,
      first_row: integer('First row, from 1', 1, 10_000_000),
      last_row: integer('Last row', 1, 10_000_000),
    }),
    outputSchema: done,
  },
];
