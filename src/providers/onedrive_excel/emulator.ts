import { randomUUID } from 'node:crypto';
import type { Ask, EmulatedHook, EmulatedRoute, Emulator } from '../emulator.ts';

/** Source: learn.microsoft.com (identity platform: authorization code and client credentials flows; Graph: paging, change notifications). */

const LIFE_MS = 42_300 * 60_000;
const SCOPE = 'https://graph.microsoft.com/.default';
/** Changes of the last moments count for who begins to read. */
const LAG_MS = 5_000;
const numbered = (count: number, prefix: string, name: string, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${String(i + 1).padStart(4, '0')}`,
    name: name.replace('#', String(i + 1).padStart(3, '0')),
    ...more,
  }));
const folders = numbered(45, '01FOLDER', 'Folder #', { folder: { childCount: 0 } });
const workbooks = numbered(50, '01WORKBOOK', 'Workbook #.xlsx', { file: {} });
const files = [...folders, ...workbooks, ...numbered(25, '01FILE', 'Notes #.txt', { file: {} })];
const worksheets = numbered(24, '{00000000-0001-0000-0000-00000000', 'Sheet#').map(each => ({
  ...each,
  id: `${each.id}}`,
}));
const tables = numbered(22, '{00000000-0002-0000-0000-00000000', 'Table#').map(each => ({
  ...each,
  id: `${each.id}}`,
}));
const columns = numbered(26, '1', 'Column#');

type Change = { readonly lastModifiedDateTime: string; readonly [name: string]: unknown };

const changesOf = ({ facts }: EmulatedHook) => facts.changes as Change[];
const byId = <T extends { readonly id: string }>(items: readonly T[], id: string | undefined) =>
  items.find(each => each.id === id);

const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });

/** Below `/me`, and below the person’s own path for an app. */
const below = (key: string, route: EmulatedRoute<Ask>) => {
  const [method, path] = key.split(' ');
  return { [`${method} /v1.0/me${path}`]: route, [`${method} /v1.0/users/:user${path}`]: route };
};

/** A page with the next one’s address. */
const paged = (ask: Ask, items: readonly object[]) => {
  if (Number(ask.query.get('$top') ?? 1) > 1_000) return 'invalid' as const;
  const page = ask.page(items, { by: 'cursor', size: '$top', usual: 200, most: 1_000, at: '$skiptoken' });
  const link = new URLSearchParams(ask.query);
  link.set('$skiptoken', page.next ?? '');
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
    scopes: ['offline_access', 'User.Read', 'Files.ReadWrite.All'],
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
    ...below('GET /drive/root/children', ask => paged(ask, files)),
    ...below("GET /drive/root/search(q=':q')", ask => {
      const q = (ask.params.q ?? '').toLowerCase();
      return paged(
        ask,
        files.filter(({ name }) => name.toLowerCase().includes(q)),
      );
    }),
    ...below('GET /drive/root/delta', ask => {
      const token = ask.query.get('token');
      const since = token === 'latest' ? ask.now.getTime() - LAG_MS : Number(token);
      if (!(since > 0)) return { status: 410, body: { error: { code: 'resyncRequired' } } };
      const hooks = ask.hooks.all().filter(hook => hook.account === ask.account.name);
      const all = token === 'latest' ? [] : hooks.flatMap(changesOf);
      const changes = all.filter(each => Date.parse(each.lastModifiedDateTime) > since);
      const last = Math.max(since, ...changes.map(each => Date.parse(each.lastModifiedDateTime)));
      const root = { id: '01ROOT', name: 'root', root: {}, folder: {} };
      const value = changes.length === 0 ? [] : [root, ...changes];
      return { body: { value, '@odata.deltaLink': `${ask.base}${ask.path}?token=${last}` } };
    }),
    ...below('GET /drive/items/:id', ({ params }) => one(byId(files, params.id))),
    ...below('POST /drive/root/children', ({ body }) => ({ status: 201, body: { id: '01NEW', ...body } })),
    ...Object.assign(
      {},
      ...Object.entries({ worksheets, tables }).flatMap(([part, items]) => [
        below(`GET /drive/items/:book/workbook/${part}`, ask =>
          byId(workbooks, ask.params.book) === undefined ? 'not_found' : paged(ask, items),
        ),
        below(`GET /drive/items/:book/workbook/${part}/:id`, ({ params }) =>
          one(byId(workbooks, params.book) && byId(items, params.id)),
        ),
      ]),
    ),
    ...below('GET /drive/items/:book/workbook/tables/:table/columns', ask =>
      byId(tables, ask.params.table) === undefined ? 'not_found' : paged(ask, columns),
    ),
    ...below('GET /drive/items/:book/workbook/tables/:table/columns/:id', ({ params }) =>
      one(byId(tables, params.table) && byId(columns, params.id)),
    ),
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
      if (!(lifeMs > 0 && lifeMs <= LIFE_MS) || clientState.length > 128 || !resource || changeType !== 'updated')
        return 'invalid';
      const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
      const question = `${notificationUrl}?validationToken=${encodeURIComponent(token)}`;
      const heard = await ask.send(question, { headers: { 'content-type': 'text/plain' }, body: '' });
      const isThere = heard.status === 200 && heard.body === token;
      if (!isThere || heard.headers.get('content-type')?.startsWith('text/plain') !== true) return 'invalid';
      const id = randomUUID();
      const hook = { id, url: notificationUrl, secret: clientState, account: ask.account.name, expireTime };
      ask.hooks.add({ ...hook, facts: { resource, changeType, changes: [] } });
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
    'onedrive_excel.file': {
      values: files.map(({ id }) => id),
      found: { q: 'notes 025', values: ['01FILE0025'] },
    },
    'onedrive_excel.folder': { values: folders.map(({ id }) => id) },
    'onedrive_excel.workbook': {
      values: workbooks.map(({ id }) => id),
      found: { q: 'workbook 050', values: ['01WORKBOOK0050'] },
    },
    'onedrive_excel.worksheet': { values: worksheets.map(({ id }) => id), dependsOn: { workbook: '01WORKBOOK0001' } },
    'onedrive_excel.table': { values: tables.map(({ id }) => id), dependsOn: { workbook: '01WORKBOOK0001' } },
    'onedrive_excel.column': {
      values: columns.map(({ id }) => id),
      dependsOn: { workbook: '01WORKBOOK0001', table: tables[0]!.id },
    },
  },
  request: {
    method: 'POST',
    path: '/users/ada@acme.example/drive/root/children',
    json: { name: 'Try it', folder: {} },
  },
  deliveries: {
    rings: true,
    // What happened goes among the drive’s changes; the notice says only that there are some.
    body: ({ hook, eventType, payload, secret, time }) => {
      if (hook !== undefined) {
        const last = Math.max(0, ...changesOf(hook).map(each => Date.parse(each.lastModifiedDateTime)));
        const at = Math.max(time.getTime(), last + 1);
        const isNew = eventType.endsWith('created');
        const createdDateTime = isNew ? new Date(at + LAG_MS).toISOString() : payload.createdDateTime;
        const lastModifiedDateTime = new Date(at).toISOString();
        changesOf(hook).push({ ...payload, createdDateTime, lastModifiedDateTime, eTag: `"{SAMPLE},${at}"` });
      }
      const subscriptionId = hook?.id ?? randomUUID();
      const resource = hook?.facts.resource ?? 'me/drive/root';
      return { value: [{ subscriptionId, clientState: secret, resource, changeType: 'updated' }] };
    },
    sign: () => ({}),
    signatureHeader: '',
    greeting: random => {
      const token = `Validation: ${random(40)}`;
      return { method: 'POST', query: { validationToken: token }, wants: { status: 200, body: token } };
    },
  },
};
