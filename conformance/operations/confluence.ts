import type { createV1Client, createV2Client } from 'confluence.js';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of confluence.js for both versions of the API. */
export type Operation =
  | `v1.${Methods<ReturnType<typeof createV1Client>>}`
  | `v2.${Methods<ReturnType<typeof createV2Client>>}`;

export const operations = {
  'space.list': 'v2.space.getSpaces',
  'space.get': 'v2.space.getSpaceById',
  'page.create': 'v2.page.createPage',
  'page.get': 'v2.page.getPageById',
  'page.list': 'v2.page.getPages',
  'page.update': 'v2.page.updatePage',
  'page.delete': 'v2.page.deletePage',
  'page.list_labels': 'v2.label.getPageLabels',
  'page.list_versions': 'v2.version.getPageVersions',
  'page.list_children': 'v2.children.getChildPages',
  'page.add_labels': 'v1.contentLabels.addLabelsToContent',
  'page.remove_label': 'v1.contentLabels.removeLabelFromContent',
  'blogpost.create': 'v2.blogPost.createBlogPost',
  'blogpost.get': 'v2.blogPost.getBlogPostById',
  'blogpost.list': 'v2.blogPost.getBlogPosts',
  'blogpost.update': 'v2.blogPost.updateBlogPost',
  'blogpost.delete': 'v2.blogPost.deleteBlogPost',
  'blogpost.list_labels': 'v2.label.getBlogPostLabels',
  'blogpost.list_versions': 'v2.version.getBlogPostVersions',
  'content.search': 'v1.search.searchByCQL',
  'comment.create': 'v2.comment.createFooterComment',
  'comment.reply': 'v2.comment.createFooterComment',
  'comment.list': 'v2.comment.getPageFooterComments',
  'comment.update': 'v2.comment.updateFooterComment',
  'comment.delete': 'v2.comment.deleteFooterComment',
  'attachment.list': 'v2.attachment.getPageAttachments',
  'attachment.get': 'v2.attachment.getAttachmentById',
  'task.list': 'v2.task.getTasks',
  'task.update': 'v2.task.updateTask',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'v2.page.shout' satisfies Operation;
