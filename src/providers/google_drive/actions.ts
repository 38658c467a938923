import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { DRIVE } from './auth.ts';

const id = (what: string) => text(`${what} id`, 128, { pattern: '^[A-Za-z0-9_-]+$' });
const file = picked('google_drive.file', id('File'));
const folder = picked('google_drive.folder', id('Folder'));
const drive = picked('google_drive.shared_drive', id('Shared drive'));
const page = { page_size: integer('At most', 1, 1_000), page_token: text('`nextPageToken` of the page before', 4_096) };

const aFile = output(['id', 'name', 'mimeType'], {
  id: field('string', 'File id'),
  name: field('string', 'Name'),
  mimeType: field('string', 'Kind of file'),
  webViewLink: field('string', 'Page of the file'),
  parents: field('array', 'Folders it is in'),
  modifiedTime: field('string', 'When it last changed'),
  size: field('string', 'Bytes'),
  trashed: field('boolean', 'Whether it is in the trash'),
});
const aPermission = output(['id', 'type', 'role'], {
  id: field('string', 'Permission id'),
  type: field('string', 'user, group, domain or anyone'),
  role: field('string', 'What they may'),
  emailAddress: field('string', 'Of a user or group'),
});
const aComment = output(['id', 'content'], {
  id: field('string', 'Comment id'),
  content: field('string', 'Text'),
  author: field('object', 'Who wrote it'),
  resolved: field('boolean', 'Whether it is settled'),
});
const list = (name: string, what: string, of: JsonSchema) =>
  output([name], {
    [name]: field('array', what, { items: of }),
    nextPageToken: field('string', 'Begins the next page'),
  });
const role = choice('What they may', ['reader', 'commenter', 'writer', 'fileOrganizer', 'organizer']);
const name = text('Name', 255);
const description = text('Text', 4_000);

const reads = { effect: READS, scopes: [DRIVE] };
const sets = { effect: SETS, scopes: [DRIVE] };
const adds = { effect: ADDS, scopes: [DRIVE] };

