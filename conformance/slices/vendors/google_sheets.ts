import type { Vendor } from '../vendor.ts';
import { discovery } from './directory.ts';

const api = discovery('sheets.json');
const request = 'requests.[]';

export const googleSheets: Vendor = {
  provider: 'google_sheets',
  inputs: [
    {
      from: api,
      wanted: {
        'values.get': ['sheets.spreadsheets.values.get', 'value_render_option=valueRenderOption'],
        'values.batch_get': ['sheets.spreadsheets.values.batchGet', 'ranges value_render_option=valueRenderOption'],
        'values.update': ['sheets.spreadsheets.values.update', 'value_input_option=valueInputOption'],
        'values.append': [
          'sheets.spreadsheets.values.append',
          'value_input_option=valueInputOption insert_data_option=insertDataOption',
        ],
        'spreadsheet.create': ['sheets.spreadsheets.create', 'title=properties.title'],
        'sheet.add': [
          'sheets.spreadsheets.batchUpdate',
          [
            `title=${request}.addSheet.properties.title index=${request}.addSheet.properties.index`,
            `row_count=${request}.addSheet.properties.gridProperties.rowCount`,
            `column_count=${request}.addSheet.properties.gridProperties.columnCount`,
          ].join(' '),
        ],
        'sheet.rename': ['sheets.spreadsheets.batchUpdate', `title=${request}.updateSheetProperties.properties.title`],
      },
      limits: {
        column_count: { minimum: 1, maximum: 18_278 },
        index: { minimum: 0, maximum: 10_000 },
        ranges: {
          maxItems: 100,
          items: { maxLength: 64, pattern: '^\\$?[A-Za-z]{0,3}\\$?\\d{0,8}(:\\$?[A-Za-z]{0,3}\\$?\\d{0,8})?$' },
        },
        row_count: { minimum: 1, maximum: 1_000_000 },
        'spreadsheet.create.title': { maxLength: 255 },
        title: { maxLength: 100 },
      },
    },
  ],
  objects: [
    {
      from: api,
      rules: {
        shapes: [
          { by: 'autoRecalc', keep: 'title locale timeZone' },
          { by: 'basicFilter', keep: 'properties' },
          { by: 'sheetType', keep: 'sheetId title index sheetType hidden gridProperties' },
          { by: 'frozenRowCount', keep: 'rowCount columnCount frozenRowCount frozenColumnCount' },
        ],
      },
      wanted: {
        value_range: ['sheets.spreadsheets.values.get', 'range majorDimension values'],
        value_ranges: ['sheets.spreadsheets.values.batchGet', 'spreadsheetId valueRanges'],
        updated: [
          'sheets.spreadsheets.values.update',
          'spreadsheetId updatedRange updatedRows updatedColumns updatedCells',
        ],
        appended: ['sheets.spreadsheets.values.append', 'spreadsheetId tableRange updates'],
        cleared: ['sheets.spreadsheets.values.clear', 'spreadsheetId clearedRange'],
        spreadsheet: ['sheets.spreadsheets.get', 'spreadsheetId spreadsheetUrl properties sheets'],
        sheet: ['sheets.spreadsheets.batchUpdate:replies.[].addSheet', 'properties'],
      },
    },
  ],
};
