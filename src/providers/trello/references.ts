import { ProviderError } from '../kit/error.ts';
import { whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [] } as const;
const ofBoard = [{ key: 'board', type: 'trello.board', required: true }];

/** Trello refuses a call for what is no id, instead of not finding it. */
const id = (value: string | undefined): string => {
  if (value !== undefined && /^[0-9a-f]{24}$/i.test(value)) return value;
  throw new ProviderError({ kind: 'not_found' }, new Error('it is not an id'));
};

const named = (node: Json, parent?: string): ReferenceItem => {
  const value = readString(node.id, 'id');
  const label = optionalString(node.name) ?? optionalString(node.displayName) ?? value;
  return {
    value,
    label,
    state: node.closed === true ? 'ARCHIVED' : 'PRESENT',
    ...(parent !== undefined && { parent }),
  };
};

/** Trello gives its lists whole. */
const onBoard = (
  noun: string,
  title: string,
  description: string,
  path: string,
  query: Readonly<Record<string, string>>,
  item: (node: Json, board?: string) => ReferenceItem = named,
): ReferenceType => ({
  ...type,
  name: `trello.${noun}`,
  title,
  description,
  dependsOn: ofBoard,
  ...restLookup({
    path: ({ board }) => `/boards/${id(board)}/${path}`,
    query: () => query,
    pages: whole,
    item: (node, { board }) => item(node, board),
    one: value => `/${path}/${id(value)}`,
  }),
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'trello.board',
    title: 'Board',
    description: 'A board of the person.',
    dependsOn: [],
    ...restLookup({
      path: '/members/me/boards',
      query: () => ({ fields: 'name,closed' }),
      pages: whole,
      item: node => named(node),
      one: value => `/boards/${id(value)}`,
    }),
  },
  {
    ...type,
    name: 'trello.workspace',
    title: 'Workspace',
    description: 'A workspace that the person is a member of.',
    dependsOn: [],
    ...restLookup({
      path: '/members/me/organizations',
      query: () => ({ fields: 'name,displayName' }),
      pages: whole,
      item: node => ({ ...named(node), label: optionalString(node.displayName) ?? readString(node.id, 'id') }),
      one: value => `/organizations/${id(value)}`,
    }),
  },
  onBoard('list', 'List', 'A list, or column, of a board.', 'lists', { filter: 'open' }),
  onBoard(
    'card',
    'Card',
    'A card of a board that was not put away.',
    'cards',
    { fields: 'name,closed,idList' },
    (node, board) => {
      const list = optionalString(node.idList);
      return { ...named(node, board), ...(list !== undefined && { metadata: { list } }) };
    },
  ),
  onBoard('label', 'Label', 'A label of a board.', 'labels', { limit: '1000' }, (node, board) => {
    const color = optionalString(node.color);
    const item = named(node, board);
    // A label may have a colour and no name.
    return {
      ...item,
      label: optionalString(node.name) ?? color ?? item.value,
      ...(color !== undefined && { description: color }),
    };
  }),
  onBoard('member', 'Member', 'A member of a board.', 'members', {}, (node, board) => {
    const username = optionalString(node.username);
    return {
      ...named(node, board),
      label: optionalString(node.fullName) ?? username ?? readString(node.id, 'id'),
      ...(username !== undefined && { description: `@${username}` }),
    };
  }),
  onBoard('checklist', 'Checklist', 'A checklist on a card of a board.', 'checklists', { fields: 'name' }),
  onBoard('custom_field', 'Custom field', 'A field that the cards of a board have.', 'customFields', {}),
];
