import type { Mutation, Query } from '@mondaydotcomorg/api';
import type { Entries } from './entry.ts';

/** Queries and mutations of the GraphQL schema. */
export type Operation = Exclude<keyof Query | keyof Mutation, '__typename'>;

export const operations = {
  'board.list': 'boards',
  'board.get': 'boards',
  'board.create': 'create_board',
  'board.archive': 'archive_board',
  'group.create': 'create_group',
  'group.update': 'update_group',
  'group.delete': 'delete_group',
  'column.create': 'create_column',
  'item.create': 'create_item',
  'item.create_subitem': 'create_subitem',
  'item.get': 'items',
  'item.list': 'boards',
  'item.search': 'items_page_by_column_values',
  'item.set_value': 'change_column_value',
  'item.set_values': 'change_multiple_column_values',
  'item.rename': 'change_simple_column_value',
  'item.move_to_group': 'move_item_to_group',
  'item.move_to_board': 'move_item_to_board',
  'item.duplicate': 'duplicate_item',
  'item.archive': 'archive_item',
  'item.delete': 'delete_item',
  'update.create': 'create_update',
  'update.reply': 'create_update',
  'update.list': 'updates',
  'update.edit': 'edit_update',
  'update.delete': 'delete_update',
  'user.list': 'users',
  'team.list': 'teams',
  'workspace.list': 'workspaces',
  'workspace.create': 'create_workspace',
  'notification.send': 'create_notification',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'shout_at_board' satisfies Operation;
