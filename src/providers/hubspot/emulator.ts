import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developers.hubspot.com (OAuth, CRM, validating requests). */

type Made = { readonly id: string; readonly properties: Readonly<Record<string, string>> };

const made = (count: number, first: number, properties: (n: number) => Made['properties']): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: String(first + i), properties: properties(i + 1), archived: false }));

const objects: Readonly<Record<string, readonly Made[]>> = {
  contacts: made(120, 1_001, n => ({ firstname: 'Person', lastname: `No${n}`, email: `person${n}@acme.example` })),
  companies: made(45, 2_001, n => ({ name: `Company No${n}`, domain: `company${n}.example` })),
  deals: made(30, 3_001, n => ({ dealname: `Deal No${n}` })),
  tickets: made(25, 4_001, n => ({ subject: `Ticket No${n}` })),
};
const owners = Array.from({ length: 24 }, (_, i) => ({
  id: String(501 + i),
  email: `owner${i + 1}@acme.example`,
  firstName: 'Owner',
  lastName: `No${i + 1}`,
  archived: false,
}));
const labels = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}_${i + 1}`, label: `${prefix} ${i + 1}`, archived: false }));
const pipelines: Readonly<
  Record<string, readonly { readonly id: string; readonly stages: ReturnType<typeof labels> }[]>
> = {
  deals: labels('sales', 3).map(each => ({ ...each, stages: labels(`${each.id}_stage`, 5) })),
  tickets: labels('support', 2).map(each => ({ ...each, stages: labels(`${each.id}_stage`, 4) })),
};
const properties = Array.from({ length: 40 }, (_, i) => ({
  name: `property_${i + 1}`,
  label: `Property ${i + 1}`,
  type: 'string',
}));

const pagedBy = (ask: Ask, items: readonly object[], from: 'query' | 'body') => {
  const page = ask.page(items, { by: 'offset', size: 'limit', usual: 10, at: 'after', from });
  const paging = page.next === undefined ? {} : { paging: { next: { after: page.next } } };
  return { body: { total: page.total, results: page.items, ...paging } };
};
const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
const values = (kind: string) => objects[kind]?.map(({ id }) => id) ?? [];

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: '33', label: 'HubSpot account 33' },
    { name: 'globex', id: '44', label: 'HubSpot account 44' },
  ],
  oauth: {
    authorize: '/oauth/authorize',
    token: '/oauth/v3/token',
    revoke: '/oauth/v3/token/revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['contacts', 'companies', 'deals', 'line_items'].flatMap(each => [
        `crm.objects.${each}.read`,
        `crm.objects.${each}.write`,
      ]),
      ...['contacts', 'companies', 'deals'].map(each => `crm.schemas.${each}.read`),
      ...[
        'oauth',
        'tickets',
        'e-commerce',
        'conversations.read',
        'crm.objects.owners.read',
        'crm.lists.read',
        'crm.lists.write',
      ],
    ],
    refresh: 'REUSABLE',
    lifeSeconds: 1800,
    tokens: { refresh: random => `na1-${random(36)}` },
    answer: (standard, { id }) => ({ ...standard, token_type: 'bearer', hub_id: Number(id) }),
    fail: (error, message) => ({
      status: 400,
      body: { status: 'BAD_AUTH_CODE', message, error, error_description: message },
    }),
  },
  forms: { API_KEY: random => ({ access_token: `pat-na1-${random(36)}` }) },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.'],
      forbidden: [403, 'MISSING_SCOPES', 'This app hasn’t been granted all required scopes to make this call.'],
      not_found: [404, 'OBJECT_NOT_FOUND', 'Object not found.'],
      invalid: [400, 'VALIDATION_ERROR', 'Invalid input'],
    } as const;
    const [status, category, message] = says[refusal];
    return {
      status,
      body: { status: 'error', message, category, correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf' },
    };
  },
  routes: {
    'GET /account-info/v3/details': ({ account }) => ({
      body: {
        portalId: Number(account.id),
        accountType: 'STANDARD',
        uiDomain: 'app.hubspot.com',
        timeZone: 'Europe/Dublin',
      },
    }),
    'POST /crm/v3/objects/:kind/search': ask => {
      const q = String(ask.body.query ?? '').toLowerCase();
      const all = objects[ask.params.kind ?? ''];
      const found = all?.filter(({ properties }) =>
        Object.values(properties)
          .join(' ')
          .toLowerCase()
          .split(/\s+/)
          .some(word => word.startsWith(q)),
      );
      return found === undefined ? 'not_found' : pagedBy(ask, found, 'body');
    },
    'GET /crm/v3/objects/:kind/:id': ({ params }) =>
      one(objects[params.kind ?? '']?.find(({ id }) => id === params.id)),
    'POST /crm/v3/objects/:kind': ({ body }) => ({ status: 201, body: { id: '9001', archived: false, ...body } }),
    'GET /crm/v3/owners': ask => pagedBy(ask, owners, 'query'),
    'GET /crm/v3/owners/:id': ({ params }) => one(owners.find(({ id }) => id === params.id)),
    'GET /crm/v3/pipelines/:kind': ({ params }) => ({ body: { results: pipelines[params.kind ?? ''] ?? [] } }),
    'GET /crm/v3/pipelines/:kind/:id': ({ params }) =>
      one(pipelines[params.kind ?? '']?.find(({ id }) => id === params.id)),
    'GET /crm/v3/pipelines/:kind/:id/stages': ({ params }) => {
      const found = pipelines[params.kind ?? '']?.find(({ id }) => id === params.id);
      return one(found && { results: found.stages });
    },
    'GET /crm/v3/pipelines/:kind/:id/stages/:stage': ({ params }) => {
      const found = pipelines[params.kind ?? '']?.find(({ id }) => id === params.id);
      return one(found?.stages.find(({ id }) => id === params.stage));
    },
    'GET /crm/v3/properties/:kind': () => ({ body: { results: properties } }),
    'GET /crm/v3/properties/:kind/:name': ({ params }) => one(properties.find(({ name }) => name === params.name)),
  },
  references: {
    'hubspot.contact': { values: values('contacts'), found: { q: 'no120', values: ['1120'] } },
    'hubspot.company': { values: values('companies'), found: { q: 'no45', values: ['2045'] } },
    'hubspot.deal': { values: values('deals'), found: { q: 'no30', values: ['3030'] } },
    'hubspot.ticket': { values: values('tickets'), found: { q: 'no25', values: ['4025'] } },
    'hubspot.deal_pipeline': { values: ['sales_1', 'sales_2', 'sales_3'] },
    'hubspot.deal_stage': {
      values: pipelines.deals?.[0]?.stages.map(({ id }) => id) ?? [],
      dependsOn: { pipeline: 'sales_1' },
    },
    'hubspot.ticket_pipeline': { values: ['support_1', 'support_2'] },
    'hubspot.ticket_stage': {
      values: pipelines.tickets?.[0]?.stages.map(({ id }) => id) ?? [],
      dependsOn: { pipeline: 'support_1' },
    },
    ...Object.fromEntries(
      ['contact', 'company', 'deal'].map(noun => [
        `hubspot.${noun}_property`,
        { values: properties.map(({ name }) => name) },
      ]),
    ),
    'hubspot.owner': { values: owners.map(({ id }) => id) },
  },
  request: { method: 'POST', path: '/crm/v3/objects/contacts', json: { properties: { email: 'try@acme.example' } } },
  deliveries: {
    body: ({ payload, account, deliveryId }) => {
      const eventId = Number.parseInt(createHmac('sha1', 'id').update(deliveryId).digest('hex').slice(0, 10), 16);
      return [{ ...payload, portalId: Number(account.id), eventId }];
    },
    sign: ({ body, secret, time, url }) => {
      const timestamp = String(time.getTime());
      const signature = createHmac('sha256', secret).update(`POST${url}${body}${timestamp}`).digest('base64');
      return { 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': timestamp };
    },
    signatureHeader: 'x-hubspot-signature-v3',
  },
};
