import { randomUUID } from 'node:crypto';
import type { Ask, EmulatedHook, EmulatedRoute, Emulator } from '../emulator.ts';

/** Source: learn.microsoft.com (identity platform: authorization code and client credentials flows; Graph: paging, change notifications). */

const LIFE_MS = 4_230 * 60_000;
const SCOPE = 'https://graph.microsoft.com/.default';
const numbered = (count: number, prefix: string, name: string) =>
  Array.from({ length: count }, (_, i) => ({
    id: `AAMk${prefix}${String(i + 1).padStart(4, '0')}`,
    displayName: `${name} ${i + 1}`,
    name: `${name} ${i + 1}`,
  }));
const lists = {
  mailFolders: numbered(50, 'Folder', 'Folder'),
  calendars: numbered(25, 'Calendar', 'Calendar'),
  contacts: numbered(130, 'Contact', 'Contact').map(each => ({
    ...each,
    emailAddresses: [{ address: `${each.id.toLowerCase()}@globex.example` }],
  })),
  contactFolders: numbered(22, 'Book', 'Book'),
  'outlook/masterCategories': numbered(25, 'Category', 'Category'),
};

const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });

/** Below `/me`, and below the person’s own path for an app. */
const below = (key: string, route: EmulatedRoute<Ask>) => {
  const [method, path] = key.split(' ');
  return { [`${method} /v1.0/me${path}`]: route, [`${method} /v1.0/users/:user${path}`]: route };
};

