import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Ask, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: docs.gitlab.com/api (oauth2, rest, projects, project_webhooks) and /user/project/integrations/webhooks. */

const made = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));
const sha = (n: number): string => createHash('sha1').update(String(n)).digest('hex');

const projects = made(62, n => ({
  id: 1_000 + n,
  name: `Project ${n}`,
  path_with_namespace: `acme/project-${n}`,
  archived: false,
  // Of few is the person a maintainer.
  permissions: { project_access: { access_level: n <= 3 ? 40 : 30 } },
}));
const groups = made(45, n => ({ id: 2_000 + n, name: `Group ${n}`, full_path: `acme/group-${n}` }));
const [first] = projects;
const inFirst: Readonly<Record<string, { readonly key: string; readonly items: readonly Record<string, unknown>[] }>> =
  {
    labels: { key: 'name', items: made(45, n => ({ id: 3_000 + n, name: `label ${n}`, color: '#dc143c' })) },
    milestones: {
      key: 'id',
      items: made(45, n => ({ id: 4_000 + n, iid: n, title: `Milestone ${n}`, state: 'active' })),
    },
    'members/all': {
      key: 'id',
      items: made(46, n => ({ id: 5_000 + n, username: `person${n}`, name: `Person ${n}`, access_level: 30 })),
    },
    'repository/branches': { key: 'name', items: made(45, n => ({ name: `feature/${n}`, commit: { id: sha(n) } })) },
    'repository/tags': { key: 'name', items: made(45, n => ({ name: `v1.${n}.0`, target: sha(n) })) },
    environments: { key: 'id', items: made(45, n => ({ id: 6_000 + n, name: `stage ${n}`, state: 'available' })) },
    issues: { key: 'iid', items: made(66, n => ({ id: 7_000 + n, iid: n, title: `Fault ${n}`, state: 'opened' })) },
    merge_requests: {
      key: 'iid',
      items: made(45, n => ({ id: 8_000 + n, iid: n, title: `Change ${n}`, state: 'opened' })),
    },
  };
/** What GitLab finds by words. */
const searched = new Set([
  'labels',
  'milestones',
  'repository/branches',
  'repository/tags',
  'environments',
  'issues',
  'merge_requests',
]);