export const actions: readonly Action[] = [
  action('google_drive.file.list', 'Find files', 'Finds files by words and fields.', {
    ...reads,
    takes: {
      q: text("Drive’s search, for example: name contains 'report' and trashed = false", 4_000),
      folder,
      shared_drive: drive,
      order_by: choice('Order', ['name', 'createdTime', 'modifiedTime desc', 'viewedByMeTime desc', 'folder']),
      ...page,
    },
    gives: list('files', 'Files', aFile),
  }),
  action('google_drive.file.get', 'Get a file', 'Reads what is known of a file, not its content.', {
    ...reads,
    needs: { file },
    gives: aFile,
  }),
  action('google_drive.file.create', 'Create a file', 'Makes a text file, or an empty document, sheet or slides.', {
    ...adds,
    needs: { name, mime_type: text('Kind, for example text/plain', 127) },
    takes: { folder, description, content: text('Text of the file', 200_000) },
    gives: aFile,
  }),
  action('google_drive.file.copy', 'Copy a file', 'Makes a copy of a file, in a folder where one is given.', {
    ...adds,
    needs: { file },
    takes: { name, folder },
    gives: aFile,
  }),
  action('google_drive.file.update', 'Update a file', 'Changes name or description of a file.', {
    ...sets,
    needs: { file },
    takes: { name, description, starred: flag('Whether it has a star') },
    atLeast: 2,
    gives: aFile,
  }),
  action('google_drive.file.replace_content', 'Replace a file’s text', 'Writes another text into a file.', {
    ...sets,
    risk: 'HIGH',
    needs: { file, content: text('Text of the file', 200_000) },
    takes: { mime_type: text('Kind of the text', 127) },
    gives: aFile,
  }),
  action('google_drive.file.move', 'Move a file', 'Takes a file out of its folder and puts it into another.', {
    ...sets,
    needs: { file, folder },
    gives: aFile,
  }),
  action(
    'google_drive.file.export',
    'Export a file',
    'Reads a document, sheet or slides in another format, up to 10 MB.',
    {
      ...reads,
      needs: {
        file,
        mime_type: choice('Format', [
          'text/plain',
          'text/csv',
          'text/html',
          'text/markdown',
          'application/pdf',
          'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
          'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        ]),
      },
      gives: output(['content'], {
        content: field('string', 'The file; base64 where it is not text'),
        mime_type: field('string', 'Its format'),
      }),
    },
  ),
  action('google_drive.file.download', 'Download a file', 'Reads the content of an uploaded file, up to 10 MB.', {
    ...reads,
    needs: { file },
    gives: output(['content'], { content: field('string', 'The file in base64') }),
  }),
  action('google_drive.file.trash', 'Trash a file', 'Moves a file to the trash, where it stays for 30 days.', {
    ...sets,
    needs: { file },
    gives: aFile,
  }),
  action('google_drive.file.untrash', 'Take a file out of the trash', 'Moves a file out of the trash.', {
    ...sets,
    needs: { file },
    gives: aFile,
  }),
  action('google_drive.file.delete', 'Delete a file', 'Deletes a file for good, past the trash.', {
    effect: REMOVES,
    scopes: [DRIVE],
    needs: { file },
    gives: done,
  }),
  action('google_drive.folder.create', 'Create a folder', 'Makes a folder, in another where one is given.', {
    ...adds,
    needs: { name },
    takes: { folder, description },
    gives: aFile,
  }),
  action('google_drive.folder.list', 'List a folder', 'Reads what is in a folder.', {
    ...reads,
    needs: { folder },
    takes: page,
    gives: list('files', 'Files', aFile),
  }),
  action('google_drive.permission.create', 'Share a file', 'Lets a person, a group, a domain or anyone at a file.', {
    ...adds,
    risk: 'HIGH',
    needs: { file, type: choice('Who', ['user', 'group', 'domain', 'anyone']), role },
    takes: {
      email: text('Address of the user or group', 254, { format: 'email' }),
      domain: text('The domain', 253),
      notify: flag('Whether they get an e-mail'),
      message: text('Text of that e-mail', 2_000),
    },
    gives: aPermission,
  }),
  action('google_drive.permission.list', 'List permissions', 'Reads who may see a file.', {
    ...reads,
    needs: { file },
    takes: page,
    gives: list('permissions', 'Permissions', aPermission),
  }),
  action('google_drive.permission.update', 'Change a permission', 'Changes what somebody may do with a file.', {
    ...sets,
    risk: 'HIGH',
    needs: { file, permission: id('Permission'), role },
    gives: aPermission,
  }),
  action('google_drive.permission.delete', 'Stop sharing', 'Takes somebody’s permission away.', {
    effect: REMOVES,
    scopes: [DRIVE],
    needs: { file, permission: id('Permission') },
    gives: done,
  }),
  action('google_drive.comment.create', 'Comment on a file', 'Adds a comment to a file.', {
    ...adds,
    needs: { file, content: text('Text', 4_096) },
    gives: aComment,
  }),
  action('google_drive.comment.list', 'List comments', 'Reads the comments on a file.', {
    ...reads,
    needs: { file },
    takes: {
      include_deleted: flag('Deleted ones too'),
      page_size: integer('At most', 1, 100),
      page_token: page.page_token,
    },
    gives: list('comments', 'Comments', aComment),
  }),
  action('google_drive.revision.list', 'List revisions', 'Reads the versions of a file that are kept.', {
    ...reads,
    needs: { file },
    takes: page,
    gives: list('revisions', 'Revisions: id, modifiedTime', output(['id'], { id: field('string', 'Revision id') })),
  }),
  action('google_drive.shared_drive.list', 'List shared drives', 'Reads the drives of teams.', {
    ...reads,
    takes: { page_size: integer('At most', 1, 100), page_token: page.page_token },
    gives: list(
      'drives',
      'Drives: id, name',
      output(['id', 'name'], { id: field('string', 'Id'), name: field('string', 'Name') }),
    ),
  }),
];
