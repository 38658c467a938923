import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';
import { DRIVE_METADATA, SPREADSHEETS } from './auth.ts';

/** Google Sheets sends no webhooks: rows are to be found by polling, which nobody does yet. */
const planned = {
  schemaVersion: 1,
  runtimeState: 'PLANNED',
  triggerable: true,
  waitable: true,
  scopes: [SPREADSHEETS, DRIVE_METADATA],
  payloadSchema: output(['spreadsheet_id', 'sheet_id', 'row_number', 'values'], {
    spreadsheet_id: field('string', 'File id of the spreadsheet'),
    sheet_id: field('integer', 'Id of the sheet'),
    row_number: field('integer', 'Row, from 1'),
    values: field('object', 'Cells by the name in the first row'),
  }),
} as const;

export const eventTypes: readonly EventType[] = [
  { ...planned, name: 'google_sheets.row.added', description: 'A row was added to a sheet.' },
  { ...planned, name: 'google_sheets.row.updated', description: 'Cells of a row changed.' },
];
