import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Gmail’s objects mean that do not say so themselves. */
const TEXTS = {
  data: 'The file in base64url',
  historyId: 'Change of the mailbox it was found in',
  internalDate: 'When it came, milliseconds since 1970',
  labelIds: 'Labels it has',
  messagesTotal: 'Messages',
  messagesUnread: 'Messages nobody read yet',
  payload: 'Headers and parts; bodies are base64url',
  size: 'Bytes',
  sizeEstimate: 'Bytes',
  snippet: 'Begin of the text',
  threadId: 'Thread it belongs to',
  threadsTotal: 'Threads',
};

/** Cut out of Google’s discovery document of the Gmail API. */
export const slice = openSlice(schemas, TEXTS);
