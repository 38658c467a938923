import type { ParsedEvent } from '../delivery.ts';
import { at, metaOf, momentOf } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage } from '../subscription.ts';
import { DRIVE } from './auth.ts';
import { eventTypes } from './events.ts';
import { kindOf } from './kinds.ts';

const CHANGES = 100;
const FILE =
  'id,name,mimeType,parents,createdTime,modifiedTime,trashed,webViewLink,size,version,lastModifyingUser(displayName,emailAddress)';
const FIELDS = `nextPageToken,newStartPageToken,changes(changeType,time,removed,fileId,driveId,file(${FILE}),drive(id,name))`;

/** The changes of all files the account may see; several of one file between two readings are one. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [DRIVE],
  everyMs: 300_000,
  rung: 'ANY',
  targets: async () => [{ key: 'changes', label: 'Files', eventTypes: eventTypes.map(({ name }) => name) }],
  start: async call => {
    const cursor: Cursor = { token: await startToken(call), since: call.now().toISOString() };
    return JSON.stringify(cursor);
  },
  read,
};

/** `since` is when the newest change was made that the reading before told of: a file made later is new. */
type Cursor = { readonly token: string; readonly since: string; readonly newest?: string };

async function read(call: ProviderCall, _: unknown, cursor: string): Promise<FeedPage> {
  const { token, since, newest = since } = JSON.parse(cursor) as Cursor;
  const answer = await call.fetch(`${call.endpoints.api}/changes`, {
    query: {
      pageToken: token,
      pageSize: CHANGES,
      fields: FIELDS,
      includeRemoved: true,
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
    },
  });
  const body = readObject(answer.body, 'changes');
  const changes = readArray(body.changes, 'changes').map((each, i) => readObject(each, `changes[${i}]`));
  const times = changes.map(({ time }) => optionalString(time) ?? '');
  const last = [...times, newest].toSorted().at(-1) ?? newest;
  const next = optionalString(body.nextPageToken);
  const after: Cursor =
    next === undefined
      ? { token: readString(body.newStartPageToken, 'newStartPageToken'), since: last }
      : { token: next, since, newest: last };
  return {
    events: changes.map(change => eventOf(change, since)),
    cursor: JSON.stringify(after),
    hasMore: next !== undefined,
  };
}

export async function startToken(call: ProviderCall): Promise<string> {
  const query = { supportsAllDrives: true };
  const { body } = await call.fetch(`${call.endpoints.api}/changes/startPageToken`, { query });
  return readString(at(body, 'startPageToken'), 'startPageToken');
}

function eventOf(change: Json, since: string): ParsedEvent {
  const time = readString(change.time, 'time');
  const isDrive = change.changeType === 'drive';
  const id = readString(isDrive ? change.driveId : change.fileId, 'id');
  const verb = verbOf(change, since);
  const kind = isDrive ? 'shared_drive' : verb === 'removed' ? 'file' : kindOf(at(change.file, 'mimeType'));
  const occurTime = momentOf(time);
  const { changeType: _, ...payload } = change;
  return {
    eventType: `google_drive.${kind}.${verb}`,
    schemaVersion: 1,
    deliveryKey: `${id}/${time}`,
    objectKey: id,
    accountId: '',
    ...(occurTime !== undefined && { occurTime }),
    payload,
    meta: metaOf({
      [isDrive ? 'drive' : 'file']: id,
      name: at(change.file ?? change.drive, 'name'),
      by: at(change.file, 'lastModifyingUser', 'emailAddress'),
    }),
  };
}

function verbOf(change: Json, since: string): string {
  if (change.removed === true) return 'removed';
  if (at(change.file, 'trashed') === true) return 'trashed';
  const created = momentOf(at(change.file, 'createdTime'));
  const known = momentOf(since);
  return created !== undefined && known !== undefined && created > known ? 'created' : 'updated';
}
