import { createHmac } from 'node:crypto';
import type { Ask, Asked, EmulatedRoute, Emulator } from '../emulator.ts';

/** Source: developers.notion.com (authorization, versioning, pagination, status codes, webhooks); @notionhq/client 5.26. */

const uuid = (family: number, n: number): string =>
  `${String(family).repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const made = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));
const title = (text: string) => [{ type: 'text', text: { content: text }, plain_text: text }];

const dataSource = uuid(2, 1);
const columns = made(24, n => ({
  id: n === 1 ? 'title' : `p%3A${n}`,
  name: `Column ${n}`,
  type: n === 1 ? 'title' : 'rich_text',
}));
const dataSources = made(45, n => ({
  object: 'data_source',
  id: uuid(2, n),
  title: title(`Table ${n}`),
  parent: { type: 'database_id', database_id: uuid(4, n) },
  properties: Object.fromEntries(columns.map(each => [each.name, each])),
  in_trash: false,
}));
const pages = made(64, n => ({
  object: 'page',
  id: uuid(1, n),
  parent: { type: 'workspace', workspace: true },
  properties: { Name: { id: 'title', type: 'title', title: title(`Page ${n}`) } },
  in_trash: false,
}));
const users = made(46, n => ({
  object: 'user',
  id: uuid(3, n),
  type: 'person',
  name: `Person ${n}`,
  person: { email: `person${n}@acme.example` },
}));
const templates = made(45, n => ({ id: uuid(5, n), name: `Template ${n}`, is_default: n === 1 }));

const paged = (ask: Ask, from: 'query' | 'body', key: string, items: readonly object[]) => {
  const page = ask.page(items, { by: 'cursor', size: 'page_size', usual: 100, at: 'start_cursor', from });
  const more = { has_more: page.next !== undefined, next_cursor: page.next ?? null };
  return { body: { object: 'list', [key]: page.items, ...more } };
};
const one = (items: readonly { readonly id: string }[]) => (ask: Ask) => {
  const id = ask.params.id ?? '';
  if (!/^[0-9a-f-]{32,36}$/.test(id)) return 'invalid';
  return items.find(each => each.id === id) ?? undefined;
};
const shown = (items: readonly { readonly id: string }[]) => (ask: Ask) => {
  const found = one(items)(ask);
  return found === 'invalid' ? found : found === undefined ? ('not_found' as const) : { body: found };
};

/** Nothing is answered without a version. */
const versioned =
  <A extends Asked>(route: EmulatedRoute<A>): EmulatedRoute<A> =>
  ask =>
    ask.headers.has('notion-version')
      ? route(ask)
      : {
          status: 400,
          body: { object: 'error', status: 400, code: 'missing_version', message: 'Notion-Version header' },
        };
const withVersion = <A extends Asked>(routes: Readonly<Record<string, EmulatedRoute<A>>>) =>
  Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, versioned(route)]));

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: uuid(8, 1), label: 'Acme' },
    { name: 'globex', id: uuid(8, 2), label: 'Globex' },
  ],
  oauth: {
    authorize: '/v1/oauth/authorize',
    token: '/v1/oauth/token',
    client: 'basic',
    pkce: 'OPTIONAL',
    scopes: [],
    refresh: 'ROTATING',
    lifeSeconds: null,
    authorizeParams: { owner: 'user' },
    tokens: { access: random => `ntn_${random(46)}`, refresh: random => `nrt_${random(46)}` },
    answer: ({ scope: _, ...standard }, { id, label }) => ({
      ...standard,
      token_type: 'bearer',
      bot_id: uuid(9, 1),
      workspace_id: id,
      workspace_name: label,
      workspace_icon: null,
      duplicated_template_id: null,
      owner: { type: 'user', user: { object: 'user', id: users[0]!.id } },
    }),
  },
  forms: { API_KEY: random => ({ access_token: `ntn_${random(46)}`, verification_token: `secret_${random(43)}` }) },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'unauthorized', 'API token is invalid.'],
      forbidden: [403, 'restricted_resource', 'Insufficient permissions for this endpoint.'],
      not_found: [404, 'object_not_found', 'Could not find it. Make sure it is shared with your integration.'],
      invalid: [400, 'validation_error', 'body failed validation.'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { object: 'error', status, code, message } };
  },
  openRoutes: withVersion<Asked>({
    'POST /v1/oauth/revoke': ({ headers, body, app, revoke }) => {
      const pair = Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64');
      if (headers.get('authorization') !== `Basic ${pair}`) return 'unauthenticated';
      revoke(String(body.token));
      return { body: { request_id: uuid(7, 1) } };
    },
  }),
  routes: withVersion<Ask>({
    'GET /v1/users/me': ({ account }) => ({
      body: {
        object: 'user',
        id: uuid(9, 1),
        type: 'bot',
        name: 'Mobius',
        bot: { owner: { type: 'workspace', workspace: true }, workspace_id: account.id, workspace_name: account.label },
      },
    }),
    'GET /v1/users': ask => paged(ask, 'query', 'results', users),
    'GET /v1/users/:id': shown(users),
    'POST /v1/search': ask => {
      const { value } = (ask.body.filter ?? {}) as { value?: string };
      const all = [...pages, ...dataSources].filter(({ object }) => value === undefined || object === value);
      const q = String(ask.body.query ?? '').toLowerCase();
      return paged(
        ask,
        'body',
        'results',
        all.filter(each => q === '' || JSON.stringify(each).toLowerCase().includes(`"${q}"`)),
      );
    },
    'POST /v1/pages': ({ body }) => ({ body: { object: 'page', id: uuid(1, 999), in_trash: false, ...body } }),
    'GET /v1/pages/:id': shown(pages),
    'GET /v1/data_sources/:id': shown(dataSources),
    'GET /v1/data_sources/:id/templates': ask => {
      const found = one(dataSources)(ask);
      return found === 'invalid' || found === undefined ? 'not_found' : paged(ask, 'query', 'templates', templates);
    },
  }),
  references: {
    'notion.page': { values: pages.map(({ id }) => id), found: { q: 'page 64', values: [pages[63]!.id] } },
    'notion.data_source': {
      values: dataSources.map(({ id }) => id),
      found: { q: 'table 45', values: [dataSources[44]!.id] },
    },
    'notion.property': { values: columns.map(({ id }) => id), dependsOn: { data_source: dataSource } },
    'notion.template': { values: templates.map(({ id }) => id), dependsOn: { data_source: dataSource } },
    'notion.user': { values: users.map(({ id }) => id) },
  },
  request: {
    method: 'POST',
    path: '/pages',
    json: { parent: { page_id: pages[0]!.id }, properties: { title: { title: title('Try it') } } },
  },
  deliveries: {
    body: ({ payload, account, deliveryId }) => ({
      ...payload,
      id: deliveryId,
      workspace_id: account.id,
      workspace_name: account.label,
    }),
    sign: ({ body, secret }) => ({
      'X-Notion-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    }),
    signatureHeader: 'x-notion-signature',
    greeting: random => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ verification_token: `secret_${random(43)}` }),
      wants: { status: 200 },
    }),
  },
};
