import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Ask, Asked, Emulator } from '../emulator.ts';

/** Source: developer.zendesk.com (OAuth, pagination, webhooks, verifying) and its pages on users, tickets and search. */

type Made = { readonly id: number };

const made = (count: number, first: number, more: (n: number) => object): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: first + i, ...more(i + 1) }));

const lists: Readonly<Record<string, readonly Made[]>> = {
  tickets: made(60, 1, n => ({ subject: `Lamp ${n} is dark`, status: 'open' })),
  users: made(50, 8_447_388_090_001, n => ({ name: `Person No${n}`, email: `person${n}@acme.example`, active: true })),
  groups: made(45, 8_447_320_466_001, n => ({ name: `Group ${n}`, deleted: false })),
  organizations: made(46, 8_447_346_622_001, n => ({ name: `Organization ${n}` })),
  ticket_fields: made(47, 8_447_346_700_001, n => ({ title: `Field ${n}`, active: true })),
  ticket_forms: made(24, 8_447_346_800_001, n => ({ name: `Form ${n}`, active: true })),
  macros: made(30, 8_447_346_900_001, n => ({ title: `Macro ${n}`, active: true })),
  views: made(24, 8_447_347_000_001, n => ({ title: `View ${n}`, active: true })),
  brands: made(22, 8_447_347_100_001, n => ({ name: `Brand ${n}`, active: true })),
};

const bearerOf = ({ headers }: Asked): string => (headers.get('authorization') ?? '').replace(/^Bearer /, '');
const tokenId = (asked: Asked): string =>
  String(Number.parseInt(createHash('sha256').update(bearerOf(asked)).digest('hex').slice(0, 12), 16));

const routesOf = (plural: string) => {
  const noun = plural.slice(0, -1);
  const items = lists[plural] ?? [];
  return {
    [`GET /api/v2/${plural}`]: (ask: Ask) => {
      const page = ask.page(items, { by: 'cursor', size: 'page[size]', usual: 100, at: 'page[after]' });
      // The last page names a cursor as well.
      const after_cursor = page.next ?? Buffer.from(`after:${items.length}`).toString('base64url');
      const has_more = page.next !== undefined;
      const links = { next: has_more ? `${ask.base}${ask.path}?page[after]=${after_cursor}` : null };
      return { body: { [plural]: page.items, meta: { has_more, after_cursor, before_cursor: null }, links } };
    },
    [`GET /api/v2/${plural}/:id`]: ({ params }: Ask) => {
      const found = items.find(({ id }) => String(id) === params.id);
      return found === undefined ? ('not_found' as const) : { body: { [noun]: found } };
    },
  };
};

const searched = (ask: Ask, key: string, items: readonly Made[]) => {
  const words = (ask.query.get('query') ?? '').toLowerCase().split(/\s+/);
  const wanted = words.filter(word => !word.startsWith('type:'));
  const all = items.filter(each => wanted.every(word => JSON.stringify(each).toLowerCase().includes(word)));
  const page = ask.page(all, { by: 'number', size: 'per_page', usual: 100, at: 'page' });
  const next_page = page.next === undefined ? null : `${ask.base}${ask.path}?page=${page.next}`;
  return { body: { [key]: page.items, count: page.total, next_page, previous_page: null } };
};

const ids = (plural: string) => (lists[plural] ?? []).map(({ id }) => String(id));
const isAdministrator = ({ account }: Ask): boolean => account.name === 'ada';

