import type { Ask, Emulator } from '../emulator.ts';

/** Source: docs.datadoghq.com/api (authentication, errors, each list's paging), docs on webhooks, and datadog-api-client 1.64. */

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const count = <T>(length: number, of: (n: number) => T): readonly T[] => Array.from({ length }, (_, i) => of(i + 1));

const monitors = count(60, n => ({ id: 1_000 + n, name: `Load of web-${n}`, type: 'metric alert', status: 'OK' }));
const dashboards = count(46, n => ({ id: `abc-def-${String(100 + n)}`, title: `Dashboard ${n}`, description: null }));
const slos = count(45, n => ({ id: `slo${n.toString(16).padStart(29, '0')}`, name: `Objective ${n}`, type: 'metric' }));
const tests = count(47, n => ({ public_id: `abc-def-${String(500 + n)}`, name: `Test ${n}`, type: 'api' }));
const users = count(48, n => ({
  id: uuid(n),
  type: 'users',
  attributes: { name: `Person No${n}`, email: `person${n}@acme.example`, disabled: false },
}));
const teams = count(49, n => ({
  id: uuid(4_096 + n),
  type: 'team',
  attributes: { name: `Team No${n}`, handle: `team-${n}` },
}));
const ORGANIZATION = uuid(0xacce);

const holds = (each: unknown, words: string | null) =>
  JSON.stringify(each)
    .toLowerCase()
    .includes((words ?? '').toLowerCase());

