import type { Vendor } from '../vendor.ts';
import { discovery } from './directory.ts';

const api = discovery('drive.json');
const PAGE = 'page_size=pageSize page_token=pageToken';

export const googleDrive: Vendor = {
  provider: 'google_drive',
  inputs: [
    {
      from: api,
      wanted: {
        'file.list': ['drive.files.list', `q order_by=orderBy ${PAGE}`],
        'file.create': ['drive.files.create', 'name mime_type=mimeType description'],
        'file.copy': ['drive.files.copy', 'name'],
        'file.update': ['drive.files.update', 'name description starred'],
        'file.replace_content': ['drive.files.update', 'mime_type=mimeType'],
        'file.export': ['drive.files.export', 'mime_type=mimeType'],
        'folder.create': ['drive.files.create', 'name description'],
        'folder.list': ['drive.files.list', PAGE],
        'permission.create': [
          'drive.permissions.create',
          'type role email=emailAddress domain notify=sendNotificationEmail message=emailMessage',
        ],
        'permission.list': ['drive.permissions.list', PAGE],
        'permission.update': ['drive.permissions.update', 'role'],
        'comment.create': ['drive.comments.create', 'content'],
        'comment.list': ['drive.comments.list', `include_deleted=includeDeleted ${PAGE}`],
        'revision.list': ['drive.revisions.list', PAGE],
        'shared_drive.list': ['drive.drives.list', PAGE],
      },
      limits: {
        content: { maxLength: 4_096 },
        description: { maxLength: 4_000 },
        domain: { maxLength: 253 },
        email: { maxLength: 254, format: 'email' },
        // Only what a document, a sheet or slides can become.
        'file.export.mime_type': {
          enum: [
            'text/plain',
            'text/csv',
            'text/html',
            'text/markdown',
            'application/pdf',
            'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
          ],
        },
        message: { maxLength: 2_000 },
        mime_type: { maxLength: 127 },
        name: { maxLength: 255 },
        order_by: { enum: ['name', 'createdTime', 'modifiedTime desc', 'viewedByMeTime desc', 'folder'] },
        page_size: { minimum: 1, maximum: 1_000 },
        'comment.list.page_size': { minimum: 1, maximum: 100 },
        'permission.list.page_size': { minimum: 1, maximum: 100 },
        'shared_drive.list.page_size': { minimum: 1, maximum: 100 },
        page_token: { maxLength: 4_096 },
        q: { maxLength: 4_000 },
        role: { enum: ['reader', 'commenter', 'writer', 'fileOrganizer', 'organizer'] },
        type: { enum: ['user', 'group', 'domain', 'anyone'] },
      },
    },
  ],
  objects: [
    {
      from: api,
      rules: {
        shapes: [
          { by: 'permissionId', keep: 'displayName emailAddress' },
          {
            by: 'webViewLink',
            keep: 'id name mimeType parents createdTime modifiedTime trashed webViewLink lastModifyingUser',
          },
          { by: 'colorRgb', keep: 'id name' },
        ],
      },
      wanted: {
        file: [
          'drive.files.get',
          'id name mimeType description webViewLink parents owners createdTime modifiedTime size starred trashed',
        ],
        permission: ['drive.permissions.get', 'id type role emailAddress domain displayName'],
        comment: ['drive.comments.get', 'id content author createdTime modifiedTime resolved'],
        revision: ['drive.revisions.get', 'id modifiedTime mimeType size lastModifyingUser'],
        shared_drive: ['drive.drives.get', 'id name createdTime hidden'],
        file_change: ['drive.changes.list:changes.[]', 'fileId time driveId removed file'],
        drive_change: ['drive.changes.list:changes.[]', 'driveId time removed drive'],
      },
    },
  ],
};
