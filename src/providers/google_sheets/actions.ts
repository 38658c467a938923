import { ADDS, READS, SETS } from '../kit/effects.ts';
import { choice, field, input, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { SPREADSHEETS } from './auth.ts';

const active = { runtimeState: 'ACTIVE', scopes: [SPREADSHEETS] } as const;
const destroys = { readOnly: false, idempotent: true, destructive: true } as const;

const spreadsheet = text('File id of the spreadsheet', 128, { pattern: '^[A-Za-z0-9_-]+$' });
const sheet = text('Id of the sheet', 12, { pattern: '^\\d+$' });
const range = text('Cells in A1 notation without the sheet, for example A2:C10; the whole sheet without it', 64, {
  pattern: '^\\$?[A-Za-z]{0,3}\\$?\\d{0,8}(:\\$?[A-Za-z]{0,3}\\$?\\d{0,8})?$',
});
const title = text('Title', 100);
const cell = { type: ['string', 'number', 'boolean', 'null'], maxLength: 50_000 } as const;
/** What the sheet holds at most, 50,000 characters a cell, is Google's bound; ours keeps a request small. */
const rows: JsonSchema = {
  type: 'array',
  description: 'Rows, each a list of cells; null leaves a cell as it is',
  items: { type: 'array', items: cell, maxItems: 1_000 },
  minItems: 1,
  maxItems: 1_000,
};
const inputOption = choice('RAW keeps texts as they are; USER_ENTERED reads numbers, dates and formulas in them', [
  'RAW',
  'USER_ENTERED',
]);
const renderOption = choice('How cells are given', ['FORMATTED_VALUE', 'UNFORMATTED_VALUE', 'FORMULA']);

const ofSpreadsheet = { field: 'spreadsheet', type: 'google_sheets.spreadsheet' } as const;
const ofSheet = {
  field: 'sheet',
  type: 'google_sheets.sheet',
  dependsOn: { spreadsheet: 'spreadsheet' },
} as const;

const spreadsheetId = field('string', 'File id of the spreadsheet');
const updatedCells = {
  updatedRange: field('string', 'Cells that were written'),
  updatedRows: field('integer', 'Rows that were written'),
  updatedColumns: field('integer', 'Columns that were written'),
  updatedCells: field('integer', 'How many cells were written'),
};
const valueRange = output(['range'], {
  range: field('string', 'Cells that were read'),
  majorDimension: field('string', 'ROWS'),
  values: field('array', 'Rows, without the empty ones at the end; absent where all are empty'),
});
const sheetProperties = output(['sheetId', 'title'], {
  sheetId: field('integer', 'Id of the sheet'),
  title: field('string', 'Title'),
  index: field('integer', 'Place among the sheets, from 0'),
});
const spreadsheetOutput = output(['spreadsheetId', 'spreadsheetUrl'], {
  spreadsheetId,
  spreadsheetUrl: field('string', 'Page of the spreadsheet'),
  properties: field('object', 'Title, locale, time zone'),
  sheets: field('array', 'Its sheets', { items: output(['properties'], { properties: sheetProperties }) }),
});

export const actions: readonly Action[] = [
  {
    ...active,
    name: 'google_sheets.values.get',
    title: 'Read cells',
    description: 'Reads the cells of a range.',
    risk: 'LOW',
    annotations: READS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet'], { spreadsheet, sheet, range, value_render_option: renderOption }),
    outputSchema: valueRange,
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
      ranges: listOf('Ranges', range, 100),
      value_render_option: renderOption,
    }),
    outputSchema: output(['valueRanges'], {
      spreadsheetId,
      valueRanges: field('array', 'One for each range', { items: valueRange }),
    }),
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
      value_input_option: inputOption,
    }),
    outputSchema: output(['updatedRange'], { spreadsheetId, ...updatedCells }),
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
      value_input_option: inputOption,
      insert_data_option: choice('Whether cells below move down', ['OVERWRITE', 'INSERT_ROWS']),
    }),
    outputSchema: output(['updates'], {
      spreadsheetId,
      tableRange: field('string', 'The table before the rows were added'),
      updates: output(['updatedRange'], updatedCells),
    }),
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
    outputSchema: output(['clearedRange'], { spreadsheetId, clearedRange: field('string', 'Cells that were emptied') }),
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
      title: text('Title', 255),
      sheets: listOf('Titles of its sheets', title, 50),
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
      title,
      index: integer('Place among the sheets, from 0', 0, 10_000),
      row_count: integer('Rows', 1, 1_000_000),
      column_count: integer('Columns', 1, 18_278),
    }),
    outputSchema: output(['properties'], { properties: sheetProperties }),
  },
  {
    ...active,
    name: 'google_sheets.sheet.rename',
    title: 'Rename a sheet',
    description: 'Gives a sheet another title.',
    risk: 'MEDIUM',
    annotations: SETS,
    references: [ofSpreadsheet, ofSheet],
    inputSchema: input(['spreadsheet', 'sheet', 'title'], { spreadsheet, sheet, title }),
    outputSchema: output([], {}),
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
    outputSchema: output([], {}),
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
    outputSchema: output([], {}),
  },
];
