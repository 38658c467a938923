import { createHmac, randomBytes } from 'node:crypto';
import type { Ask, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: airtable.com/developers/web/api (OAuth reference, list records, webhooks). */

const WEEK_MS = 7 * 86_400_000;

const made = (prefix: string, count: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}Emulated${String(i + 1).padStart(6, '0')}`,
    name: `${name} ${i + 1}`,
  }));

const bases = made('app', 25, 'Base').map(base => ({ ...base, permissionLevel: 'create' }));
const tables = made('tbl', 4, 'Table').map(table => ({
  ...table,
  primaryFieldId: 'fldEmulated000001',
  fields: made('fld', 12, 'Field').map(field => ({ ...field, type: 'singleLineText' })),
  views: made('viw', 6, 'View').map(view => ({ ...view, type: 'grid' })),
}));
const records = made('rec', 130, 'Row').map(({ id, name }) => ({
  id,
  createdTime: '2026-01-05T10:00:00.000Z',
  fields: { 'Field 1': name },
}));
const base = bases[0]!.id;
const table = tables[0]!.id;

const paged = (ask: Ask, name: string, items: readonly object[], size?: string) => {
  const page = ask.page(items, { by: 'cursor', at: 'offset', size, usual: size === undefined ? 20 : 100 });
  return { body: { [name]: page.items, ...(page.next !== undefined && { offset: page.next }) } };
};
const isBase = ({ params }: Ask) => bases.some(({ id }) => id === params.base);
const isTable = (ask: Ask) => isBase(ask) && tables.some(({ id }) => id === ask.params.table);

/** The payloads a webhook has kept. */
const payloadsOf = ({ facts }: EmulatedHook): object[] => facts.payloads as object[];
const shown = (hook: EmulatedHook) => ({
  id: hook.id,
  isHookEnabled: true,
  areNotificationsEnabled: true,
  notificationUrl: hook.url,
  cursorForNextPayload: payloadsOf(hook).length + 1,
  expirationTime: hook.expireTime?.toISOString(),
});

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: 'usrEmulatedAda0001', label: 'ada@acme.example' },
    { name: 'hank', id: 'usrEmulatedHank001', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/oauth2/v1/authorize',
    token: '/oauth2/v1/token',
    client: 'basic',
    pkce: 'REQUIRED',
    scopes: [
      ...['data.records', 'data.recordComments', 'schema.bases'].flatMap(each => [`${each}:read`, `${each}:write`]),
      ...['webhook:manage', 'user.email:read'],
    ],
    refresh: 'ROTATING',
    lifeSeconds: 3600,
    tokens: {
      access: random => `oaa${random(14)}.v1.${random(40)}`,
      refresh: random => `oar${random(14)}.v1.${random(40)}`,
    },
    answer: standard => ({ ...standard, refresh_expires_in: 5_184_000 }),
  },
  forms: { API_KEY: random => ({ access_token: `pat${random(14)}.${random(64)}` }) },
  refuse: refusal =>
    ({
      unauthenticated: {
        status: 401,
        body: { error: { type: 'AUTHENTICATION_REQUIRED', message: 'Authentication required' } },
      },
      forbidden: {
        status: 403,
        body: { error: { type: 'INVALID_PERMISSIONS', message: 'You are not permitted to do this' } },
      },
      not_found: {
        status: 403,
        body: { error: { type: 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND', message: 'Not found' } },
      },
      invalid: {
        status: 422,
        body: { error: { type: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE', message: 'Invalid offset' } },
      },
    })[refusal],
  routes: {
    'GET /v0/meta/whoami': ({ account, scopes }) => ({ body: { id: account.id, email: account.label, scopes } }),
    'GET /v0/meta/bases': ask => paged(ask, 'bases', bases),
    'GET /v0/meta/bases/:base/tables': ask => (isBase(ask) ? { body: { tables } } : 'not_found'),
    'POST /v0/bases/:base/webhooks': ask => {
      if (!isBase(ask)) return 'not_found';
      const id = `ach${randomBytes(7).toString('hex')}`;
      const secret = randomBytes(32).toString('base64');
      const expireTime = new Date(ask.now.getTime() + WEEK_MS);
      const facts = { base: ask.params.base, payloads: [] };
      ask.hooks.add({
        id,
        url: String(ask.body.notificationUrl),
        secret,
        account: ask.account.name,
        expireTime,
        facts,
      });
      return { body: { id, macSecretBase64: secret, expirationTime: expireTime.toISOString() } };
    },
    'GET /v0/bases/:base/webhooks': ({ hooks, params }) => ({
      body: {
        webhooks: hooks
          .all()
          .filter(({ facts }) => facts.base === params.base)
          .map(shown),
      },
    }),
    'POST /v0/bases/:base/webhooks/:id/refresh': ({ hooks, params, now }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      const expireTime = new Date(now.getTime() + WEEK_MS);
      hooks.add({ ...hook, expireTime });
      return { body: { expirationTime: expireTime.toISOString() } };
    },
    'GET /v0/bases/:base/webhooks/:id/payloads': ({ hooks, params, query }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      const start = Number(query.get('cursor') ?? 1);
      const all = payloadsOf(hook);
      const payloads = all.slice(start - 1, start - 1 + Number(query.get('limit') ?? 50));
      const cursor = start + payloads.length;
      return { body: { payloads, cursor, mightHaveMore: cursor <= all.length } };
    },
    'DELETE /v0/bases/:base/webhooks/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { body: {} } : 'not_found',
    'GET /v0/:base/:table': ask => (isTable(ask) ? paged(ask, 'records', records, 'pageSize') : 'not_found'),
    'GET /v0/:base/:table/:record': ask => {
      const found = isTable(ask) ? records.find(({ id }) => id === ask.params.record) : undefined;
      return found === undefined ? 'not_found' : { body: found };
    },
    'POST /v0/:base/:table': ask =>
      isTable(ask)
        ? { body: { id: 'recEmulatedNew0001', createdTime: ask.now.toISOString(), fields: ask.body.fields } }
        : 'not_found',
  },
  references: {
    'airtable.base': { values: bases.map(({ id }) => id) },
    'airtable.table': { values: tables.map(({ id }) => id), dependsOn: { base } },
    'airtable.field': { values: tables[0]!.fields.map(({ id }) => id), dependsOn: { base, table } },
    'airtable.view': { values: tables[0]!.views.map(({ id }) => id), dependsOn: { base, table } },
    'airtable.record': { values: records.map(({ id }) => id), dependsOn: { base, table } },
  },
  request: { method: 'POST', path: `/${base}/${table}`, json: { fields: { 'Field 1': 'Try it' } } },
  deliveries: {
    rings: true,
    // The bell names base and webhook; the change waits among the webhook's payloads.
    body: ({ eventType, payload, time, hook }) => {
      const [, object = '', verb = ''] = eventType.split('.');
      if (hook !== undefined) {
        const all = payloadsOf(hook);
        const about = { timestamp: time.toISOString(), baseTransactionNumber: all.length + 1, payloadFormat: 'v0' };
        all.push({ ...about, actionMetadata: { source: 'client' }, ...changed(object, verb, payload) });
      }
      return {
        base: { id: hook?.facts.base ?? base },
        webhook: { id: hook?.id ?? 'achEmulated' },
        timestamp: time.toISOString(),
      };
    },
    sign: ({ body, secret }) => {
      const key = Buffer.from(secret, 'base64');
      return { 'X-Airtable-Content-MAC': `hmac-sha256=${createHmac('sha256', key).update(body).digest('hex')}` };
    },
    signatureHeader: 'x-airtable-content-mac',
    strange: random => Buffer.from(random(32)).toString('base64'),
  },
};

/** The vendor's words for a change of a sample. */
function changed(object: string, verb: string, payload: Readonly<Record<string, unknown>>): object {
  const of = String(payload.table);
  const id = String(payload[object]);
  const values = { cellValuesByFieldId: payload.values ?? {} };
  const words: Readonly<Record<string, object>> = {
    'table created': { createdTablesById: { [of]: { metadata: { name: 'Table' } } } },
    'table updated': {
      changedTablesById: { [of]: { changedMetadata: { current: { name: 'New' }, previous: { name: 'Old' } } } },
    },
    'table deleted': { destroyedTableIds: [of] },
    'record created': { changedTablesById: { [of]: { createdRecordsById: { [id]: values } } } },
    'record updated': {
      changedTablesById: { [of]: { changedRecordsById: { [id]: { current: values, previous: values } } } },
    },
    'record deleted': { changedTablesById: { [of]: { destroyedRecordIds: [id] } } },
    'field created': {
      changedTablesById: { [of]: { createdFieldsById: { [id]: { name: 'Field', type: 'number' } } } },
    },
    'field updated': { changedTablesById: { [of]: { changedFieldsById: { [id]: { current: { name: 'Field' } } } } } },
    'field deleted': { changedTablesById: { [of]: { destroyedFieldIds: [id] } } },
  };
  return words[`${object} ${verb}`] ?? {};
}
