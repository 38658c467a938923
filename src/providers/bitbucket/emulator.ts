import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developer.atlassian.com/cloud/bitbucket (REST API, OAuth 2.0) and support.atlassian.com, event payloads. */

const uuid = (family: number, n: number): string =>
  `{${String(family).repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}}`;
const made = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));

const workspaces = made(24, n => ({ type: 'workspace', uuid: uuid(1, n), slug: `team-${n}`, name: `Team ${n}` }));
const [team, other] = [workspaces[0]!, workspaces[1]!];
const repositories = made(64, n => ({
  type: 'repository',
  uuid: uuid(2, n),
  name: `repo ${n}`,
  full_name: `${team.slug}/repo-${n}`,
}));
const repository = repositories[0]!;
const projects = made(45, n => ({ uuid: uuid(3, n), key: `PRJ${n}`, name: `Project ${n}` }));
const members = made(46, n => ({ user: { uuid: uuid(4, n), display_name: `Person ${n}` }, workspace: team }));
const inRepository: Readonly<
  Record<string, { readonly key: string; readonly find: string; readonly values: readonly Record<string, unknown>[] }>
> = {
  'refs/branches': { key: 'name', find: 'name', values: made(46, n => ({ name: `feature/${n}`, target: {} })) },
  'refs/tags': { key: 'name', find: 'name', values: made(45, n => ({ name: `v1.${n}.0`, target: {} })) },
  pullrequests: { key: 'id', find: 'title', values: made(52, n => ({ id: n, title: `Change ${n}`, state: 'OPEN' })) },
  issues: { key: 'id', find: 'title', values: made(45, n => ({ id: n, title: `Fault ${n}`, state: 'new' })) },
};

const paged = (ask: Ask, values: readonly object[], most = 100) => {
  if (Number(ask.query.get('pagelen') ?? 10) > most) return 'invalid';
  const page = ask.page(values, { by: 'number', at: 'page', size: 'pagelen', usual: 10, most });
  const query = new URLSearchParams(ask.query);
  query.set('page', page.next ?? '');
  const next = page.next === undefined ? {} : { next: `${ask.base}${ask.path}?${query}` };
  return { body: { values: page.items, pagelen: Number(ask.query.get('pagelen') ?? 10), ...next } };
};
const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
/** `q=name ~ "words"`. */
const foundBy = <T extends object>(ask: Ask, field: string, values: readonly T[]): readonly T[] => {
  const [, name, words = ''] = /^(\w+) ~ "([^"]*)"$/.exec(ask.query.get('q') ?? '') ?? [];
  return name === undefined
    ? values
    : values.filter(each => String((each as Record<string, unknown>)[field]).toLowerCase() === words.toLowerCase());
};
const isTeam = ({ params }: Ask) => workspaces.some(each => each.uuid === params.workspace);
const isRepository = (ask: Ask) => isTeam(ask) && repositories.some(each => each.uuid === ask.params.repository);

