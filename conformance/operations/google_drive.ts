import type { drive_v3 } from '@googleapis/drive';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the API. */
export type Operation = Methods<drive_v3.Drive>;

export const operations = {
  'file.list': 'files.list',
  'file.get': 'files.get',
  'file.create': 'files.create',
  'file.copy': 'files.copy',
  'file.update': 'files.update',
  'file.replace_content': 'files.update',
  'file.move': 'files.update',
  'file.export': 'files.export',
  'file.download': 'files.get',
  'file.trash': 'files.update',
  'file.untrash': 'files.update',
  'file.delete': 'files.delete',
  'folder.create': 'files.create',
  'folder.list': 'files.list',
  'permission.create': 'permissions.create',
  'permission.list': 'permissions.list',
  'permission.update': 'permissions.update',
  'permission.delete': 'permissions.delete',
  'comment.create': 'comments.create',
  'comment.list': 'comments.list',
  'revision.list': 'revisions.list',
  'shared_drive.list': 'drives.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'files.shout' satisfies Operation;
