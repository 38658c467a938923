import { createHmac } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: docs.sentry.io/api (auth, pagination) and getsentry/sentry-docs, integration platform. */

type Made = { readonly id: string };

const made = (count: number, first: number, more: (n: number) => object): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: String(first + i), ...more(i + 1) }));

const organizations = [
  { id: '4501', slug: 'acme', name: 'Acme', status: { id: 'active', name: 'active' } },
  ...Array.from({ length: 44 }, (_, i) => ({
    id: String(4_600 + i),
    slug: `friends-${i + 1}`,
    name: `Friends ${i + 1}`,
    status: { id: 'active', name: 'active' },
  })),
  { id: '4502', slug: 'globex', name: 'Globex', status: { id: 'active', name: 'active' } },
];
const lists = {
  projects: made(60, 101, n => ({ slug: `project-${n}`, name: `Project ${n}`, status: 'active' })),
  teams: made(45, 201, n => ({ slug: `team-${n}`, name: `Team ${n}` })),
  members: made(46, 301, n => ({ name: `Person ${n}`, email: `person${n}@acme.example` })),
  issues: made(55, 1_170_820_001, n => ({ title: `ReferenceError ${n}`, shortId: `FRONT-${n}`, status: 'unresolved' })),
};

/** Each page names a cursor for the next one, and whether anything is there. */
const paged = (ask: Ask, items: readonly object[]) => {
  const at = ask.query.get('cursor') ?? '0:0:0';
  const start = Number(/^0:(\d+):[01]$/.exec(at)?.[1] ?? Number.NaN);
  const size = Math.min(Number(ask.query.get('per_page') ?? 100), 100);
  if (Number.isNaN(start) || !(size > 0)) return 'invalid' as const;
  const cursor = `0:${start + size}:0`;
  const results = start + size < items.length;
  const address = `${ask.base}${ask.path}?&cursor=${cursor}`;
  const link =
    `<${ask.base}${ask.path}?&cursor=0:0:1>; rel="previous"; results="${start > 0}"; cursor="0:0:1", ` +
    `<${address}>; rel="next"; results="${results}"; cursor="${cursor}"`;
  return { headers: { link }, body: items.slice(start, start + size) };
};
const inAcme = (items: readonly object[]) => (ask: Ask) => {
  if (!organizations.some(({ slug }) => slug === ask.params.org)) return 'not_found' as const;
  return paged(ask, ask.params.org === 'acme' ? items : []);
};
const one = (items: readonly Made[]) => (ask: Ask) => {
  const found = ask.params.org === 'acme' ? items.find(({ id }) => id === ask.params.id) : undefined;
  return found === undefined ? ('not_found' as const) : { body: found };
};
const ids = (items: readonly Made[]) => items.map(({ id }) => id);
const ofAcme = { organization: 'acme' };

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: '4501', label: 'Acme' },
    { name: 'globex', id: '4502', label: 'Globex' },
  ],
  oauth: {
    authorize: '/oauth/authorize/',
    token: '/oauth/token/',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['event', 'member', 'org', 'project', 'team'].flatMap(each => [
        `${each}:read`,
        `${each}:write`,
        `${each}:admin`,
      ]),
      'project:releases',
    ],
    refresh: 'ROTATING',
    lifeSeconds: 2_591_999,
    tokens: { access: random => `sntrya_${random(64)}`, refresh: random => `sntryr_${random(64)}` },
    answer: (standard, { name }) => ({
      ...standard,
      token_type: 'bearer',
      expires_at: '2026-06-03T03:02:00Z',
      user: { id: '1', name, email: `${name}@acme.example` },
    }),
  },
  forms: {
    API_KEY: random => ({ organization: 'acme', access_token: `sntryu_${random(64)}`, webhook_secret: random(64) }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Invalid token'],
      forbidden: [403, 'You do not have permission to perform this action.'],
      not_found: [404, 'The requested resource does not exist'],
      invalid: [400, 'Invalid cursor parameter.'],
    } as const;
    const [status, detail] = says[refusal];
    return { status, body: { detail } };
  },
  routes: {
    // The token of a consent is for one organization; a personal one is for all of the person's.
    'GET /api/0/organizations/': ask =>
      paged(
        ask,
        ask.headers.get('authorization')?.includes('sntrya_')
          ? organizations.filter(({ id }) => id === ask.account.id)
          : organizations,
      ),
    'GET /api/0/organizations/:org/': ({ params }) => {
      const found = organizations.find(({ slug }) => slug === params.org);
      return found === undefined ? 'not_found' : { body: found };
    },
    'GET /api/0/organizations/:org/projects/': inAcme(lists.projects),
    'GET /api/0/organizations/:org/teams/': inAcme(lists.teams),
    'GET /api/0/organizations/:org/members/': inAcme(lists.members),
    'GET /api/0/organizations/:org/issues/': ask => {
      const query = (ask.query.get('query') ?? '').toLowerCase();
      const found = lists.issues.filter(each => JSON.stringify(each).toLowerCase().includes(query));
      return inAcme(query === 'is:unresolved' ? lists.issues : found)(ask);
    },
    'GET /api/0/projects/:org/:id/': one(lists.projects),
    'GET /api/0/teams/:org/:id/': one(lists.teams),
    'GET /api/0/organizations/:org/members/:id/': one(lists.members),
    'GET /api/0/organizations/:org/issues/:id/': one(lists.issues),
    'PUT /api/0/organizations/:org/issues/:id/': ask => {
      const found = one(lists.issues)(ask);
      return found === 'not_found' ? found : { body: { ...found.body, ...ask.body } };
    },
  },
  references: {
    'sentry.organization': { values: organizations.map(({ slug }) => slug) },
    'sentry.project': { values: ids(lists.projects), dependsOn: ofAcme },
    'sentry.team': { values: ids(lists.teams), dependsOn: ofAcme },
    'sentry.member': { values: ids(lists.members), dependsOn: ofAcme },
    'sentry.issue': {
      values: ids(lists.issues),
      dependsOn: ofAcme,
      found: { q: 'referenceerror 55', values: [ids(lists.issues).at(-1) ?? ''] },
    },
  },
  request: { method: 'PUT', path: '/organizations/acme/issues/1170820001/', json: { status: 'resolved' } },
  deliveries: {
    sign: ({ body, secret, time, deliveryId, eventType }) => ({
      'Sentry-Hook-Signature': createHmac('sha256', secret).update(body).digest('hex'),
      'Sentry-Hook-Timestamp': String(Math.floor(time.getTime() / 1000)),
      'Sentry-Hook-Resource': eventType.split('.')[1] ?? '',
      'Request-ID': deliveryId,
    }),
    signatureHeader: 'sentry-hook-signature',
  },
};
