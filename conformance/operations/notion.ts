import type { Client } from '@notionhq/client';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<Client, 3>;

export const operations = {
  'page.create': 'pages.create',
  'page.create_in_data_source': 'pages.create',
  'page.get': 'pages.retrieve',
  'page.get_property': 'pages.properties.retrieve',
  'page.get_markdown': 'pages.retrieveMarkdown',
  'page.append_markdown': 'pages.updateMarkdown',
  'page.replace_markdown': 'pages.updateMarkdown',
  'page.update': 'pages.update',
  'page.move': 'pages.move',
  'page.trash': 'pages.update',
  'page.restore': 'pages.update',
  'page.search': 'search',
  'data_source.search': 'search',
  'data_source.get': 'dataSources.retrieve',
  'data_source.query': 'dataSources.query',
  'data_source.update': 'dataSources.update',
  'data_source.list_templates': 'dataSources.listTemplates',
  'database.get': 'databases.retrieve',
  'database.create': 'databases.create',
  'block.get': 'blocks.retrieve',
  'block.list_children': 'blocks.children.list',
  'block.append_children': 'blocks.children.append',
  'block.update': 'blocks.update',
  'block.delete': 'blocks.delete',
  'comment.create': 'comments.create',
  'comment.reply': 'comments.create',
  'comment.list': 'comments.list',
  'comment.update': 'comments.update',
  'comment.delete': 'comments.delete',
  'user.get': 'users.retrieve',
  'user.list': 'users.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'pages.shout' satisfies Operation;
