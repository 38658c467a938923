import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developers.intercom.com (OAuth, pagination, errors, webhooks) and the calls of intercom-client 7.0. */

type Made = { readonly id: string };

const hex = (n: number): string => `6762f0d51bb69f9f2193${n.toString(16).padStart(4, '0')}`;
const made = (count: number, idOf: (n: number) => string, more: (n: number) => object): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: idOf(i + 1), ...more(i + 1) }));
const numbered = (first: number) => (n: number) => String(first + n);

const contacts = made(90, hex, n => ({
  type: 'contact',
  role: 'user',
  name: `Person No${n}`,
  email: `p${n}@acme.example`,
}));
const companies = made(
  65,
  n => hex(4_096 + n),
  n => ({ type: 'company', company_id: `c${n}`, name: `Company ${n}` }),
);
const lists: Readonly<Record<string, { readonly under: string; readonly items: readonly Made[] }>> = {
  admins: {
    under: 'admins',
    items: made(45, numbered(814_000), n => ({ name: `Teammate ${n}`, email: `t${n}@acme.example` })),
  },
  teams: { under: 'teams', items: made(22, numbered(915_000), n => ({ name: `Team ${n}` })) },
  tags: { under: 'data', items: made(46, numbered(17_000), n => ({ name: `Tag ${n}` })) },
  segments: {
    under: 'segments',
    items: made(
      24,
      n => hex(8_192 + n),
      n => ({ name: `Segment ${n}` }),
    ),
  },
  ticket_types: { under: 'data', items: made(23, numbered(1_200), n => ({ name: `Type ${n}`, archived: false })) },
};
const states = made(6, numbered(4_000), n => ({
  internal_label: `State ${n}`,
  category: 'submitted',
  archived: false,
}));

const one = (items: readonly Made[]) => (ask: Ask) => {
  const found = items.find(({ id }) => id === ask.params.id);
  return found === undefined ? ('not_found' as const) : { body: found };
};
const listed = (items: readonly object[], total: number, next: string | undefined) => {
  const after = next === undefined ? {} : { next: { page: 2, starting_after: next } };
  const pages = { type: 'pages', page: 1, per_page: items.length, ...after };
  return { body: { type: 'list', data: items, total_count: total, pages } };
};

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: 'a86dr8yl', label: 'Acme' },
    { name: 'globex', id: 'b97es9zm', label: 'Globex' },
  ],
  oauth: {
    authorize: '/oauth',
    token: '/auth/eagle/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [],
    refresh: 'NONE',
    lifeSeconds: null,
    answer: standard => ({ token_type: 'Bearer', token: standard.access_token }),
    fail: (code, message) => ({
      status: 401,
      body: { type: 'error.list', errors: [{ code: 'unauthorized', message: `${code}: ${message}` }] },
    }),
  },
  forms: {
    OAUTH2: () => ({ region: 'intercom' }),
    API_KEY: random => ({ region: 'eu.intercom', access_token: `dG9rO${random(55)}` }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'unauthorized', 'Access Token Invalid'],
      forbidden: [403, 'api_plan_restricted', 'Active subscription needed.'],
      not_found: [404, 'not_found', 'Resource Not Found'],
      invalid: [400, 'parameter_invalid', 'starting_after is invalid'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { type: 'error.list', request_id: '001', errors: [{ code, message }] } };
  },
  routes: {
    'GET /me': ({ account }) => ({
      body: {
        type: 'admin',
        id: '814001',
        email: 'ada@acme.example',
        app: { type: 'app', id_code: account.id, name: account.label, region: 'US' },
      },
    }),
    'GET /contacts': ask => {
      const style = { by: 'cursor', size: 'per_page', usual: 50, most: 150, at: 'starting_after' } as const;
      const page = ask.page(contacts, style);
      return listed(page.items, page.total, page.next);
    },
    'POST /contacts/search': ask => {
      const { operator, value } = (ask.body.query ?? {}) as {
        operator?: string;
        value?: { field: string; value: string }[];
      };
      if (operator !== 'OR' || !Array.isArray(value)) return 'invalid';
      const found = contacts.filter(each =>
        value.some(({ field, value: q }) =>
          String((each as Record<string, unknown>)[field])
            .toLowerCase()
            .includes(q.toLowerCase()),
        ),
      );
      const { per_page = 50 } = (ask.body.pagination ?? {}) as { per_page?: number };
      return listed(found.slice(0, per_page), found.length, found.length > per_page ? 'further' : undefined);
    },
    'GET /contacts/:id': one(contacts),
    'POST /contacts': ({ body }) => ({ body: { type: 'contact', id: hex(65_000), ...body } }),
    'GET /companies': ask => {
      const page = ask.page(companies, { by: 'number', size: 'per_page', usual: 15, most: 60, at: 'page' });
      const per_page = Number(ask.query.get('per_page') ?? 15);
      const pages = {
        type: 'pages',
        page: Math.floor(page.start / per_page) + 1,
        per_page,
        total_pages: Math.ceil(page.total / per_page),
      };
      return { body: { type: 'list', data: page.items, pages, total_count: page.total } };
    },
    'GET /companies/:id': one(companies),
    ...Object.fromEntries(
      Object.entries(lists).flatMap(([path, { under, items }]) => [
        [`GET /${path}`, () => ({ body: { type: 'list', [under]: items } })],
        [`GET /${path}/:id`, one(items)],
      ]),
    ),
    'GET /ticket_states': () => ({ body: { type: 'list', data: states } }),
  },
  references: {
    'intercom.contact': { values: contacts.map(({ id }) => id), found: { q: 'no90', values: [hex(90)] } },
    'intercom.company': { values: companies.map(({ id }) => id) },
    'intercom.ticket_state': { values: states.map(({ id }) => id) },
    ...Object.fromEntries(
      Object.entries(lists).map(([path, { items }]) => [
        `intercom.${path.slice(0, -1)}`,
        { values: items.map(({ id }) => id) },
      ]),
    ),
  },
  request: { method: 'POST', path: '/contacts', json: { role: 'user', email: 'try@acme.example' } },
  deliveries: {
    body: ({ payload, account, deliveryId }) => ({ ...payload, app_id: account.id, id: `notif_${deliveryId}` }),
    sign: ({ body, secret }) => ({
      'X-Hub-Signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
      'User-Agent': 'intercom-parrot-service-client/1.0',
    }),
    signatureHeader: 'x-hub-signature',
  },
};