const placeOf = ({ params }: Ask): string => `${params.workspace}/${params.repository ?? ''}`;
const hookRoutes = (path: string, isThere: (ask: Ask) => boolean) => ({
  [`POST ${path}/hooks`]: (ask: Ask) => {
    if (!isThere(ask)) return 'not_found' as const;
    const { secret, ...given } = ask.body as Record<string, unknown>;
    const id = `{${randomUUID()}}`;
    const facts = { ...given, uuid: id, secret_set: secret !== undefined, place: placeOf(ask) };
    ask.hooks.add({ id, url: String(given.url), secret: String(secret ?? ''), account: ask.account.name, facts });
    return { status: 201, body: facts };
  },
  [`GET ${path}/hooks`]: (ask: Ask) =>
    paged(
      ask,
      ask.hooks
        .all()
        .map(({ facts }) => facts)
        .filter(({ place }) => place === placeOf(ask)),
    ),
  [`GET ${path}/hooks/:id`]: (ask: Ask) => one(ask.hooks.find(ask.params.id ?? '')?.facts),
  [`DELETE ${path}/hooks/:id`]: (ask: Ask) =>
    ask.hooks.remove(ask.params.id ?? '') ? { status: 204 } : ('not_found' as const),
});
const REPOSITORY = '/2.0/repositories/:workspace/:repository';
const at = { workspace: team.uuid };
const inFirst = { ...at, repository: repository.uuid };

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: uuid(4, 1), label: 'Person 1', url: 'https://bitbucket.org/ada' },
    { name: 'hank', id: uuid(4, 2), label: 'Person 2', url: 'https://bitbucket.org/hank' },
  ],
  oauth: {
    authorize: '/site/oauth2/authorize',
    token: '/site/oauth2/access_token',
    client: 'basic',
    pkce: 'OPTIONAL',
    scopes: [
      ...['account', 'repository', 'pullrequest', 'issue', 'pipeline', 'snippet'].flatMap(each => [
        each,
        `${each}:write`,
      ]),
      ...['webhook', 'project', 'project:admin', 'repository:admin', 'repository:delete', 'wiki', 'email'],
    ],
    refresh: 'REUSABLE',
    lifeSeconds: 7200,
    answer: ({ scope, ...standard }) => ({
      ...standard,
      token_type: 'bearer',
      state: 'authorization_code',
      scopes: scope,
    }),
  },
  forms: { BASIC: random => ({ email: 'ada@acme.example', api_token: `ATATT3x${random(60)}` }) },
  credentialOf: ({ headers }) => {
    const [scheme = '', value = ''] = (headers.get('authorization') ?? '').split(' ');
    return scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value;
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Access token expired or unknown.'],
      forbidden: [403, 'Your credentials lack one or more required privilege scopes.'],
      not_found: [404, 'Resource not found'],
      invalid: [400, 'Invalid pagelen'],
    } as const;
    const [status, message] = says[refusal];
    return { status, body: { type: 'error', error: { message } } };
  },
  routes: {
    'GET /2.0/user': ({ account }) => ({
      body: { type: 'user', uuid: account.id, display_name: account.label, links: { html: { href: account.url } } },
    }),
    // The person administers the first workspace, and one repository of the second.
    'GET /2.0/user/workspaces': ask =>
      paged(
        ask,
        workspaces.map(workspace => ({ type: 'workspace_access', administrator: workspace === team, workspace })),
      ),
    'GET /2.0/workspaces/:workspace': ({ params }) => one(workspaces.find(each => each.uuid === params.workspace)),
    'GET /2.0/workspaces/:workspace/projects': ask => (isTeam(ask) ? paged(ask, projects) : 'not_found'),
    'GET /2.0/workspaces/:workspace/projects/:key': ({ params }) => one(projects.find(({ key }) => key === params.key)),
    'GET /2.0/workspaces/:workspace/members': ask => (isTeam(ask) ? paged(ask, members) : 'not_found'),
    'GET /2.0/workspaces/:workspace/members/:id': ({ params }) =>
      one(members.find(({ user }) => user.uuid === params.id)),
    'GET /2.0/repositories/:workspace': ask => {
      if (!isTeam(ask)) return 'not_found';
      const isOther = ask.params.workspace === other.uuid;
      const shown =
        ask.params.workspace === team.uuid
          ? repositories
          : isOther && ask.query.get('role') === 'admin'
            ? repositories.slice(0, 1)
            : [];
      return paged(ask, foundBy(ask, 'name', shown));
    },
    [`GET ${REPOSITORY}`]: ask =>
      one(isTeam(ask) ? repositories.find(each => each.uuid === ask.params.repository) : undefined),
    [`POST ${REPOSITORY}/issues`]: ask =>
      isRepository(ask) ? { status: 201, body: { type: 'issue', id: 99, state: 'new', ...ask.body } } : 'not_found',
    ...hookRoutes('/2.0/workspaces/:workspace', isTeam),
    ...hookRoutes(REPOSITORY, isRepository),
    ...Object.fromEntries(
      Object.entries(inRepository).flatMap(([path, { key, find, values }]) => [
        [
          `GET ${REPOSITORY}/${path}`,
          (ask: Ask) =>
            isRepository(ask)
              ? paged(
                  ask,
                  ask.params.repository === repository.uuid ? foundBy(ask, find, values) : [],
                  path === 'pullrequests' ? 50 : 100,
                )
              : ('not_found' as const),
        ],
        [
          `GET ${REPOSITORY}/${path}/:value`,
          (ask: Ask) =>
            one(isRepository(ask) ? values.find(each => String(each[key]) === ask.params.value) : undefined),
        ],
      ]),
    ),
  },
  references: {
    'bitbucket.workspace': { values: workspaces.map(each => each.uuid) },
    'bitbucket.repository': {
      values: repositories.map(each => each.uuid),
      dependsOn: at,
      found: { q: 'repo 64', values: [uuid(2, 64)] },
    },
    'bitbucket.project': { values: projects.map(({ key }) => key), dependsOn: at },
    'bitbucket.member': { values: members.map(({ user }) => user.uuid), dependsOn: at },
    'bitbucket.branch': {
      values: made(46, n => `feature/${n}`),
      dependsOn: inFirst,
      found: { q: 'feature/46', values: ['feature/46'] },
    },
    'bitbucket.tag': {
      values: made(45, n => `v1.${n}.0`),
      dependsOn: inFirst,
      found: { q: 'v1.45.0', values: ['v1.45.0'] },
    },
    'bitbucket.pull_request': {
      values: made(52, String),
      dependsOn: inFirst,
      found: { q: 'change 52', values: ['52'] },
      absent: '999',
    },
    'bitbucket.issue': {
      values: made(45, String),
      dependsOn: inFirst,
      found: { q: 'fault 45', values: ['45'] },
      absent: '999',
    },
  },
  request: {
    method: 'POST',
    path: `/repositories/${encodeURIComponent(team.uuid)}/${encodeURIComponent(repository.uuid)}/issues`,
    json: { title: 'Try it' },
  },
  deliveries: {
    body: ({ payload, deliveryId, time }) => {
      // Moments to the microsecond tell happenings apart; a repeat has the same text.
      const micros = createHash('sha1').update(deliveryId).digest().readUInt32BE() % 1_000_000;
      return { ...payload, date: `${time.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00` };
    },
    sign: ({ body, secret, deliveryId, eventType, hook }) => ({
      'X-Event-Key': eventType.slice('bitbucket.'.length).replace('.', ':'),
      'X-Hook-UUID': hook?.id ?? uuid(5, 1),
      'X-Request-UUID': deliveryId,
      'X-Attempt-Number': '1',
      'X-Hub-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    }),
    signatureHeader: 'x-hub-signature',
  },
};
