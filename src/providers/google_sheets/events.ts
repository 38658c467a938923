import type { ParsedEvent } from '../delivery.ts';
import { momentOf } from '../kit/meta.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';
import { DRIVE_METADATA, SPREADSHEETS } from './auth.ts';
import { letterOf } from './columns.ts';
import type { Change } from './row_changes.ts';

/** Google Sheets sends no webhooks: rows are found by reading. */
const row = {
  schemaVersion: 1,
  runtimeState: 'ACTIVE',
  triggerable: true,
  waitable: true,
  scopes: [SPREADSHEETS, DRIVE_METADATA],
  payloadSchema: output(['spreadsheet_id', 'sheet_id', 'row_number', 'values'], {
    spreadsheet_id: field('string', 'File id of the spreadsheet'),
    sheet_id: field('integer', 'Id of the sheet'),
    sheet_title: field('string', 'Title of the sheet'),
    row_number: field('integer', 'Row, from 1'),
    values: field('object', 'Cells by the name in the first row, or by letter where that is empty'),
  }),
} as const;

export const eventTypes: readonly EventType[] = [
  { ...row, name: 'google_sheets.row.added', description: 'A row was added to a sheet.' },
  { ...row, name: 'google_sheets.row.updated', description: 'Cells of a row changed.' },
];

/** The same change read twice from the same cursor has the same key. */
export function rowEvent(
  { kind, rowNumber, cells, header }: Change,
  place: {
    readonly spreadsheet: string;
    readonly sheet: { readonly id: string; readonly title: string };
    /** Counts the readings of the spreadsheet. */
    readonly reading: number;
    /** When the file last changed. */
    readonly time: string | undefined;
  },
): ParsedEvent {
  const { spreadsheet, sheet, reading } = place;
  const occurTime = momentOf(place.time);
  return {
    eventType: kind === 'ADDED' ? 'google_sheets.row.added' : 'google_sheets.row.updated',
    schemaVersion: 1,
    deliveryKey: `${spreadsheet}/${sheet.id}/${reading}/${rowNumber}`,
    objectKey: `${spreadsheet}/${sheet.id}`,
    accountId: '',
    ...(occurTime !== undefined && { occurTime }),
    payload: {
      spreadsheet_id: spreadsheet,
      sheet_id: Number(sheet.id),
      sheet_title: sheet.title,
      row_number: rowNumber,
      values: Object.fromEntries(cells.map((cell, index) => [nameOf(header, index), cell])),
    },
    meta: { spreadsheet, sheet: sheet.id },
  };
}

function nameOf(header: readonly string[], index: number): string {
  const name = (header[index] ?? '').trim().slice(0, 200);
  return name === '' || header.indexOf(header[index] ?? '') !== index ? letterOf(index) : name;
}
