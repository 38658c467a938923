import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: developer.atlassian.com/cloud/trello/rest; trello.js 1.2.8. */

type Rest = Omit<Parameters<typeof action>[3], 'effect'>;

const id = (what: string) => text(`${what} id`, 24, { pattern: '^[0-9a-fA-F]{24}$' });
const onBoard = { board: 'board' };
const of = (type: string, schema: JsonSchema) => picked(`trello.${type}`, schema, onBoard);
const board = picked('trello.board', id('Board'));
const list = of('list', id('List'));
const card = of('card', id('Card'));
const label = of('label', id('Label'));
const member = of('member', id('Member'));
const checklist = of('checklist', id('Checklist'));
const customField = of('custom_field', id('Field'));
const workspace = picked('trello.workspace', id('Workspace'));
const name = text('Name', 16_384);
const words = text('Text in Markdown', 16_384);
const place = text('top, bottom or a number', 20, { pattern: '^(top|bottom|[0-9]+(\\.[0-9]+)?)$' });
const moment = (what: string) => text(what, 40, { format: 'date-time' });
const color = choice('Colour', ['yellow', 'purple', 'blue', 'red', 'green', 'orange', 'black', 'sky', 'pink', 'lime']);

/** Trello answers a list as such; the service gives it as `items`. */
const items = (item: JsonSchema) => output(['items'], { items: field('array', 'The objects', { items: item }) });
const object = (what: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field('string', `${what} id`), name: field('string', 'Name'), ...more });
const closed = field('boolean', 'Whether it was put away');
const url = field('string', 'Address');
const aBoard = object('Board', { closed, url });
const aList = object('List', { closed, idBoard: field('string', 'Board') });
const aCard = object('Card', {
  desc: field('string', 'Text'),
  closed,
  url,
  idBoard: field('string', 'Board'),
  idList: field('string', 'List'),
  idMembers: field('array', 'Members on it'),
  idLabels: field('array', 'Labels on it'),
  due: field(['string', 'null'], 'When it is due'),
  dueComplete: field('boolean', 'Whether it is done'),
});
const aLabel = object('Label', { color: field(['string', 'null'], 'Colour') });
const aMember = output(['id'], {
  id: field('string', 'Member id'),
  username: field('string', 'Login'),
  fullName: field('string', 'Name'),
});
const aChecklist = object('Checklist', { checkItems: field('array', 'Its items: id, name, state') });
const anItem = object('Item', { state: field('string', 'complete or incomplete') });
const anAction = output(['id'], {
  id: field('string', 'Action id'),
  type: field('string', 'What happened'),
  date: field('string', 'When'),
  data: field('object', 'What it is about'),
});
const anAttachment = object('Attachment', { url });

const cardFields = {
  desc: words,
  pos: place,
  due: moment('When it is due'),
  start: moment('When it begins'),
  due_complete: flag('Whether it is done'),
  members: of('member', listOf('Members on it', id('Member'), 50)),
  labels: of('label', listOf('Labels on it', id('Label'), 50)),
};

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
/** On a board, which the pickers depend on. */
const each = (
  effect: keyof typeof effects,
  verb: string,
  title: string,
  description: string,
  { needs, ...rest }: Rest,
): Action =>
  action(`trello.${verb}`, title, description, { effect: effects[effect], needs: { board, ...needs }, ...rest });

