import { createHmac, randomBytes } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: docs.stripe.com/api (authentication, errors, pagination) and docs.stripe.com/webhooks. */

type Made = { readonly id: string };

const made = (prefix: string, count: number, object: string, more: (n: number) => object): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}_emulated${String(i + 1).padStart(4, '0')}`,
    object,
    ...more(i + 1),
  }));

const lists = {
  customers: made('cus', 130, 'customer', n => ({ name: `Customer ${n}`, email: `customer${n}@acme.example` })),
  products: made('prod', 45, 'product', n => ({ name: `Product ${n}`, active: true })),
  prices: made('price', 50, 'price', n => ({ nickname: `Price ${n}`, active: true, product: 'prod_emulated0001' })),
  coupons: made('coupon', 25, 'coupon', n => ({ name: `${n} % off`, valid: true })),
  promotion_codes: made('promo', 25, 'promotion_code', n => ({ code: `WELCOME${n}`, active: true })),
  subscriptions: made('sub', 30, 'subscription', n => ({
    description: `Plan ${n}`,
    status: 'active',
    customer: 'cus_emulated0001',
  })),
  payment_links: made('plink', 22, 'payment_link', n => ({ url: `https://buy.stripe.com/test_${n}`, active: true })),
  tax_rates: made('txr', 21, 'tax_rate', n => ({ display_name: `VAT ${n}`, active: true })),
};

const listed = (path: string, items: readonly Made[]) => ({
  [`GET /v1/${path}`]: (ask: Ask) => {
    const wanted = ['customer', 'product'].filter(name => ask.query.has(name));
    const all = items.filter(item =>
      wanted.every(name => (item as Record<string, unknown>)[name] === ask.query.get(name)),
    );
    const page = ask.page(all, { by: 'last', size: 'limit', usual: 10, at: 'starting_after', id: ({ id }) => id });
    return { body: { object: 'list', url: ask.path, has_more: page.next !== undefined, data: page.items } };
  },
  [`GET /v1/${path}/:id`]: ({ params }: Ask) => {
    const found = items.find(({ id }) => id === params.id);
    return found === undefined ? ('not_found' as const) : { body: found };
  },
});

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: 'acct_emulatedAcme01', label: 'Acme' },
    { name: 'globex', id: 'acct_emulatedGlobex1', label: 'Globex' },
  ],
  oauth: {
    authorize: '/oauth/v2/authorize',
    token: '/v1/oauth/token',
    client: 'basic',
    keyOnly: true,
    pkce: 'OPTIONAL',
    scopes: [],
    refresh: 'ROTATING',
    lifeSeconds: 3_600,
    // How long a token lives is told only where the sandbox shortens it: whoever tries that need not wait.
    answer: ({ expires_in: seconds, ...standard }, { id }) => ({
      ...standard,
      ...(Number(seconds) < 3_600 && { expires_in: seconds }),
      scope: 'stripe_apps',
      livemode: false,
      stripe_user_id: id,
    }),
  },
  forms: {
    API_KEY: random => ({ api_key: `rk_test_${random(99)}`, webhook_secret: `whsec_${random(32)}` }),
  },
  // The key as Basic user, or as bearer token.
  credentialOf: ({ headers }) => {
    const [scheme = '', value = ''] = (headers.get('authorization') ?? '').split(' ');
    return scheme === 'Basic' ? Buffer.from(value, 'base64').toString().replace(/:$/, '') : value;
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Invalid API Key provided: rk_test_****'],
      forbidden: [403, 'The provided key does not have the required permissions for this endpoint'],
      not_found: [404, 'No such object'],
      invalid: [400, 'No such cursor'],
    } as const;
    const [status, message] = says[refusal];
    return { status, body: { error: { type: 'invalid_request_error', message } } };
  },
  routes: {
    'GET /v1/account': ({ account }) => ({
      body: { id: account.id, object: 'account', business_profile: { name: account.label }, email: 'ada@acme.example' },
    }),
    'GET /v1/customers/search': ask => {
      const words = [...(ask.query.get('query') ?? '').matchAll(/\w+~"([^"]*)"/g)].map(([, word = '']) =>
        word.toLowerCase(),
      );
      const all = lists.customers.filter(each => words.some(word => JSON.stringify(each).toLowerCase().includes(word)));
      const page = ask.page(all, { by: 'cursor', size: 'limit', usual: 10, at: 'page' });
      return {
        body: {
          object: 'search_result',
          url: ask.path,
          has_more: page.next !== undefined,
          data: page.items,
          next_page: page.next ?? null,
        },
      };
    },
    ...Object.assign({}, ...Object.entries(lists).map(([path, items]) => listed(path, items))),
    'POST /v1/customers': ({ body }) => ({ body: { id: 'cus_emulatedNew', object: 'customer', ...body } }),
    'POST /v1/webhook_endpoints': ({ body, hooks, account }) => {
      const id = `we_${randomBytes(12).toString('hex')}`;
      const secret = `whsec_${randomBytes(16).toString('hex')}`;
      const facts = { id, object: 'webhook_endpoint', status: 'enabled', url: body.url };
      hooks.add({ id, url: String(body.url), secret, account: account.name, facts });
      return { body: { ...facts, secret } };
    },
    'GET /v1/webhook_endpoints/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: hook.facts };
    },
    'DELETE /v1/webhook_endpoints/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { body: { id: params.id, deleted: true } } : 'not_found',
  },
  references: {
    'stripe.customer': {
      values: lists.customers.map(({ id }) => id),
      found: { q: 'customer 130', values: ['cus_emulated0130'] },
    },
    'stripe.product': { values: lists.products.map(({ id }) => id) },
    'stripe.price': { values: lists.prices.map(({ id }) => id), dependsOn: { product: 'prod_emulated0001' } },
    'stripe.coupon': { values: lists.coupons.map(({ id }) => id) },
    'stripe.promotion_code': { values: lists.promotion_codes.map(({ id }) => id) },
    'stripe.subscription': { values: lists.subscriptions.map(({ id }) => id) },
    'stripe.payment_link': { values: lists.payment_links.map(({ id }) => id) },
    'stripe.tax_rate': { values: lists.tax_rates.map(({ id }) => id) },
  },
  request: { method: 'GET', path: '/v1/customers?limit=1' },
  deliveries: {
    body: ({ payload, deliveryId, account, url }) => ({
      ...payload,
      id: `evt_${deliveryId.replaceAll('-', '')}`,
      ...(url.endsWith('/webhook/app') && { account: account.id }),
    }),
    sign: ({ body, secret, time }) => {
      const t = Math.floor(time.getTime() / 1000);
      const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
      // An older scheme stands beside it in test mode.
      return { 'Stripe-Signature': `t=${t},v1=${v1},v0=${v1.split('').toReversed().join('')}` };
    },
    signatureHeader: 'stripe-signature',
    strange: random => `whsec_${random(32)}`,
  },
};
