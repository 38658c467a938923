import { createHmac } from 'node:crypto';
import type { Ask, EmulatedHook, EmulatedRoute, Emulator } from '../emulator.ts';

/** Source: shopify.dev (authorization code grant, offline access tokens, GraphQL Admin API, webhooks). */

const GRAPHQL = 'POST /admin/api/2026-07/graphql.json';

const made = (count: number, type: string, fields: (n: string) => object) =>
  Array.from({ length: count }, (_, i) => ({
    id: `gid://shopify/${type}/${8_000_000_001 + i}`,
    ...fields(String(i + 1).padStart(3, '0')),
  }));
const lists: Readonly<Record<string, readonly { readonly id: string }[]>> = {
  products: made(130, 'Product', n => ({ title: `Product ${n}`, status: 'ACTIVE', handle: `product-${n}` })),
  productVariants: made(60, 'ProductVariant', n => ({ displayName: `Variant ${n}`, sku: `SKU-${n}` })),
  collections: made(45, 'Collection', n => ({ title: `Collection ${n}`, handle: `collection-${n}` })),
  customers: made(60, 'Customer', n => ({ displayName: `Customer ${n}` })),
  orders: made(60, 'Order', n => ({ name: `#1${n}`, cancelledAt: null })),
  draftOrders: made(25, 'DraftOrder', n => ({ name: `#D${n}`, status: 'OPEN' })),
  locations: made(22, 'Location', n => ({ name: `Location ${n}`, isActive: true })),
};
const NOUNS: Readonly<Record<string, string>> = {
  product: 'products',
  variant: 'productVariants',
  collection: 'collections',
  customer: 'customers',
  order: 'orders',
  draft_order: 'draftOrders',
  location: 'locations',
};
const READABLE = [
  ...['products', 'orders', 'customers', 'inventory', 'draft_orders', 'fulfillments', 'discounts', 'locations'],
  ...['returns', 'content', 'metaobjects', 'markets', 'themes', 'shipping', 'locales', 'payment_terms'],
  ...['merchant_managed_fulfillment_orders', 'own_subscription_contracts', 'shopify_payments_disputes'],
  ...['publications', 'product_listings'],
];
const scopes = [
  ...READABLE.map(noun => `read_${noun}`),
  ...['products', 'orders', 'customers', 'inventory', 'draft_orders', 'fulfillments', 'discounts'].map(
    noun => `write_${noun}`,
  ),
  'write_merchant_managed_fulfillment_orders',
];

const variablesOf = ({ body }: Ask) => (body.variables ?? {}) as Readonly<Record<string, unknown>>;
const domainOf = (name: string): string => `${name}.myshopify.com`;
const shown = ({ id, facts }: EmulatedHook) => ({ id, uri: facts.uri });

