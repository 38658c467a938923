import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: developer.monday.com/api-reference; @mondaydotcomorg/api 14.0. */

type Rest = Omit<Parameters<typeof action>[3], 'effect' | 'scopes'>;

const number = (what: string) => text(`${what} id`, 18, { pattern: '^[0-9]+$' });
const onBoard = { board: 'board' };
const board = picked('monday.board', number('Board'));
const item = picked('monday.item', number('Item'), onBoard);
const group = picked('monday.group', text('Group id', 128), onBoard);
const column = picked('monday.column', text('Column id', 128), onBoard);
const user = picked('monday.user', number('User'));
const workspace = picked('monday.workspace', number('Workspace'));
const update = number('Update');
const name = text('Name', 255);
const html = text('Text, in HTML', 65_536);
const values: JsonSchema = {
  type: 'object',
  description: 'Values by column id, in the form of the column’s kind',
  maxProperties: 100,
  additionalProperties: {
    type: ['string', 'number', 'boolean', 'object', 'null'],
    maxLength: 65_536,
    maxProperties: 50,
  },
};
const makesLabels = flag('Whether labels that are not there yet are made');
const page = { limit: integer('Objects at most', 1, 500), page: integer('Which page', 1, 100_000) };
const cursor = { limit: page.limit, cursor: text('`cursor` of the page before', 4_096) };
const color = text('Colour', 64);

const object = (what: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field('string', `${what} id`), ...more });
const named = { name: field('string', 'Name') };
const anItem = object('Item', {
  ...named,
  state: field('string', 'active, archived or deleted'),
  group: field('object', 'Group: id, title'),
  column_values: field('array', 'Values: id, text, value'),
  url: field('string', 'Address'),
});
const aBoard = object('Board', { ...named, state: field('string', 'State'), url: field('string', 'Address') });
const anUpdate = object('Update', { text_body: field('string', 'Text'), creator_id: field('string', 'Who wrote it') });
const list = (key: string, of: JsonSchema) => output([key], { [key]: field('array', 'The objects', { items: of }) });
const items = output(['items'], {
  items: field('array', 'Items', { items: anItem }),
  cursor: field(['string', 'null'], 'Where the next page begins'),
});

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
const each = (
  effect: keyof typeof effects,
  verb: string,
  title: string,
  description: string,
  scope: string,
  rest: Rest,
): Action => action(`monday.${verb}`, title, description, { effect: effects[effect], scopes: [scope], ...rest });
const onItem = (effect: keyof typeof effects, verb: string, title: string, description: string, rest: Rest): Action =>
  each(effect, verb, title, description, effect === 'reads' ? 'boards:read' : 'boards:write', {
    ...rest,
    needs: { board, item, ...rest.needs },
  });