/** A page with the next one’s address. */
const paged = (ask: Ask, items: readonly object[]) => {
  if (Number(ask.query.get('$top') ?? 1) > 1_000) return 'invalid' as const;
  const page = ask.page(items, { by: 'offset', size: '$top', usual: 10, most: 1_000, at: '$skip' });
  const link = new URLSearchParams(ask.query);
  link.set('$skip', page.next ?? '');
  const next = page.next === undefined ? {} : { '@odata.nextLink': `${ask.base}${ask.path}?${link}` };
  return { body: { value: page.items, ...next } };
};
const shown = ({ id, url, expireTime, facts }: EmulatedHook) => ({
  id,
  notificationUrl: url,
  expirationDateTime: expireTime?.toISOString(),
  ...facts,
});

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '5e6f7a8b-0000-4000-8000-000000000001', label: 'ada@acme.example' },
    { name: 'hank', id: '5e6f7a8b-0000-4000-8000-000000000002', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/common/oauth2/v2.0/authorize',
    token: '/common/oauth2/v2.0/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['offline_access', 'User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'],
      'MailboxSettings.ReadWrite',
    ],
    refresh: 'REUSABLE',
    renews: true,
    refreshScope: 'offline_access',
    lifeSeconds: 3_900,
    authorizeParams: { response_mode: 'query' },
    tokens: { access: random => `eyJ0${random(200)}`, refresh: random => `1.AX0A${random(200)}` },
    // What was granted is told without offline_access.
    answer: ({ scope, ...standard }) => ({
      ...standard,
      scope: String(scope)
        .replace(/(^| )offline_access(?= |$)/, '')
        .trim(),
      ext_expires_in: 3_900,
    }),
    fail: (error, detail) => ({
      status: error === 'invalid_client' ? 401 : 400,
      body: { error, error_description: `AADSTS70000: ${detail}`, error_codes: [70_000], trace_id: randomUUID() },
    }),
  },
  forms: {
    SERVICE_ACCOUNT: random => ({
      tenant: 'acme.example',
      client_id: randomUUID(),
      client_secret: random(40),
      user: 'ada@acme.example',
    }),
  },
  openRoutes: {
    'POST /:tenant/oauth2/v2.0/token': ask => {
      const form = ask.form('SERVICE_ACCOUNT');
      const refused = (status: number, error: string) => ({ status, body: { error, error_codes: [700_016] } });
      const { grant_type, client_id, client_secret, scope } = ask.body;
      if (ask.params.tenant !== form.tenant) return refused(400, 'invalid_request');
      if (grant_type !== 'client_credentials' || scope !== SCOPE) return refused(400, 'invalid_scope');
      const isClient = client_id === form.client_id && client_secret === form.client_secret;
      if (!isClient) return refused(401, 'invalid_client');
      const access_token = ask.issue(emulator.accounts[0]!, 3_599);
      return { body: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token } };
    },
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'InvalidAuthenticationToken', 'Access token is empty.'],
      forbidden: [403, 'Forbidden', 'Missing scope permissions on the request.'],
      not_found: [404, 'NotFound', 'Resource could not be found.'],
      invalid: [400, 'BadRequest', 'Invalid request.'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { error: { code, message, innerError: { 'request-id': randomUUID() } } } };
  },
  routes: {
    ...below('GET ', ({ account }) => ({
      body: { id: account.id, displayName: 'Ada', mail: null, userPrincipalName: account.label },
    })),
    ...Object.assign(
      {},
      ...Object.entries(lists).flatMap(([path, items]) => [
        below(`GET /${path}`, ask => paged(ask, items)),
        below(`GET /${path}/:id`, ({ params }) => one(items.find(({ id }) => id === params.id))),
      ]),
    ),
    ...below('POST /sendMail', () => ({ status: 202 })),
    'POST /v1.0/subscriptions': async ask => {
      const {
        notificationUrl = '',
        expirationDateTime = '',
        clientState = '',
        resource,
        changeType,
      } = ask.body as Record<string, string>;
      const expireTime = new Date(expirationDateTime);
      const lifeMs = expireTime.getTime() - ask.now.getTime();
      if (!(lifeMs > 0 && lifeMs <= LIFE_MS) || clientState.length > 128 || !resource || !changeType) return 'invalid';
      const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
      const question = `${notificationUrl}?validationToken=${encodeURIComponent(token)}`;
      const heard = await ask.send(question, { headers: { 'content-type': 'text/plain' }, body: '' });
      const isThere = heard.status === 200 && heard.body === token;
      if (!isThere || heard.headers.get('content-type')?.startsWith('text/plain') !== true) return 'invalid';
      const id = randomUUID();
      const hook = { id, url: notificationUrl, secret: clientState, account: ask.account.name, expireTime };
      ask.hooks.add({ ...hook, facts: { resource, changeType } });
      return { status: 201, body: shown(ask.hooks.find(id)!) };
    },
    'GET /v1.0/subscriptions': ({ hooks }) => ({ body: { value: hooks.all().map(shown) } }),
    'GET /v1.0/subscriptions/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return one(hook && shown(hook));
    },
    'PATCH /v1.0/subscriptions/:id': ({ hooks, params, body, now }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      const expireTime = new Date(String(body.expirationDateTime));
      if (!(expireTime.getTime() - now.getTime() <= LIFE_MS)) return 'invalid';
      hooks.add({ ...hook, expireTime });
      return { body: shown({ ...hook, expireTime }) };
    },
    'DELETE /v1.0/subscriptions/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 204 } : 'not_found',
  },
  references: {
    'outlook.folder': { values: lists.mailFolders.map(({ id }) => id) },
    'outlook.calendar': { values: lists.calendars.map(({ id }) => id) },
    'outlook.contact': { values: lists.contacts.map(({ id }) => id) },
    'outlook.contact_folder': { values: lists.contactFolders.map(({ id }) => id) },
    'outlook.category': { values: lists['outlook/masterCategories'].map(({ displayName }) => displayName) },
  },
  request: {
    method: 'POST',
    path: '/users/ada@acme.example/sendMail',
    json: { message: { subject: 'Try it', toRecipients: [{ emailAddress: { address: 'ada@acme.example' } }] } },
  },
  deliveries: {
    body: ({ payload, hook, secret, deliveryId }) => {
      const state = { clientState: secret, subscriptionId: hook?.id ?? payload.subscriptionId };
      const { resourceData } = payload as { readonly resourceData?: object };
      const marked = { resourceData: { ...resourceData, '@odata.etag': `W/"${deliveryId}"` } };
      return { value: [{ ...payload, ...state, ...marked }] };
    },
    sign: () => ({}),
    signatureHeader: '',
    greeting: random => {
      const token = `Validation: ${random(40)}`;
      return { method: 'POST', query: { validationToken: token }, wants: { status: 200, body: token } };
    },
  },
};
