import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Google’s objects mean that do not say so themselves. */
const TEXTS = {
  clearedRange: 'Cells that were emptied',
  index: 'Place among the sheets, from 0',
  range: 'Cells that were read',
  sheetId: 'Id of the sheet',
  spreadsheetId: 'File id of the spreadsheet',
  spreadsheetUrl: 'Page of the spreadsheet',
  tableRange: 'The table before the rows were added',
  updatedCells: 'How many cells were written',
  updatedColumns: 'Columns that were written',
  updatedRange: 'Cells that were written',
  updatedRows: 'Rows that were written',
  valueRanges: 'One for each range',
  values: 'Rows, without the empty ones at the end; absent where all are empty',
};

/** Cut out of Google’s discovery document of the Sheets API. */
export const slice = openSlice(schemas, TEXTS);