export const actions: readonly Action[] = [
  each('reads', 'board.list', 'List boards', 'Reads the boards that the person can see.', 'boards:read', {
    takes: { workspace, state: choice('Only those', ['active', 'archived', 'deleted', 'all']), ...page },
    gives: list('boards', aBoard),
  }),
  each('reads', 'board.get', 'Get a board', 'Reads a board with its groups and columns.', 'boards:read', {
    needs: { board },
    gives: object('Board', {
      ...named,
      groups: field('array', 'Groups: id, title'),
      columns: field('array', 'Columns: id, title, type'),
    }),
  }),
  each('adds', 'board.create', 'Create a board', 'Makes a board, in a workspace where one is given.', 'boards:write', {
    needs: { name, kind: choice('Who sees it', ['public', 'private', 'share']) },
    takes: { workspace, description: text('Text', 2_000) },
    gives: aBoard,
  }),
  each('sets', 'board.archive', 'Archive a board', 'Puts a board away.', 'boards:write', {
    risk: 'HIGH',
    needs: { board },
    gives: aBoard,
  }),
  each('adds', 'group.create', 'Create a group', 'Adds a group to a board.', 'boards:write', {
    needs: { board, name },
    takes: { color },
    gives: object('Group', { title: field('string', 'Name') }),
  }),
  each('sets', 'group.update', 'Rename a group', 'Gives a group another name.', 'boards:write', {
    needs: { board, group, name },
    gives: object('Group', { title: field('string', 'Name') }),
  }),
  each('removes', 'group.delete', 'Delete a group', 'Deletes a group with all its items.', 'boards:write', {
    risk: 'CRITICAL',
    needs: { board, group },
    gives: object('Group'),
  }),
  each('adds', 'column.create', 'Create a column', 'Adds a column to a board.', 'boards:write', {
    needs: {
      board,
      title: name,
      type: choice('Kind', [
        'text',
        'long_text',
        'numbers',
        'status',
        'date',
        'people',
        'checkbox',
        'dropdown',
        'email',
        'phone',
        'link',
        'timeline',
        'tags',
        'rating',
      ]),
    },
    takes: { description: text('Text', 2_000) },
    gives: object('Column', { title: field('string', 'Name'), type: field('string', 'Kind') }),
  }),
  each('adds', 'item.create', 'Create an item', 'Adds an item to a board.', 'boards:write', {
    needs: { board, name },
    takes: { group, column_values: values, create_labels_if_missing: makesLabels },
    gives: anItem,
  }),
  onItem('adds', 'item.create_subitem', 'Create a subitem', 'Adds an item below another.', {
    needs: { name },
    takes: { column_values: values, create_labels_if_missing: makesLabels },
    gives: anItem,
  }),
  onItem('reads', 'item.get', 'Get an item', 'Reads an item and its values.', { gives: anItem }),
  each('reads', 'item.list', 'List items', 'Reads the items of a board.', 'boards:read', {
    needs: { board },
    takes: cursor,
    gives: items,
  }),
  each(
    'reads',
    'item.search',
    'Find items',
    'Reads the items of a board that have one of the given values in a column.',
    'boards:read',
    {
      needs: { board, column, values: listOf('Values as the board shows them', text('Value', 1_000), 100) },
      takes: cursor,
      gives: items,
    },
  ),
  onItem('sets', 'item.set_value', 'Set a value', 'Sets an item’s value of a column, as a person would type it.', {
    needs: { column, value: text('Value', 65_536) },
    takes: { create_labels_if_missing: makesLabels },
    gives: anItem,
  }),
  onItem('sets', 'item.set_values', 'Set values', 'Sets several values of an item.', {
    needs: { column_values: values },
    takes: { create_labels_if_missing: makesLabels },
    gives: anItem,
  }),
  onItem('sets', 'item.rename', 'Rename an item', 'Gives an item another name.', { needs: { name }, gives: anItem }),
  onItem('sets', 'item.move_to_group', 'Move an item', 'Moves an item to another group of its board.', {
    needs: { group },
    gives: anItem,
  }),
  onItem('sets', 'item.move_to_board', 'Move an item to another board', 'Moves an item to a group of another board.', {
    needs: {
      to_board: picked('monday.board', number('Board it goes to')),
      to_group: picked('monday.group', text('Group it goes to', 128), { board: 'to_board' }),
    },
    gives: anItem,
  }),
  onItem('adds', 'item.duplicate', 'Duplicate an item', 'Makes an item like another.', {
    takes: { with_updates: flag('Whether with its updates') },
    gives: anItem,
  }),
  onItem('sets', 'item.archive', 'Archive an item', 'Puts an item away.', { gives: anItem }),
  onItem('removes', 'item.delete', 'Delete an item', 'Deletes an item.', { gives: anItem }),
  each('adds', 'update.create', 'Write an update', 'Writes an update on an item.', 'updates:write', {
    needs: { board, item, body: html },
    gives: anUpdate,
  }),
  each('adds', 'update.reply', 'Reply to an update', 'Answers an update.', 'updates:write', {
    needs: { board, item, parent: update, body: html },
    gives: anUpdate,
  }),
  each('reads', 'update.list', 'List updates', 'Reads the updates on an item, the newest first.', 'updates:read', {
    needs: { board, item },
    takes: { limit: integer('Objects at most', 1, 100), page: page.page },
    gives: list('updates', anUpdate),
  }),
  each('sets', 'update.edit', 'Edit an update', 'Replaces the text of an update.', 'updates:write', {
    needs: { update, body: html },
    gives: anUpdate,
  }),
  each('removes', 'update.delete', 'Delete an update', 'Deletes an update.', 'updates:write', {
    needs: { update },
    gives: anUpdate,
  }),
  each('reads', 'user.list', 'List users', 'Reads the people of the account.', 'users:read', {
    takes: {
      name: text('Words of the name', 255),
      emails: listOf('Only with these addresses', text('Address', 254, { format: 'email' }), 100),
      ...page,
    },
    gives: list('users', object('User', { ...named, email: field('string', 'E-mail address') })),
  }),
  each('reads', 'team.list', 'List teams', 'Reads the teams of the account.', 'teams:read', {
    takes: { teams: picked('monday.team', listOf('Only these teams', number('Team'), 100)) },
    gives: list('teams', object('Team', named)),
  }),
  each('reads', 'workspace.list', 'List workspaces', 'Reads the workspaces of the account.', 'workspaces:read', {
    takes: page,
    gives: list('workspaces', object('Workspace', named)),
  }),
  each('adds', 'workspace.create', 'Create a workspace', 'Makes a workspace.', 'workspaces:write', {
    needs: { name, kind: choice('Who sees it', ['open', 'closed']) },
    takes: { description: text('Text', 2_000) },
    gives: object('Workspace', named),
  }),
  each(
    'adds',
    'notification.send',
    'Notify a user',
    'Sends a person a notification about an item.',
    'notifications:write',
    {
      needs: { board, item, user, text: text('Text', 2_000) },
      gives: output([], { text: field('string', 'Text') }),
    },
  ),
];
