import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Twilio’s objects mean that do not say so themselves. */
const TEXTS = {
  answered_by: 'Person or machine, where it was looked for',
  body: 'Text',
  duration: 'Seconds',
  error_code: 'Why it failed',
  line_type_intelligence: 'Kind of line',
  num_media: 'How many files came with it',
  price: 'What it cost',
  sid: 'Id',
  valid: 'Whether the code was right; of a number, whether there can be one',
};

/** Cut out of Twilio’s descriptions of its API. */
export const slice = openSlice(schemas, TEXTS);