const lives = { expires_in: '1800', refresh_token_expires_in: '2592000' };

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: 'acme/8447388090494', label: 'acme: ada@acme.example' },
    { name: 'hank', id: 'acme/8447388090777', label: 'acme: hank@acme.example' },
  ],
  oauth: {
    authorize: '/oauth/authorizations/new',
    token: '/oauth/tokens',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: ['read', 'write', 'impersonate', 'tickets:read', 'tickets:write', 'users:read', 'webhooks:write'],
    // A client from before 2026-04-30, as the service must treat all.
    tokenParams: lives,
    refreshParams: lives,
    refresh: 'ROTATING',
    endsAccess: true,
    lifeSeconds: 1800,
    answer: standard => ({ ...standard, token_type: 'bearer', refresh_token_expires_in: 2_592_000 }),
  },
  forms: {
    OAUTH2: () => ({ subdomain: 'acme' }),
    API_KEY: random => ({
      subdomain: 'acme',
      email: 'ada@acme.example',
      api_key: random(40),
      webhook_secret: random(44),
    }),
  },
  credentialOf: asked => {
    const basic = /^Basic (.+)$/.exec(asked.headers.get('authorization') ?? '')?.[1];
    return basic === undefined ? bearerOf(asked) : Buffer.from(basic, 'base64').toString();
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, "Couldn't authenticate you"],
      forbidden: [403, 'You do not have access to this page. Please contact the account owner of this help desk'],
      not_found: [404, 'RecordNotFound'],
      invalid: [400, 'CursorPaginationError'],
    } as const;
    const [status, error] = says[refusal];
    return { status, body: { error, description: refusal === 'not_found' ? 'Not found' : error } };
  },
  routes: {
    'GET /api/v2/users/me': ({ account }) => {
      const [subdomain = '', id = ''] = account.id.split('/');
      const email = account.label.split(': ')[1];
      const url = `https://${subdomain}.zendesk.com/api/v2/users/${id}.json`;
      return { body: { user: { id: Number(id), url, name: account.name, email, role: 'admin' } } };
    },
    'GET /api/v2/users/search': ask => searched(ask, 'users', lists.users ?? []),
    'GET /api/v2/search': ask => searched(ask, 'results', lists.tickets ?? []),
    ...Object.assign({}, ...Object.keys(lists).map(routesOf)),
    'POST /api/v2/tickets': ({ body }) => ({ status: 201, body: { ticket: { id: 901, ...(body.ticket as object) } } }),
    'GET /api/v2/oauth/tokens/current': asked => ({ body: { token: { id: Number(tokenId(asked)) } } }),
    // As people found: it says yes and ends nothing.
    'DELETE /api/v2/oauth/tokens/current': () => ({ status: 204 }),
    'DELETE /api/v2/oauth/tokens/:id': asked => {
      if (asked.params.id !== tokenId(asked) || !asked.revoke(bearerOf(asked))) return 'not_found';
      return { status: 204 };
    },
    'GET /api/v2/webhooks': ({ hooks }) => ({
      body: { webhooks: hooks.all().map(({ facts }) => facts), meta: { has_more: false } },
    }),
    'POST /api/v2/webhooks': ask => {
      if (!isAdministrator(ask)) return 'forbidden';
      const wish = ask.body.webhook as Readonly<Record<string, unknown>>;
      const isRight = wish.http_method === 'POST' && wish.request_format === 'json' && wish.status === 'active';
      if (!isRight)
        return { status: 400, body: { errors: [{ code: 'InvalidWebhook', title: 'must be POST and json' }] } };
      const id = `01${randomBytes(12).toString('hex').toUpperCase()}`;
      const secret = randomBytes(32).toString('base64');
      ask.hooks.add({ id, url: String(wish.endpoint), secret, account: ask.account.name, facts: { ...wish, id } });
      return { status: 201, body: { webhook: { ...wish, id } } };
    },
    'GET /api/v2/webhooks/:id/signing_secret': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      return { body: { signing_secret: { algorithm: 'SHA256', secret: hook.secret } } };
    },
    'GET /api/v2/webhooks/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: { webhook: hook.facts } };
    },
    'DELETE /api/v2/webhooks/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 204 } : 'not_found',
  },
  references: {
    'zendesk.ticket': { values: ids('tickets'), found: { q: 'lamp 60', values: ['60'] }, absent: '999999' },
    'zendesk.user': { values: ids('users'), found: { q: 'no50', values: [ids('users').at(-1) ?? ''] } },
    ...Object.fromEntries(
      ['group', 'organization', 'ticket_field', 'ticket_form', 'macro', 'view', 'brand'].map(noun => [
        `zendesk.${noun}`,
        { values: ids(`${noun}s`) },
      ]),
    ),
  },
  request: {
    method: 'POST',
    path: '/api/v2/tickets',
    json: { ticket: { subject: 'Try it', comment: { body: 'Try' } } },
  },
  deliveries: {
    body: ({ payload, deliveryId, time }) => ({ ...payload, id: deliveryId, time: time.toISOString() }),
    sign: ({ body, secret, time, deliveryId }) => {
      const stamp = time.toISOString().replace(/\.\d+Z$/, 'Z');
      return {
        'X-Zendesk-Webhook-Signature': createHmac('sha256', secret).update(`${stamp}${body}`).digest('base64'),
        'X-Zendesk-Webhook-Signature-Timestamp': stamp,
        'X-Zendesk-Webhook-Invocation-Id': deliveryId,
      };
    },
    signatureHeader: 'x-zendesk-webhook-signature',
  },
};
