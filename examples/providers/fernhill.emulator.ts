import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../../src/providers/emulator.ts';

/** Fernhill as the sandbox of `make run` plays it: a file `<id>.emulator.ts` beside the manifest. The service never loads it. */

const made = (noun: string, count: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `${noun}_${i + 1}`, name: `${name} ${i + 1}` }));

const pipelines = made('pipeline', 70, 'Pipeline').map(each => ({ ...each, is_archived: false }));
const stages = made('stage', 45, 'Stage');
const users = made('user', 60, 'Colleague');
const contacts = made('contact', 90, 'Person').map(({ id, name }) => ({
  id,
  full_name: name,
  email: `${id}@acme.example`,
}));
const [acme, globex] = [
  { name: 'acme', id: '4711', label: 'Acme', url: 'https://acme.fernhill.example' },
  { name: 'globex', id: '4712', label: 'Globex', url: 'https://globex.fernhill.example' },
];

const contactsPage = (ask: Ask) => {
  const q = (ask.query.get('q') ?? '').toLowerCase();
  const found = contacts.filter(({ full_name: name }) => name.toLowerCase().includes(q));
  const page = ask.page(found, { by: 'offset', at: 'skip', size: 'take', usual: 40, most: 40 });
  return { body: { contacts: page.items, total: page.total } };
};

export const emulator: Emulator = {
  accounts: [acme, globex],
  oauth: {
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    revoke: '/oauth/revoke',
    client: 'basic',
    pkce: 'REQUIRED',
    scopes: ['contacts.read', 'contacts.write', 'deals.read', 'deals.write', 'users.read'],
    refresh: 'ROTATING',
    lifeSeconds: 3_600,
    authorizeParams: { audience: 'api' },
  },
  forms: { API_KEY: random => ({ api_key: `fh_${random(29)}` }) },
  credentialOf: ({ headers }) => (headers.get('authorization') ?? '').replace(/^(Bearer|Key) /, ''),
  refuse: refusal => {
    const status = { unauthenticated: 401, forbidden: 403, not_found: 404, invalid: 422 }[refusal];
    return { status, body: { error: { code: refusal } } };
  },
  routes: {
    'GET /v2/me': ({ account }) => ({
      body: { user: { account_id: Number(account.id), account: account.label, account_url: account.url } },
    }),
    'GET /v2/pipelines': ask => {
      const page = ask.page(pipelines, { by: 'cursor', at: 'cursor', size: 'limit', usual: 20, most: 50 });
      return { body: { data: page.items, next_cursor: page.next ?? null } };
    },
    'GET /v2/pipelines/:id/stages': ask => {
      if (!pipelines.some(({ id }) => id === ask.params.id)) return 'not_found';
      const page = ask.page(stages, { by: 'number', at: 'page', size: 'per_page', usual: 30, most: 30 });
      return { body: { data: page.items, has_more: page.next !== undefined } };
    },
    'GET /v2/contacts': contactsPage,
    'GET /v2/contacts/:id': ({ params }) => {
      const contact = contacts.find(({ id }) => id === params.id);
      return contact === undefined ? 'not_found' : { body: { contact } };
    },
    'GET /v2/users': ask => {
      const page = ask.page(users, { by: 'last', at: 'after', size: 'limit', most: 25, id: ({ id }) => id });
      return { body: page.items, headers: ask.link('after', page.next) };
    },
    'POST /v2/deals': ({ body }) =>
      typeof body.title === 'string' ? { status: 201, body: { id: 'deal_2', ...body } } : 'invalid',
  },
  references: {
    'fernhill.pipeline': { values: pipelines.map(({ id }) => id) },
    'fernhill.stage': { values: stages.map(({ id }) => id), dependsOn: { pipeline: 'pipeline_1' } },
    'fernhill.contact': {
      values: contacts.map(({ id }) => id),
      found: { q: 'person 90', values: ['contact_90'] },
      absent: 'contact_91',
    },
    'fernhill.user': { values: users.map(({ id }) => id) },
  },
  request: { method: 'POST', path: '/deals', json: { title: 'Two hundred ferns', stage_id: 'stage_1' } },
  deliveries: {
    body: ({ payload, account, time }) => ({
      ...payload,
      account_id: Number(account.id),
      created_at: time.toISOString(),
    }),
    sign: ({ body, secret, deliveryId, time }) => {
      const at = Math.floor(time.getTime() / 1_000);
      const v1 = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      return {
        'X-Fernhill-Signature': `v1=${v1}`,
        'X-Fernhill-Timestamp': String(at),
        'X-Fernhill-Delivery': deliveryId,
      };
    },
    signatureHeader: 'x-fernhill-signature',
  },
};