/** The operation’s first field, with what it answers. */
const graphql =
  (answer: (ask: Ask, variables: Readonly<Record<string, unknown>>) => object): EmulatedRoute<Ask> =>
  ask => ({ body: { data: answer(ask, variablesOf(ask)), extensions: { cost: { requestedQueryCost: 1 } } } });

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: domainOf('acme'), label: 'acme', url: `https://${domainOf('acme')}` },
    { name: 'globex', id: domainOf('globex'), label: 'globex', url: `https://${domainOf('globex')}` },
  ],
  oauth: {
    authorize: '/admin/oauth/authorize',
    token: '/admin/oauth/access_token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes,
    separator: ',',
    refresh: 'ROTATING',
    lifeSeconds: 3_600,
    tokenParams: { expiring: '1' },
    tokens: { access: random => `shpat_${random(32)}`, refresh: random => `shprt_${random(32)}` },
    // No type; a scope that writes stands for the one that reads.
    answer: ({ token_type: _, ...standard }) => {
      const granted = String(standard.scope ?? '').split(/[ ,]/);
      const told = granted.filter(
        scope => !granted.includes(scope.replace(/^read_/, 'write_')) || scope.startsWith('write_'),
      );
      return { ...standard, scope: told.join(','), refresh_token_expires_in: 7_776_000 };
    },
  },
  forms: {
    OAUTH2: () => ({ shop: 'acme' }),
    API_KEY: random => ({ shop: 'acme', access_token: `shpat_${random(32)}`, webhook_secret: random(64) }),
  },
  credentialOf: ({ headers }) => headers.get('x-shopify-access-token') ?? '',
  refuse: refusal => {
    const says = {
      unauthenticated: [401, '[API] Invalid API key or access token (unrecognized login or wrong password)'],
      forbidden: [403, '[API] This action requires merchant approval.'],
      not_found: [404, 'Not Found'],
      invalid: [400, 'Required parameter missing or invalid'],
    } as const;
    const [status, errors] = says[refusal];
    return { status, body: { errors } };
  },
  routes: {
    [`${GRAPHQL} Identity`]: graphql(({ account, scopes: granted }) => ({
      shop: { name: account.label, myshopifyDomain: account.id },
      currentAppInstallation: { accessScopes: granted.map(handle => ({ handle })) },
    })),
    [`${GRAPHQL} Scopes`]: graphql(({ scopes: granted }) => ({
      currentAppInstallation: { accessScopes: granted.map(handle => ({ handle })) },
    })),
    [`${GRAPHQL} Uninstall`]: ask => {
      ask.revoke(ask.headers.get('x-shopify-access-token') ?? '');
      return { body: { data: { appUninstall: { app: { id: 'gid://shopify/App/1' }, userErrors: [] } } } };
    },
    [`${GRAPHQL} List`]: ask => {
      const connection = /\{ (\w+)\(first/.exec(String(ask.body.query))?.[1] ?? '';
      const q = String(variablesOf(ask).query ?? '').toLowerCase();
      const items = lists[connection]?.filter(item => Object.values(item).join(' ').toLowerCase().includes(q));
      if (items === undefined)
        return { body: { errors: [{ message: 'no such field', extensions: { code: 'undefinedField' } }] } };
      const page = ask.page(items, { by: 'cursor', size: 'first', at: 'after', most: 250, from: 'variables' });
      const pageInfo = { hasNextPage: page.next !== undefined, endCursor: page.next ?? null };
      return { body: { data: { [connection]: { nodes: page.items, pageInfo } } } };
    },
    [`${GRAPHQL} Resolve`]: graphql((_, { ids }) => {
      const all = Object.values(lists).flat();
      return { nodes: (ids as readonly string[]).map(id => all.find(item => item.id === id) ?? null) };
    }),
    [`${GRAPHQL} Subscribe`]: graphql(({ hooks, account, app, now }, { topic, webhook }) => {
      const { uri } = webhook as { readonly uri: string };
      const isTaken = hooks.all().some(({ facts }) => facts.topic === topic && facts.uri === uri);
      if (isTaken || !/^[A-Z_]+$/.test(String(topic))) {
        const userErrors = [
          { field: ['webhookSubscription', 'uri'], message: 'Address for this topic has already been taken' },
        ];
        return { webhookSubscriptionCreate: { webhookSubscription: null, userErrors } };
      }
      const id = `gid://shopify/WebhookSubscription/${now.getTime()}${hooks.all().length}`;
      hooks.add({ id, url: uri, secret: app.client_secret ?? '', account: account.name, facts: { topic, uri } });
      return { webhookSubscriptionCreate: { webhookSubscription: { id }, userErrors: [] } };
    }),
    [`${GRAPHQL} Find`]: graphql(({ hooks }, { uri }) => ({
      webhookSubscriptions: {
        nodes: hooks
          .all()
          .map(shown)
          .filter(hook => hook.uri === uri),
      },
    })),
    [`${GRAPHQL} Check`]: graphql(({ hooks }, { id }) => {
      const hook = hooks.find(String(id));
      return { webhookSubscription: hook === undefined ? null : shown(hook) };
    }),
    [`${GRAPHQL} Unsubscribe`]: graphql(({ hooks }, { id }) => ({
      webhookSubscriptionDelete: { deletedWebhookSubscriptionId: hooks.remove(String(id)) ? id : null, userErrors: [] },
    })),
    [`${GRAPHQL} Try`]: graphql(() => ({ tagsAdd: { node: { id: lists.orders?.[0]?.id }, userErrors: [] } })),
  },
  references: Object.fromEntries(
    Object.entries(NOUNS).map(([noun, connection]) => {
      const items = lists[connection] ?? [];
      const last = items.at(-1) as Readonly<Record<string, string>>;
      const values = items.map(({ id }) => id);
      const words = last.title ?? last.displayName ?? last.name ?? '';
      const absent = `${values[0]?.slice(0, -10)}9999999999`;
      return [`shopify.${noun}`, { values, absent, found: { q: words.toLowerCase(), values: values.slice(-1) } }];
    }),
  ),
  request: {
    method: 'POST',
    path: '/api/2026-07/graphql.json',
    json: {
      query: 'mutation Try($id: ID!) { tagsAdd(id: $id, tags: ["vip"]) { node { id } userErrors { message } } }',
    },
  },
  deliveries: {
    sign: ({ body, secret, account, eventType, deliveryId, time }) => {
      const [, object = '', verb = ''] = eventType.split('.');
      return {
        'X-Shopify-Topic': object === 'customer' ? `${object}.${verb}` : `${object}/${verb}`,
        'X-Shopify-Hmac-Sha256': createHmac('sha256', secret).update(body).digest('base64'),
        'X-Shopify-Shop-Domain': account.id,
        'X-Shopify-API-Version': '2026-07',
        'X-Shopify-Webhook-Id': deliveryId,
        'X-Shopify-Event-Id': deliveryId,
        'X-Shopify-Triggered-At': time.toISOString(),
      };
    },
    signatureHeader: 'x-shopify-hmac-sha256',
  },
};
