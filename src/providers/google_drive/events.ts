import type { Webhook } from '../delivery.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { sharedToken } from '../kit/plain_token.ts';
import { DRIVE } from './auth.ts';
import { slice } from './slice.ts';

/**
 * A message has no body and says only that there is something to read: see feed.ts. It brings back the token we gave.
 * Source: developers.google.com/workspace/drive/api/guides/push.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Channel for the changes of the account’s files',
      signature: 'shared-token',
      secret: 'SUBSCRIPTION',
      secretField: 'token',
    },
  ],
  deliveryHeader: 'x-goog-message-number',
  verify: sharedToken(({ headers }) => headers['x-goog-channel-token']),
  parse: () => [],
};

const change = { ...slice.object('file_change'), required: ['fileId', 'time'] };
const driveChange = { ...slice.object('drive_change'), required: ['driveId', 'time'] };
const verbs = (a: string) => ({
  created: `${a} was made.`,
  updated: `${a} changed: its content, its name, who may see it.`,
  trashed: `${a} is in the trash, or changed there.`,
});
const type = { scopes: [DRIVE] };

export const eventTypes = [
  ...eventTypesOf('google_drive.sheet', verbs('A spreadsheet'), change, type),
  ...eventTypesOf('google_drive.document', verbs('A document'), change, type),
  ...eventTypesOf('google_drive.presentation', verbs('A presentation'), change, type),
  ...eventTypesOf('google_drive.form', verbs('A form'), change, type),
  ...eventTypesOf('google_drive.folder', verbs('A folder'), change, type),
  ...eventTypesOf('google_drive.file', verbs('A file of another kind'), change, type),
  ...eventTypesOf(
    'google_drive.file',
    { removed: 'A file of any kind was deleted, or can no longer be seen.' },
    change,
    type,
  ),
  ...eventTypesOf(
    'google_drive.shared_drive',
    { updated: 'A shared drive was made, or its name or settings changed.', removed: 'A shared drive is gone.' },
    driveChange,
    type,
  ),
];

const MIME: Readonly<Record<string, string>> = { sheet: 'spreadsheet', file: 'unknown' };

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, kind = '', verb = ''] = name.split('.');
  const time = '2026-05-04T03:02:01.000Z';
  const removed = verb === 'removed';
  if (kind === 'shared_drive') {
    const drive = { id: '0SampleSharedDrive', name: 'Sales' };
    const meta: Readonly<Record<string, string>> = { drive: drive.id };
    return { payload: { driveId: drive.id, time, removed, ...(!removed && { drive }) }, meta };
  }
  const id = '1SampleFileIdSampleFileId';
  const file = {
    id,
    name: 'Report',
    mimeType: kind === 'file' ? 'application/pdf' : `application/vnd.google-apps.${MIME[kind] ?? kind}`,
    createdTime: verb === 'created' ? time : '2026-01-05T10:00:00.000Z',
    modifiedTime: time,
    trashed: verb === 'trashed',
  };
  return { payload: { fileId: id, time, removed, ...(!removed && { file }) }, meta: { file: id } };
});
