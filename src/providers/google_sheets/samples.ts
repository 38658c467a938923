import type { EventSample } from '../provider.ts';

const row = {
  spreadsheet_id: '1SampleSpreadsheetIdSampleSpreadsheetId12345',
  sheet_id: 0,
  row_number: 7,
  values: { Name: 'Ada', Amount: '12.50' },
};
const meta = { spreadsheet: row.spreadsheet_id, sheet: '0' };

export const samples: readonly EventSample[] = [
  {
    eventType: 'google_sheets.row.added',
    variant: 'default',
    name: 'Row added',
    description: 'Somebody added a row to a sheet.',
    payload: row,
    meta,
  },
  {
    eventType: 'google_sheets.row.updated',
    variant: 'default',
    name: 'Row changed',
    description: 'Somebody changed a cell of a row.',
    payload: { ...row, values: { Name: 'Ada', Amount: '13.00' } },
    meta,
  },
];
