import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { DRIVE } from './auth.ts';
import { slice } from './slice.ts';

const id = (what: string) => text(`${what} id`, 128, { pattern: '^[A-Za-z0-9_-]+$' });
const file = picked('google_drive.file', id('File'));
const folder = picked('google_drive.folder', id('Folder'));
const drive = picked('google_drive.shared_drive', id('Shared drive'));
const paging = { page_size: 'At most', page_token: '`nextPageToken` of the page before' };
const naming = { name: 'Name', description: 'Text' };

const aFile = slice.object('file');
const aPermission = slice.object('permission');
const aComment = slice.object('comment');
const list = (name: string, what: string, of: JsonSchema) =>
  output([name], {
    [name]: field('array', what, { items: of }),
    nextPageToken: field('string', 'Begins the next page'),
  });
const reads = { effect: READS, scopes: [DRIVE] };
const sets = { effect: SETS, scopes: [DRIVE] };
const adds = { effect: ADDS, scopes: [DRIVE] };

export const actions: readonly Action[] = [
  action('google_drive.file.list', 'Find files', 'Finds files by words and fields.', {
    ...reads,
    takes: {
      ...slice.fields('file.list', {
        q: "Drive’s search, for example: name contains 'report' and trashed = false",
        order_by: 'Order',
        ...paging,
      }),
      folder,
      shared_drive: drive,
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
    needs: slice.fields('file.create', { name: 'Name', mime_type: 'Kind, for example text/plain' }),
    takes: {
      folder,
      ...slice.fields('file.create', { description: 'Text' }),
      content: text('Text of the file', 200_000),
    },
    gives: aFile,
  }),
  action('google_drive.file.copy', 'Copy a file', 'Makes a copy of a file, in a folder where one is given.', {
    ...adds,
    needs: { file },
    takes: { ...slice.fields('file.copy', { name: 'Name' }), folder },
    gives: aFile,
  }),
  action('google_drive.file.update', 'Update a file', 'Changes name or description of a file.', {
    ...sets,
    needs: { file },
    takes: slice.fields('file.update', { ...naming, starred: 'Whether it has a star' }),
    atLeast: 2,
    gives: aFile,
  }),
  action('google_drive.file.replace_content', 'Replace a file’s text', 'Writes another text into a file.', {
    ...sets,
    risk: 'HIGH',
    needs: { file, content: text('Text of the file', 200_000) },
    takes: slice.fields('file.replace_content', { mime_type: 'Kind of the text' }),
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
        ...slice.fields('file.export', { mime_type: 'Format' }),
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
    needs: slice.fields('folder.create', { name: 'Name' }),
    takes: { folder, ...slice.fields('folder.create', { description: 'Text' }) },
    gives: aFile,
  }),
  action('google_drive.folder.list', 'List a folder', 'Reads what is in a folder.', {
    ...reads,
    needs: { folder },
    takes: slice.fields('folder.list', paging),
    gives: list('files', 'Files', aFile),
  }),
  action('google_drive.permission.create', 'Share a file', 'Lets a person, a group, a domain or anyone at a file.', {
    ...adds,
    risk: 'HIGH',
    needs: { file, ...slice.fields('permission.create', { type: 'Who', role: 'What they may' }) },
    takes: slice.fields('permission.create', {
      email: 'Address of the user or group',
      domain: 'The domain',
      notify: 'Whether they get an e-mail',
      message: 'Text of that e-mail',
    }),
    gives: aPermission,
  }),
  action('google_drive.permission.list', 'List permissions', 'Reads who may see a file.', {
    ...reads,
    needs: { file },
    takes: slice.fields('permission.list', paging),
    gives: list('permissions', 'Permissions', aPermission),
  }),
  action('google_drive.permission.update', 'Change a permission', 'Changes what somebody may do with a file.', {
    ...sets,
    risk: 'HIGH',
    needs: { file, permission: id('Permission'), ...slice.fields('permission.update', { role: 'What they may' }) },
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
    needs: { file, ...slice.fields('comment.create', { content: 'Text' }) },
    gives: aComment,
  }),
  action('google_drive.comment.list', 'List comments', 'Reads the comments on a file.', {
    ...reads,
    needs: { file },
    takes: slice.fields('comment.list', { include_deleted: 'Deleted ones too', ...paging }),
    gives: list('comments', 'Comments', aComment),
  }),
  action('google_drive.revision.list', 'List revisions', 'Reads the versions of a file that are kept.', {
    ...reads,
    needs: { file },
    takes: slice.fields('revision.list', paging),
    gives: list('revisions', 'Revisions', slice.object('revision')),
  }),
  action('google_drive.shared_drive.list', 'List shared drives', 'Reads the drives of teams.', {
    ...reads,
    takes: slice.fields('shared_drive.list', paging),
    gives: list('drives', 'Drives', slice.object('shared_drive')),
  }),
];
