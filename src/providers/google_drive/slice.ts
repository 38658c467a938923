import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Drive’s objects mean that do not say so themselves. */
const TEXTS = {
  author: 'Who wrote it',
  createdTime: 'When it was made',
  driveId: 'Shared drive it is in',
  emailAddress: 'E-mail address',
  lastModifyingUser: 'Who changed it',
  mimeType: 'Kind of file',
  modifiedTime: 'When its content last changed',
  parents: 'Folders it is in',
  removed: 'Whether it can no longer be seen',
  resolved: 'Whether it is settled',
  role: 'What they may',
  size: 'Bytes',
  time: 'When it changed',
  trashed: 'Whether it is in the trash',
  type: 'user, group, domain or anyone',
  webViewLink: 'Page of the file',
};

/** Cut out of Google’s discovery document of the Drive API. */
export const slice = openSlice(schemas, TEXTS);
