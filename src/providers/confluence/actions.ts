import { action, done, picked, type ReferenceField } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: developer.atlassian.com/cloud/confluence/rest/v2; labels and search are of the first version. */

const number = (what: string) => text(`${what} id`, 20, { pattern: '^[0-9]+$' });
const space = picked('confluence.space', number('Space'));
const page = picked('confluence.page', number('Page'));
const blogpost = picked('confluence.blogpost', number('Blog post'));
const comment = number('Comment');
const scoped = (what: string, verb = 'read') => [`${verb}:${what}:confluence`];

const cursor = {
  limit: integer('Objects at most', 1, 250),
  cursor: text('From `_links.next` of the page before', 2_048),
};
const title = text('Title', 255);
const representation = choice('How the text is written', ['storage', 'wiki', 'atlas_doc_format']);
const value = text('Text in that form', 1_048_576);
const format = choice('How the text is to be given', ['storage', 'atlas_doc_format', 'view']);
const version = integer('Number of the new version: one more than that of now', 1, 1_000_000);
const message = text('What was changed', 255);
const sort = choice('Order', ['created-date', '-created-date', 'modified-date', '-modified-date', 'title', '-title']);

const object = (more: Readonly<Record<string, JsonSchema>>) =>
  output(['id'], {
    id: field('string', 'Id'),
    status: field('string', 'Status'),
    version: field('object', 'Version: number, createdAt, authorId'),
    ...more,
  });
const list = (of: JsonSchema) =>
  output(['results'], {
    results: field('array', 'The objects', { items: of }),
    _links: field('object', '`next`: where the next page begins'),
  });
const aPage = object({
  title: field('string', 'Title'),
  spaceId: field('string', 'Space'),
  parentId: field(['string', 'null'], 'Page above'),
  body: field('object', 'Text by its form'),
  _links: field('object', '`webui`: its address'),
});
const aComment = object({ pageId: field('string', 'Page'), body: field('object', 'Text by its form') });
const anAttachment = object({
  title: field('string', 'Name'),
  mediaType: field('string', 'Kind of file'),
  fileSize: field('integer', 'Bytes'),
  downloadLink: field('string', 'Where it is'),
});
const aSpace = output(['id'], {
  id: field('string', 'Id'),
  key: field('string', 'Key'),
  name: field('string', 'Name'),
  homepageId: field(['string', 'null'], 'First page'),
});
const aLabel = output(['id', 'name'], { id: field('string', 'Id'), name: field('string', 'Name') });
const aTask = output(['id', 'status'], {
  id: field('string', 'Id'),
  status: field('string', 'complete or incomplete'),
  assignedTo: field('string', 'Account of who does it'),
  dueAt: field('string', 'When it is due'),
});

type Alike = { readonly noun: string; readonly a: string; readonly picker: ReferenceField; readonly parent: Fields };
type Fields = Readonly<Record<string, ReferenceField>>;
const alikes: readonly Alike[] = [
  { noun: 'page', a: 'a page', picker: page, parent: { parent: picked('confluence.page', number('Page above')) } },
  { noun: 'blogpost', a: 'a blog post', picker: blogpost, parent: {} },
];

/** Pages and blog posts are alike. */
const alike = alikes.flatMap(({ noun, a, picker, parent }): Action[] => [
  action(`confluence.${noun}.create`, `Create ${a}`, `Makes ${a} in a space.`, {
    effect: ADDS,
    scopes: scoped(noun, 'write'),
    needs: { space, title, representation, value },
    takes: { ...parent, status: choice('Published at once, or not', ['current', 'draft']) },
    gives: aPage,
  }),
  action(`confluence.${noun}.get`, `Get ${a}`, `Reads ${a}.`, {
    effect: READS,
    scopes: scoped(noun),
    needs: { [noun]: picker },
    takes: { body_format: format },
    gives: aPage,
  }),
  action(`confluence.${noun}.list`, `List ${a.slice(2)}s`, `Reads the ${a.slice(2)}s of a space, or of all.`, {
    effect: READS,
    scopes: scoped(noun),
    takes: {
      space,
      title,
      sort,
      status: choice('Only those', ['current', 'archived', 'trashed']),
      body_format: format,
      ...cursor,
    },
    gives: list(aPage),
  }),
  action(`confluence.${noun}.update`, `Update ${a}`, `Writes a new version of ${a}.`, {
    effect: SETS,
    scopes: scoped(noun, 'write'),
    needs: { [noun]: picker, title, representation, value, version },
    takes: { message, ...parent },
    gives: aPage,
  }),
  action(`confluence.${noun}.delete`, `Delete ${a}`, `Moves ${a} to the trash.`, {
    effect: REMOVES,
    scopes: scoped(noun, 'delete'),
    needs: { [noun]: picker },
    gives: done,
  }),
  action(`confluence.${noun}.list_labels`, `List labels of ${a}`, `Reads the labels of ${a}.`, {
    effect: READS,
    scopes: scoped('label'),
    needs: { [noun]: picker },
    takes: cursor,
    gives: list(aLabel),
  }),
  action(`confluence.${noun}.list_versions`, `List versions of ${a}`, `Reads what versions ${a} has.`, {
    effect: READS,
    scopes: scoped(noun),
    needs: { [noun]: picker },
    takes: cursor,
    gives: list(
      output(['number'], {
        number: field('integer', 'Number'),
        createdAt: field('string', 'When'),
        message: field('string', 'What was changed'),
      }),
    ),
  }),
]);

