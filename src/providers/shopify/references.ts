import { at, metaOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readString } from '../kit/read.ts';
import { relayPage } from '../kit/relay.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';
import { admin } from './admin.ts';

type Kind = {
  readonly noun: string;
  readonly title: string;
  readonly description: string;
  readonly scope: string;
  /** Connection of the query root, the type’s name, and the fields beside `id`; the first one labels. */
  readonly connection: string;
  readonly type: string;
  readonly fields: readonly string[];
};

const KINDS: readonly Kind[] = [
  {
    noun: 'product',
    title: 'Product',
    description: 'A product of the shop.',
    scope: 'read_products',
    connection: 'products',
    type: 'Product',
    fields: ['title', 'status', 'handle'],
  },
  {
    noun: 'variant',
    title: 'Variant',
    description: 'A variant of a product: a size, a colour.',
    scope: 'read_products',
    connection: 'productVariants',
    type: 'ProductVariant',
    fields: ['displayName', 'sku'],
  },
  {
    noun: 'collection',
    title: 'Collection',
    description: 'A collection of products.',
    scope: 'read_products',
    connection: 'collections',
    type: 'Collection',
    fields: ['title', 'handle'],
  },
  {
    noun: 'customer',
    title: 'Customer',
    description: 'A customer of the shop.',
    scope: 'read_customers',
    connection: 'customers',
    type: 'Customer',
    fields: ['displayName'],
  },
  {
    noun: 'order',
    title: 'Order',
    description: 'An order of the last 60 days.',
    scope: 'read_orders',
    connection: 'orders',
    type: 'Order',
    fields: ['name', 'cancelledAt'],
  },
  {
    noun: 'draft_order',
    title: 'Draft order',
    description: 'An order that is not placed yet.',
    scope: 'read_draft_orders',
    connection: 'draftOrders',
    type: 'DraftOrder',
    fields: ['name', 'status'],
  },
  {
    noun: 'location',
    title: 'Location',
    description: 'A place where stock is kept or sold.',
    scope: 'read_locations',
    connection: 'locations',
    type: 'Location',
    fields: ['name', 'isActive'],
  },
];

/** Shopify’s search matches the begin of words, and reads `:` and quotes as its own. */
const words = (q: string): string =>
  q
    .replaceAll(/["\\:()]/g, ' ')
    .trim()
    .slice(0, 200);

export const references: readonly ReferenceType[] = KINDS.map(kind => {
  const { noun, title, description, scope, connection, type, fields } = kind;
  const selection = ['id', ...fields].join(' ');
  return {
    name: `shopify.${noun}`,
    title,
    description,
    runtimeState: 'ACTIVE',
    source: 'PROVIDER',
    search: 'PROVIDER',
    scopes: [scope],
    dependsOn: [],
    list: async (call, { q, cursor, pageSize }) => {
      const query =
        `query List($first: Int!, $after: String, $query: String) { ${connection}(first: $first, after: $after, ` +
        `query: $query) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`;
      const first = Math.min(Math.max(1, pageSize), 100);
      const data = await admin(call, query, { first, after: cursor ?? null, query: words(q) || null });
      return relayPage(data, [connection], node => item(kind, node));
    },
    resolve: async (call, { values }) => {
      const ids = values.filter(value => value.startsWith(`gid://shopify/${type}/`));
      if (ids.length === 0) return [];
      const query = `query Resolve($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${selection} } } }`;
      const nodes = readArray((await admin(call, query, { ids })).nodes, 'nodes');
      return nodes.filter(node => isObject(node) && node.id !== undefined).map(node => item(kind, node as Json));
    },
    valueOfUrl: url => {
      const id = new RegExp(`/${connection === 'draftOrders' ? 'draft_orders' : connection}/(\\d{1,20})`).exec(
        url.pathname,
      )?.[1];
      return id === undefined ? undefined : `gid://shopify/${type}/${id}`;
    },
  };
});

function item({ fields: [label = 'name'] }: Kind, node: Json): ReferenceItem {
  const value = readString(node.id, 'id');
  const isGone =
    node.status === 'ARCHIVED' || node.isActive === false || optionalString(node.cancelledAt) !== undefined;
  return {
    value,
    label: optionalString(node[label]) ?? value,
    metadata: metaOf({ sku: node.sku, handle: node.handle, status: at(node, 'status') }),
    state: isGone ? 'ARCHIVED' : 'PRESENT',
  };
}