/** Pages counted from zero, by the vendor's two names for them. */
const fromZero = <T>(ask: Ask, items: readonly T[], at: string, size: string) => {
  const taken = Math.min(Number(ask.query.get(size) ?? 10), 100);
  const page = Number(ask.query.get(at) ?? 0);
  return taken > 0 && page >= 0 ? items.slice(page * taken, (page + 1) * taken) : undefined;
};
const answer = (body: object | undefined) => (body === undefined ? ('not_found' as const) : { body });

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: ORGANIZATION, label: 'Acme' }],
  forms: {
    API_KEY: random => ({ site: 'datadoghq.com', api_key: random(32), application_key: random(40) }),
  },
  // Both keys count.
  credentialOf: ({ headers }) => {
    const [key, application] = [headers.get('dd-api-key') ?? '', headers.get('dd-application-key') ?? ''];
    return key === '' || application === '' ? '' : `${key} ${application}`;
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [403, 'Forbidden'],
      forbidden: [403, 'Failed permission authorization checks'],
      not_found: [404, 'Not found'],
      invalid: [400, 'Invalid parameter'],
    } as const;
    const [status, message] = says[refusal];
    return { status, body: { errors: [message] } };
  },
  routes: {
    'GET /api/v1/validate': () => ({ body: { valid: true } }),
    'GET /api/v2/current_user': ({ account }) => ({
      body: {
        data: {
          id: uuid(1),
          type: 'users',
          attributes: { email: 'person1@acme.example' },
          relationships: { org: { data: { id: account.id, type: 'orgs' } } },
        },
        included: [{ id: account.id, type: 'orgs', attributes: { name: account.label, public_id: 'abcdef' } }],
      },
    }),
    'GET /api/v1/monitor/search': ask => {
      const found = monitors.filter(each => holds(each, ask.query.get('query')));
      const page = fromZero(ask, found, 'page', 'per_page');
      return page === undefined ? 'invalid' : { body: { monitors: page, metadata: { total_count: found.length } } };
    },
    'GET /api/v1/monitor/:id': ({ params }) => answer(monitors.find(({ id }) => String(id) === params.id)),
    'GET /api/v1/dashboard': ask => {
      const page = ask.page(dashboards, { by: 'offset', size: 'count', usual: 100, at: 'start' });
      return { body: { dashboards: page.items, total: page.total } };
    },
    'GET /api/v1/dashboard/:id': ({ params }) => answer(dashboards.find(({ id }) => id === params.id)),
    'GET /api/v1/slo': ask => {
      const found = slos.filter(each => holds(each, ask.query.get('query')));
      return { body: { data: ask.page(found, { by: 'offset', size: 'limit', usual: 1_000, at: 'offset' }).items } };
    },
    'GET /api/v1/slo/:id': ({ params }) => {
      const found = slos.find(({ id }) => id === params.id);
      return answer(found && { data: found });
    },
    'GET /api/v1/synthetics/tests': ask => {
      const page = fromZero(ask, tests, 'page_number', 'page_size');
      return page === undefined ? 'invalid' : { body: { tests: page } };
    },
    'GET /api/v1/synthetics/tests/:id': ({ params }) => answer(tests.find(each => each.public_id === params.id)),
    'GET /api/v2/users': ask => {
      const found = users.filter(each => holds(each, ask.query.get('filter')));
      const page = fromZero(ask, found, 'page[number]', 'page[size]');
      return page === undefined ? 'invalid' : { body: { data: page, meta: { page: { total_count: found.length } } } };
    },
    'GET /api/v2/users/:id': ({ params }) => {
      const found = users.find(({ id }) => id === params.id);
      return answer(found && { data: found });
    },
    'GET /api/v2/team': ask => {
      const found = teams.filter(each => holds(each, ask.query.get('filter[keyword]')));
      const page = fromZero(ask, found, 'page[number]', 'page[size]');
      return page === undefined ? 'invalid' : { body: { data: page } };
    },
    'GET /api/v2/team/:id': ({ params }) => {
      const found = teams.find(({ id }) => id === params.id);
      return answer(found && { data: found });
    },
    'POST /api/v1/events': ({ body }) => ({ status: 202, body: { status: 'ok', event: { id: 1, ...body } } }),
    'POST /api/v1/integration/webhooks/configuration/webhooks': ({ body, hooks, account }) => {
      const { name = '', url = '', custom_headers = '{}', payload = '' } = body as Readonly<Record<string, string>>;
      if (!/^[A-Za-z0-9_-]{1,100}$/.test(name) || !payload.includes('$ALERT_TRANSITION')) return 'invalid';
      const secret = (JSON.parse(custom_headers) as Record<string, string>)['x-mobius-secret'] ?? '';
      hooks.add({ id: name, url, secret, account: account.name, facts: { name, url, encode_as: 'json', payload } });
      return { status: 201, body: { name, url, custom_headers, encode_as: 'json', payload } };
    },
    'GET /api/v1/integration/webhooks/configuration/webhooks/:id': ({ hooks, params }) =>
      answer(hooks.find(params.id ?? '')?.facts),
    'DELETE /api/v1/integration/webhooks/configuration/webhooks/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 200, body: {} } : 'not_found',
  },
  references: {
    'datadog.monitor': { values: monitors.map(({ id }) => String(id)), found: { q: 'web-60', values: ['1060'] } },
    'datadog.dashboard': { values: dashboards.map(({ id }) => id) },
    'datadog.slo': { values: slos.map(({ id }) => id), found: { q: 'objective 45', values: [slos[44]?.id ?? ''] } },
    'datadog.synthetics_test': { values: tests.map(each => each.public_id) },
    'datadog.user': {
      values: users.map(({ id }) => id),
      found: { q: 'no48', values: [uuid(48)] },
      absent: uuid(99_999),
    },
    'datadog.team': {
      values: teams.map(({ id }) => id),
      found: { q: 'no49', values: [uuid(4_096 + 49)] },
      absent: uuid(99_999),
    },
  },
  request: { method: 'POST', path: '/api/v1/events', json: { title: 'Try it', text: 'Try it' } },
  deliveries: {
    body: ({ payload, deliveryId, time }) => ({ ...payload, id: deliveryId, date: String(time.getTime()) }),
    sign: ({ secret }) => ({ 'X-Mobius-Secret': secret }),
    signatureHeader: 'x-mobius-secret',
  },
};
