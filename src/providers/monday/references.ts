import { pageOf } from '../kit/link_pager.ts';
import { at } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readId, readObject } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import { sliced } from '../kit/sliced.ts';
import type {
  ProviderCall,
  ReferenceItem,
  ReferencePage,
  ReferenceQuery,
  ReferenceType,
  ReferenceValues,
} from '../provider.ts';
import { urlOf } from './auth.ts';

const MOST = 100;
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL' } as const;
const ofBoard = [{ key: 'board', type: 'monday.board', required: true }];

const item =
  (label: string, isGone: (node: Json) => boolean) =>
  (node: Json): ReferenceItem => {
    const value = readId(node.id, 'id');
    const about = optionalString(node.email) ?? optionalString(node.type);
    return {
      value,
      label: optionalString(node[label]) ?? value,
      state: isGone(node) ? 'ARCHIVED' : 'PRESENT',
      ...(about !== undefined && { description: about }),
    };
  };
const byState = item('name', ({ state }) => typeof state === 'string' && state !== 'active');
const byFlag = item('title', ({ archived }) => archived === true);

const nodesOf = (data: Json, ...path: readonly string[]): readonly Json[] => {
  const nodes = readArray(at(data, ...path), path.join('.'));
  return nodes.map((node, index) => readObject(node, `${path.join('.')}[${index}]`));
};
const sizeOf = ({ pageSize }: ReferenceQuery): number => Math.min(Math.max(1, pageSize), MOST);
const numbers = (values: readonly string[]): readonly string[] => values.filter(value => /^\d{1,18}$/.test(value));

/** Objects of the account: a field of the root, its fields, and how it is listed; asked for by ids too. */
const ofAccount = (
  root: string,
  fields: string,
  read: (node: Json) => ReferenceItem,
  given: { readonly lists: string; readonly resolves?: string; readonly isWhole?: true },
) => ({
  list: async (call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> => {
    const name = `List_${root}`;
    if (given.isWhole) {
      const data = await graphql(call, urlOf(call), `query ${name} { ${root} { ${fields} } }`);
      return sliced(nodesOf(data, root).map(read), query);
    }
    const text = `query ${name}($limit: Int!, $page: Int!) { ${root}(limit: $limit, page: $page${given.lists}) { ${fields} } }`;
    const [limit, page] = [sizeOf(query), pageOf(query)];
    const items = nodesOf(await graphql(call, urlOf(call), text, { limit, page }), root).map(read);
    return items.length < limit ? { items } : { items, nextCursor: String(page + 1) };
  },
  resolve: async (call: ProviderCall, { values }: ReferenceValues) => {
    const ids = numbers(values);
    if (ids.length === 0) return [];
    const text = `query Resolve_${root}($ids: [ID!]) { ${root}(ids: $ids${given.resolves ?? ''}) { ${fields} } }`;
    return nodesOf(await graphql(call, urlOf(call), text, { ids }), root).map(read);
  },
});

/** Parts of a board, which it names whole. */
const partsOf = (part: string, fields: string) => {
  const all = async (call: ProviderCall, board: string | undefined): Promise<readonly ReferenceItem[]> => {
    const ids = numbers([board ?? '']);
    const text = `query List_${part}($ids: [ID!]) { boards(ids: $ids) { ${part} { ${fields} } } }`;
    const [found] = ids.length === 0 ? [] : nodesOf(await graphql(call, urlOf(call), text, { ids }), 'boards');
    return found === undefined
      ? []
      : nodesOf(found, part).map(node => ({ ...byFlag(node), ...(board !== undefined && { parent: board }) }));
  };
  return {
    list: async (call: ProviderCall, query: ReferenceQuery) => sliced(await all(call, query.dependsOn.board), query),
    resolve: async (call: ProviderCall, { values, dependsOn }: ReferenceValues) =>
      (await all(call, dependsOn.board)).filter(({ value }) => values.includes(value)),
  };
};

const items = {
  ...ofAccount('items', 'id name state', byState, { lists: '', resolves: `, limit: ${MOST}` }),
  list: async (call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> => {
    const text =
      'query List_items_page($ids: [ID!], $limit: Int!, $cursor: String) ' +
      '{ boards(ids: $ids) { items_page(limit: $limit, cursor: $cursor) { cursor items { id name state } } } }';
    const { board } = query.dependsOn;
    const variables = {
      ids: numbers([board ?? '']),
      limit: sizeOf(query),
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    };
    if (variables.ids.length === 0) return { items: [] };
    const [found] = nodesOf(await graphql(call, urlOf(call), text, variables), 'boards');
    if (found === undefined) return { items: [] };
    const shown = nodesOf(found, 'items_page', 'items').map(node => ({
      ...byState(node),
      ...(board !== undefined && { parent: board }),
    }));
    const nextCursor = optionalString(at(found, 'items_page', 'cursor'));
    return nextCursor === undefined ? { items: shown } : { items: shown, nextCursor };
  },
};

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'monday.workspace',
    title: 'Workspace',
    description: 'A workspace of the account.',
    scopes: ['workspaces:read'],
    dependsOn: [],
    ...ofAccount('workspaces', 'id name state', byState, {
      lists: ', state: active',
      resolves: `, limit: ${MOST}, state: all`,
    }),
  },
  {
    ...type,
    name: 'monday.board',
    title: 'Board',
    description: 'A board that the person can see.',
    scopes: ['boards:read'],
    dependsOn: [],
    ...ofAccount('boards', 'id name state', byState, {
      lists: ', state: active, order_by: created_at',
      resolves: `, limit: ${MOST}, state: all`,
    }),
    valueOfUrl: url => /\/boards\/(\d{4,18})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'monday.group',
    title: 'Group',
    description: 'A group of a board’s items.',
    scopes: ['boards:read'],
    dependsOn: ofBoard,
    ...partsOf('groups', 'id title archived'),
  },
  {
    ...type,
    name: 'monday.column',
    title: 'Column',
    description: 'A column of a board.',
    scopes: ['boards:read'],
    dependsOn: ofBoard,
    ...partsOf('columns', 'id title type archived'),
  },
  {
    ...type,
    name: 'monday.item',
    title: 'Item',
    description: 'An item, or row, of a board.',
    scopes: ['boards:read'],
    dependsOn: ofBoard,
    ...items,
    valueOfUrl: url => /\/pulses\/(\d{4,18})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'monday.user',
    title: 'User',
    description: 'A person of the account.',
    scopes: ['users:read'],
    dependsOn: [],
    ...ofAccount(
      'users',
      'id name email enabled',
      item('name', ({ enabled }) => enabled === false),
      {
        lists: '',
        resolves: `, limit: ${MOST}`,
      },
    ),
  },
  {
    ...type,
    name: 'monday.team',
    title: 'Team',
    description: 'A team of the account.',
    scopes: ['teams:read'],
    dependsOn: [],
    ...ofAccount('teams', 'id name', byState, { lists: '', isWhole: true }),
  },
  {
    ...type,
    name: 'monday.tag',
    title: 'Tag',
    description: 'A public tag of the account.',
    scopes: ['tags:read'],
    dependsOn: [],
    ...ofAccount('tags', 'id name', byState, { lists: '', isWhole: true }),
  },
];