export const actions: readonly Action[] = [
  action('trello.board.list', 'List boards', 'Reads the boards of the person.', {
    effect: READS,
    takes: { filter: choice('Only those', ['open', 'closed', 'starred', 'all']) },
    gives: items(aBoard),
  }),
  action('trello.board.create', 'Create a board', 'Makes a board, in a workspace where one is given.', {
    effect: ADDS,
    needs: { name },
    takes: { desc: words, workspace, default_lists: flag('Whether it gets three lists') },
    gives: aBoard,
  }),
  each('reads', 'board.get', 'Get a board', 'Reads a board.', { gives: aBoard }),
  each('sets', 'board.update', 'Update a board', 'Changes the given fields of a board, or puts it away.', {
    takes: { name, desc: words, closed: flag('Puts it away, or brings it back') },
    atLeast: 2,
    gives: aBoard,
  }),
  each('reads', 'board.list_members', 'List members', 'Reads the members of a board.', { gives: items(aMember) }),
  each('reads', 'board.list_labels', 'List labels', 'Reads the labels of a board.', { gives: items(aLabel) }),
  each('reads', 'board.list_actions', 'List what happened', 'Reads what happened on a board, the newest first.', {
    takes: {
      limit: integer('Objects at most', 1, 1_000),
      before: id('Only older than action'),
      since: moment('Only later ones'),
    },
    gives: items(anAction),
  }),
  each('reads', 'list.list', 'List lists', 'Reads the lists of a board.', {
    takes: { filter: choice('Only those', ['open', 'closed', 'all']) },
    gives: items(aList),
  }),
  each('adds', 'list.create', 'Create a list', 'Makes a list on a board.', {
    needs: { name },
    takes: { pos: place },
    gives: aList,
  }),
  each('sets', 'list.update', 'Update a list', 'Changes the given fields of a list, or puts it away.', {
    needs: { list },
    takes: { name, pos: place, closed: flag('Puts it away, or brings it back') },
    atLeast: 3,
    gives: aList,
  }),
  each('sets', 'list.archive_cards', 'Archive all cards', 'Puts all cards of a list away.', {
    risk: 'HIGH',
    needs: { list },
    gives: done,
  }),
  each('adds', 'card.create', 'Create a card', 'Makes a card in a list.', {
    needs: { list, name },
    takes: cardFields,
    gives: aCard,
  }),
  each('reads', 'card.get', 'Get a card', 'Reads a card.', { needs: { card }, gives: aCard }),
  each('reads', 'card.list', 'List cards', 'Reads the cards of a list, or of the whole board.', {
    takes: { list, filter: choice('Only those', ['open', 'closed', 'all']) },
    gives: items(aCard),
  }),
  each('sets', 'card.update', 'Update a card', 'Changes the given fields of a card.', {
    needs: { card },
    takes: { name, ...cardFields },
    atLeast: 3,
    gives: aCard,
  }),
  each('sets', 'card.move', 'Move a card', 'Puts a card into another list of its board.', {
    needs: { card, list },
    takes: { pos: place },
    gives: aCard,
  }),
  each('sets', 'card.archive', 'Archive a card', 'Puts a card away.', { needs: { card }, gives: aCard }),
  each('sets', 'card.unarchive', 'Bring a card back', 'Brings a card back that was put away.', {
    needs: { card },
    gives: aCard,
  }),
  each('removes', 'card.delete', 'Delete a card', 'Deletes a card for good.', { needs: { card }, gives: done }),
  each('adds', 'card.add_comment', 'Comment on a card', 'Adds a comment to a card.', {
    needs: { card, text: words },
    gives: anAction,
  }),
  each('sets', 'card.add_member', 'Put a member on a card', 'Puts a member on a card.', {
    needs: { card, member },
    gives: items(aMember),
  }),
  each('sets', 'card.remove_member', 'Take a member off a card', 'Takes a member off a card.', {
    needs: { card, member },
    gives: done,
  }),
  each('sets', 'card.add_label', 'Label a card', 'Puts a label on a card.', { needs: { card, label }, gives: done }),
  each('sets', 'card.remove_label', 'Unlabel a card', 'Takes a label off a card.', {
    needs: { card, label },
    gives: done,
  }),
  each('adds', 'card.add_attachment', 'Attach a link', 'Attaches an address to a card.', {
    needs: { card, url: text('Address', 2_048, { format: 'uri' }) },
    takes: { name: text('Name', 256) },
    gives: anAttachment,
  }),
  each('sets', 'card.set_custom_field', 'Set a field', 'Sets a card’s value of a field of the board.', {
    needs: { card, custom_field: customField, value: text('Value; a number, moment or option id as text', 16_384) },
    gives: done,
  }),
  each('reads', 'card.list_actions', 'List what happened to a card', 'Reads comments and changes of a card.', {
    needs: { card },
    takes: { limit: integer('Objects at most', 1, 1_000) },
    gives: items(anAction),
  }),
  each('adds', 'checklist.create', 'Create a checklist', 'Puts a checklist on a card.', {
    needs: { card, name },
    takes: { pos: place },
    gives: aChecklist,
  }),
  each('adds', 'checklist.add_item', 'Add an item', 'Adds an item to a checklist.', {
    needs: { checklist, name },
    takes: { checked: flag('Whether it is done'), pos: place },
    gives: anItem,
  }),
  each('sets', 'checklist.update_item', 'Tick an item', 'Ticks an item of a checklist, or takes the tick away.', {
    needs: { card, item: id('Item'), state: choice('State', ['complete', 'incomplete']) },
    gives: anItem,
  }),
  each('adds', 'label.create', 'Create a label', 'Makes a label on a board.', {
    needs: { name: text('Name', 16_384), color },
    gives: aLabel,
  }),
  action('trello.card.search', 'Search cards', 'Finds cards in Trello’s search words.', {
    effect: READS,
    needs: { query: text('Words; for example: due:day @me', 16_384) },
    takes: {
      boards: picked('trello.board', listOf('Only on these boards', id('Board'), 50)),
      cards_limit: integer('Objects at most', 1, 1_000),
      partial: flag('Whether the beginning of a word is enough'),
    },
    gives: output(['cards'], { cards: field('array', 'Cards', { items: aCard }) }),
  }),
];
