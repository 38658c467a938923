import { at } from '../kit/meta.ts';
import { byCursor, byLastId } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';

const pages = byLastId({ size: 'limit', most: 100, at: 'starting_after', more: ['has_more'] });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;

const item =
  (...labels: readonly (readonly string[])[]) =>
  (node: Json): ReferenceItem => {
    const value = readString(node.id, 'id');
    const label = labels.map(path => optionalString(at(node, ...path))).find(text => text !== undefined);
    return { value, label: label ?? value, state: node.active === false ? 'ARCHIVED' : 'PRESENT' };
  };
const listed = (path: string, ...labels: readonly (readonly string[])[]) =>
  restLookup({ path, pages, items: ['data'], item: item(...labels), one: id => `${path}/${segment(id)}` });

const customers = listed('/v1/customers', ['name'], ['email']);
/** Quotes and backslashes would end the text in Stripe's search language. */
const quoted = (q: string): string => `"${q.replaceAll(/["\\]/g, '')}"`;
const found = restLookup({
  path: '/v1/customers/search',
  query: ({ q }) => ({ query: `name~${quoted(q)} OR email~${quoted(q)}` }),
  pages: byCursor({ size: 'limit', most: 100, at: 'page', next: ['next_page'] }),
  items: ['data'],
  item: item(['name'], ['email']),
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'stripe.customer',
    title: 'Customer',
    description: 'A customer, by name or e-mail address.',
    list: (call: ProviderCall, query: ReferenceQuery) => (query.q.length < 3 ? customers : found).list(call, query),
    resolve: customers.resolve,
    valueOfUrl: url => /\/customers\/(cus_\w+)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'stripe.product',
    title: 'Product',
    description: 'What is sold.',
    ...listed('/v1/products', ['name']),
  },
  {
    ...type,
    name: 'stripe.price',
    title: 'Price',
    description: 'What a product costs, once or by the month.',
    dependsOn: [{ key: 'product', type: 'stripe.product', required: false }],
    ...restLookup({
      path: '/v1/prices',
      query: ({ dependsOn }) => ({ product: dependsOn.product }),
      pages,
      items: ['data'],
      item: item(['nickname'], ['lookup_key']),
      one: id => `/v1/prices/${segment(id)}`,
    }),
  },
  { ...type, name: 'stripe.coupon', title: 'Coupon', description: 'A discount.', ...listed('/v1/coupons', ['name']) },
  {
    ...type,
    name: 'stripe.promotion_code',
    title: 'Promotion code',
    description: 'A code by which customers get a coupon.',
    ...listed('/v1/promotion_codes', ['code']),
  },
  {
    ...type,
    name: 'stripe.subscription',
    title: 'Subscription',
    description: 'A subscription of a customer.',
    dependsOn: [{ key: 'customer', type: 'stripe.customer', required: false }],
    ...restLookup({
      path: '/v1/subscriptions',
      query: ({ dependsOn }) => ({ customer: dependsOn.customer, status: 'all' }),
      pages,
      items: ['data'],
      item: node => ({
        ...item(['description'])(node),
        state: node.status === 'canceled' || node.status === 'incomplete_expired' ? 'ARCHIVED' : 'PRESENT',
      }),
      one: id => `/v1/subscriptions/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'stripe.payment_link',
    title: 'Payment link',
    description: 'A page that takes payments.',
    ...listed('/v1/payment_links', ['url']),
  },
  {
    ...type,
    name: 'stripe.tax_rate',
    title: 'Tax rate',
    description: 'A tax that invoices add.',
    ...listed('/v1/tax_rates', ['display_name']),
  },
];