export const actions: readonly Action[] = [
  action('confluence.space.list', 'List spaces', 'Reads the spaces of the site.', {
    effect: READS,
    scopes: scoped('space'),
    takes: {
      type: choice('Only those', ['global', 'personal']),
      status: choice('Only those', ['current', 'archived']),
      ...cursor,
    },
    gives: list(aSpace),
  }),
  action('confluence.space.get', 'Get a space', 'Reads a space.', {
    effect: READS,
    scopes: scoped('space'),
    needs: { space },
    gives: aSpace,
  }),
  ...alike,
  action('confluence.page.list_children', 'List pages below', 'Reads the pages directly below a page.', {
    effect: READS,
    scopes: scoped('hierarchical-content'),
    needs: { page },
    takes: cursor,
    gives: list(output(['id'], { id: field('string', 'Id'), title: field('string', 'Title') })),
  }),
  action('confluence.page.add_labels', 'Label a page', 'Puts labels on a page.', {
    effect: SETS,
    scopes: scoped('label', 'write'),
    needs: { page, labels: listOf('Labels', text('Label', 255, { pattern: '^[^\\s]+$' }), 50) },
    gives: list(aLabel),
  }),
  action('confluence.page.remove_label', 'Unlabel a page', 'Takes a label off a page.', {
    effect: SETS,
    scopes: scoped('label', 'write'),
    needs: { page, label: text('Label', 255) },
    gives: done,
  }),
  action(
    'confluence.content.search',
    'Search',
    'Finds pages, blog posts, comments and files in Confluence’s query language.',
    {
      effect: READS,
      scopes: scoped('content-details'),
      needs: { cql: text('For example: type = page and text ~ "release"', 4_000) },
      takes: { limit: integer('Objects at most', 1, 100), cursor: cursor.cursor },
      gives: output(['results'], {
        results: field('array', 'What was found: content, title, excerpt, url'),
        totalSize: field('integer', 'How many there are'),
      }),
    },
  ),
  action('confluence.comment.create', 'Comment on a page', 'Adds a comment at the foot of a page.', {
    effect: ADDS,
    scopes: scoped('comment', 'write'),
    needs: { page, representation, value },
    gives: aComment,
  }),
  action('confluence.comment.reply', 'Reply to a comment', 'Adds a comment below another.', {
    effect: ADDS,
    scopes: scoped('comment', 'write'),
    needs: { comment, representation, value },
    gives: aComment,
  }),
  action('confluence.comment.list', 'List comments', 'Reads the comments at the foot of a page.', {
    effect: READS,
    scopes: scoped('comment'),
    needs: { page },
    takes: { body_format: format, ...cursor },
    gives: list(aComment),
  }),
  action('confluence.comment.update', 'Edit a comment', 'Writes a new version of a comment.', {
    effect: SETS,
    scopes: scoped('comment', 'write'),
    needs: { comment, representation, value, version },
    gives: aComment,
  }),
  action('confluence.comment.delete', 'Delete a comment', 'Deletes a comment for good.', {
    effect: REMOVES,
    scopes: scoped('comment', 'delete'),
    needs: { comment },
    gives: done,
  }),
  action('confluence.attachment.list', 'List files', 'Reads the files on a page.', {
    effect: READS,
    scopes: scoped('attachment'),
    needs: { page },
    takes: cursor,
    gives: list(anAttachment),
  }),
  action('confluence.attachment.get', 'Get a file', 'Reads what a file is and where.', {
    effect: READS,
    scopes: scoped('attachment'),
    needs: {
      page,
      attachment: picked('confluence.attachment', text('File id', 32, { pattern: '^(att)?[0-9]+$' }), { page: 'page' }),
    },
    gives: anAttachment,
  }),
  action('confluence.task.list', 'List tasks', 'Reads tasks that stand in pages.', {
    effect: READS,
    scopes: scoped('task'),
    takes: { status: choice('Only those', ['complete', 'incomplete']), space, page, ...cursor },
    gives: list(aTask),
  }),
  action('confluence.task.update', 'Complete a task', 'Ticks a task off, or opens it again.', {
    effect: SETS,
    scopes: scoped('task', 'write'),
    needs: { task: number('Task'), status: choice('Status', ['complete', 'incomplete']) },
    gives: aTask,
  }),
];