const paged = (ask: Ask, items: readonly object[], finds = true) => {
  const q = finds ? ask.query.get('search')?.toLowerCase() : undefined;
  const all = items.filter(
    item => q === undefined || Object.values(item).some(word => String(word).toLowerCase() === q),
  );
  const page = ask.page(all, { by: 'number', size: 'per_page', usual: 20, at: 'page' });
  return { headers: { ...ask.link('page', page.next), 'x-next-page': page.next ?? '' }, body: page.items };
};
const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
const isProject = ({ params }: Ask) => projects.some(({ id }) => String(id) === params.project);
const listed = Object.fromEntries(
  Object.entries(inFirst).flatMap(([path, { key, items }]) => [
    [
      `GET /api/v4/projects/:project/${path}`,
      (ask: Ask) =>
        isProject(ask)
          ? paged(ask, ask.params.project === String(first!.id) ? items : [], searched.has(path))
          : ('not_found' as const),
    ],
    [
      `GET /api/v4/projects/:project/${path}/:value`,
      (ask: Ask) => one(isProject(ask) ? items.find(item => String(item[key]) === ask.params.value) : undefined),
    ],
  ]),
);
const references = Object.fromEntries(
  [
    ['label', 'labels'],
    ['milestone', 'milestones'],
    ['member', 'members/all'],
    ['branch', 'repository/branches'],
    ['tag', 'repository/tags'],
    ['environment', 'environments'],
    ['issue', 'issues'],
    ['merge_request', 'merge_requests'],
  ].map(([noun, path = '']) => {
    const { key, items } = inFirst[path]!;
    const values = items.map(item => String(item[key]));
    const last = items.at(-1)!;
    const found = { q: String(last.title ?? last.name).toLowerCase(), values: [values.at(-1)!] };
    const absent = key === 'iid' ? '999' : undefined;
    return [
      `gitlab.${noun}`,
      {
        values,
        dependsOn: { project: String(first!.id) },
        ...(searched.has(path) && { found }),
        ...(absent !== undefined && { absent }),
      },
    ];
  }),
);
const hookIn = ({ hooks, params }: Ask): EmulatedHook | undefined => {
  const hook = hooks.find(params.id ?? '');
  return hook?.facts.project_id === Number(params.project) ? hook : undefined;
};

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '71', label: 'ada', url: 'https://gitlab.com/ada' },
    { name: 'hank', id: '72', label: 'hank', url: 'https://gitlab.com/hank' },
  ],
  oauth: {
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    revoke: '/oauth/revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: ['api', 'read_api', 'read_user', 'read_repository', 'write_repository', 'openid', 'profile', 'email'],
    refresh: 'ROTATING',
    endsAccess: true,
    lifeSeconds: 7200,
    answer: standard => ({ ...standard, created_at: 1_777_863_721 }),
  },
  forms: { API_KEY: random => ({ access_token: `glpat-${random(20)}`, webhook_secret: random(32) }) },
  credentialOf: ({ headers }) =>
    headers.get('private-token') ?? /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1],
  refuse: refusal =>
    ({
      unauthenticated: { status: 401, body: { message: '401 Unauthorized' } },
      forbidden: {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: 'The request requires higher privileges',
          scope: 'api',
        },
      },
      not_found: { status: 404, body: { message: '404 Not found' } },
      invalid: { status: 400, body: { error: 'page is invalid' } },
    })[refusal],
  routes: {
    'GET /api/v4/user': ({ account }) => ({
      body: { id: Number(account.id), username: account.label, name: 'Ada', state: 'active', web_url: account.url },
    }),
    'GET /api/v4/projects': ask => {
      const least = Number(ask.query.get('min_access_level') ?? 0);
      return paged(
        ask,
        projects.filter(({ permissions }) => permissions.project_access.access_level >= least),
      );
    },
    'GET /api/v4/projects/:project': ({ params }) => one(projects.find(({ id }) => String(id) === params.project)),
    'GET /api/v4/groups': ask => paged(ask, groups),
    'GET /api/v4/groups/:id': ({ params }) => one(groups.find(({ id }) => String(id) === params.id)),
    'POST /api/v4/projects/:project/issues': ask =>
      isProject(ask) ? { status: 201, body: { id: 7_999, iid: 99, state: 'opened', ...ask.body } } : 'not_found',
    'POST /api/v4/projects/:project/hooks': ask => {
      if (!isProject(ask)) return 'not_found';
      const { url, token, signing_token: signingToken, ...events } = ask.body;
      if (signingToken !== undefined && !/^whsec_[A-Za-z0-9+/]{43}=$/.test(String(signingToken))) return 'invalid';
      const id = String(randomBytes(4).readUInt32BE());
      const flags = { token_present: token !== undefined, signing_token_present: signingToken !== undefined };
      const facts = {
        ...events,
        id: Number(id),
        url,
        project_id: Number(ask.params.project),
        ...flags,
        alert_status: 'executable',
      };
      ask.hooks.add({
        id,
        url: String(url),
        secret: String(signingToken ?? token ?? ''),
        account: ask.account.name,
        facts,
      });
      return { status: 201, body: facts };
    },
    'GET /api/v4/projects/:project/hooks': ask =>
      paged(
        ask,
        ask.hooks
          .all()
          .map(({ facts }) => facts)
          .filter(facts => facts.project_id === Number(ask.params.project)),
        false,
      ),
    'GET /api/v4/projects/:project/hooks/:id': ask => one(hookIn(ask)?.facts),
    'DELETE /api/v4/projects/:project/hooks/:id': ask =>
      hookIn(ask) !== undefined && ask.hooks.remove(ask.params.id ?? '') ? { status: 204 } : 'not_found',
    ...listed,
  },
  references: {
    'gitlab.project': {
      values: projects.map(({ id }) => String(id)),
      found: { q: 'project 62', values: ['1062'] },
    },
    'gitlab.group': { values: groups.map(({ id }) => String(id)), found: { q: 'group 45', values: ['2045'] } },
    ...references,
  },
  request: { method: 'POST', path: `/projects/${first!.id}/issues`, json: { title: 'Try it' } },
  deliveries: {
    // A webhook has a signing token, in which case the delivery is signed, or shows its secret token.
    sign: ({ body, secret, deliveryId, time, hook }) => {
      const about = {
        'X-Gitlab-Event': 'Push Hook',
        'X-Gitlab-Webhook-UUID': hook?.id ?? '1',
        'Idempotency-Key': deliveryId,
      };
      const seconds = String(Math.floor(time.getTime() / 1000));
      const key = secret.startsWith('whsec_')
        ? Buffer.from(secret.slice(6), 'base64')
        : createHash('sha256').update(secret).digest();
      const signature = createHmac('sha256', key).update(`${deliveryId}.${seconds}.${body}`).digest('base64');
      return {
        ...about,
        'webhook-id': deliveryId,
        'webhook-timestamp': seconds,
        'webhook-signature': `v1,${signature}`,
      };
    },
    signatureHeader: 'webhook-signature',
    strange: random => `whsec_${createHash('sha256').update(random(32)).digest('base64')}`,
  },
};
