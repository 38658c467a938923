import { createHmac, randomBytes } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developers.asana.com (OAuth, pagination, webhooks). */

const numbered = (count: number, first: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({ gid: String(first + i), name: `${name} ${i + 1}` }));

const workspaces = numbered(3, 1_100_000_000_000_001, 'Workspace');
const lists = {
  projects: numbered(60, 1_200_000_000_000_001, 'Project').map(project => ({ ...project, archived: false })),
  users: numbered(45, 1_300_000_000_000_001, 'Person'),
  teams: numbered(25, 1_400_000_000_000_001, 'Team'),
  tags: numbered(30, 1_500_000_000_000_001, 'Tag'),
  sections: numbered(24, 1_600_000_000_000_001, 'Section'),
  tasks: numbered(60, 1_700_000_000_000_001, 'Task').map(task => ({ ...task, completed: false })),
};
const home = workspaces[0]!.gid;

const paged = (ask: Ask, items: readonly object[]) => {
  const page = ask.page(items, { by: 'cursor', size: 'limit', usual: 20, at: 'offset' });
  const next_page = page.next === undefined ? null : { offset: page.next, path: ask.path };
  return { body: { data: page.items, next_page } };
};
const ofHome = (items: readonly object[]) => (ask: Ask) =>
  workspaces.some(({ gid }) => gid === ask.params.gid) ? paged(ask, ask.params.gid === home ? items : []) : 'not_found';
const one = (items: readonly { readonly gid: string }[]) => (ask: Ask) => {
  const found = items.find(({ gid }) => gid === ask.params.gid);
  return found === undefined ? 'not_found' : { body: { data: found } };
};
const words = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as Record<string, string>;

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '1300000000000001', label: 'ada@acme.example' },
    { name: 'hank', id: '1300000000000002', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/-/oauth_authorize',
    token: '/-/oauth_token',
    revoke: '/-/oauth_revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['attachments', 'projects', 'stories', 'tasks', 'webhooks'].flatMap(each => [
        `${each}:read`,
        `${each}:write`,
        `${each}:delete`,
      ]),
      ...['custom_fields', 'goals', 'portfolios', 'tags'].flatMap(each => [`${each}:read`, `${each}:write`]),
      ...['teams:read', 'users:read', 'workspaces:read', 'workspaces.typeahead:read'],
    ],
    refresh: 'REUSABLE',
    lifeSeconds: 3600,
    tokens: {
      access: random => `2/1300000000000001/${random(32)}`,
      refresh: random => `2/1300000000000001/r${random(32)}`,
    },
    answer: (standard, { id, label }) => ({
      ...standard,
      data: { id: Number(id), gid: id, name: 'Ada', email: label },
    }),
  },
  forms: { API_KEY: random => ({ access_token: `2/1300000000000001/1200000000000009:${random(32)}` }) },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'Not Authorized'],
      forbidden: [403, 'Forbidden'],
      not_found: [404, 'Not Found'],
      invalid: [400, 'offset: Your pagination token is invalid.'],
    } as const;
    const [status, message] = says[refusal];
    return { status, body: { errors: [{ message, help: 'For more information on API status codes, read the docs' }] } };
  },
  routes: {
    'GET /api/1.0/users/me': ({ account }) => ({
      body: { data: { gid: account.id, name: 'Ada', email: account.label } },
    }),
    'GET /api/1.0/workspaces': ask => paged(ask, workspaces),
    'GET /api/1.0/workspaces/:gid': one(workspaces),
    'GET /api/1.0/workspaces/:gid/projects': ofHome(lists.projects),
    'GET /api/1.0/workspaces/:gid/users': ofHome(lists.users),
    'GET /api/1.0/workspaces/:gid/teams': ofHome(lists.teams),
    'GET /api/1.0/workspaces/:gid/tags': ofHome(lists.tags),
    'GET /api/1.0/workspaces/:gid/typeahead': ({ query }) => {
      const q = (query.get('query') ?? '').toLowerCase();
      const found = lists.tasks.filter(({ name }) => name.toLowerCase().includes(q));
      return { body: { data: found.slice(0, Number(query.get('count') ?? 20)) } };
    },
    'GET /api/1.0/projects/:gid/sections': ask =>
      lists.projects.some(({ gid }) => gid === ask.params.gid) ? paged(ask, lists.sections) : 'not_found',
    'GET /api/1.0/projects/:gid': one(lists.projects),
    'GET /api/1.0/users/:gid': one(lists.users),
    'GET /api/1.0/teams/:gid': one(lists.teams),
    'GET /api/1.0/tags/:gid': one(lists.tags),
    'GET /api/1.0/sections/:gid': one(lists.sections),
    'GET /api/1.0/tasks/:gid': one(lists.tasks),
    'POST /api/1.0/tasks': ({ body }) => ({
      status: 201,
      body: { data: { gid: '1799', completed: false, ...words(body.data) } },
    }),
    'POST /api/1.0/webhooks': async ask => {
      const { resource = '', target = '' } = words(ask.body.data);
      const secret = randomBytes(32).toString('hex');
      const heard = await ask.send(target, { headers: { 'x-hook-secret': secret }, body: '' });
      const agreed = (heard.status === 200 || heard.status === 204) && heard.headers.get('x-hook-secret') === secret;
      if (!agreed)
        return { status: 400, body: { errors: [{ message: 'The remote server did not answer the handshake' }] } };
      const id = String(1_800_000_000_000_000 + Math.floor(Math.random() * 1e9));
      const facts = { gid: id, resource: { gid: resource }, target, active: true };
      ask.hooks.add({ id, url: target, secret, account: ask.account.name, facts });
      return { status: 201, body: { data: facts, 'X-Hook-Secret': secret } };
    },
    'GET /api/1.0/webhooks': ask =>
      paged(
        ask,
        ask.hooks.all().map(({ facts }) => facts),
      ),
    'GET /api/1.0/webhooks/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: { data: hook.facts } };
    },
    'DELETE /api/1.0/webhooks/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { body: { data: {} } } : 'not_found',
  },
  references: {
    'asana.workspace': { values: workspaces.map(({ gid }) => gid) },
    'asana.project': { values: lists.projects.map(({ gid }) => gid), dependsOn: { workspace: home } },
    'asana.section': { values: lists.sections.map(({ gid }) => gid), dependsOn: { project: lists.projects[0]!.gid } },
    'asana.user': { values: lists.users.map(({ gid }) => gid), dependsOn: { workspace: home } },
    'asana.team': { values: lists.teams.map(({ gid }) => gid), dependsOn: { workspace: home } },
    'asana.tag': { values: lists.tags.map(({ gid }) => gid), dependsOn: { workspace: home } },
    'asana.task': {
      values: lists.tasks.map(({ gid }) => gid),
      dependsOn: { workspace: home },
      found: { q: 'task 60', values: [lists.tasks[59]!.gid] },
    },
  },
  request: { method: 'POST', path: '/tasks', json: { data: { name: 'Try it', workspace: home } } },
  deliveries: {
    body: ({ payload }) => ({ events: [payload] }),
    sign: ({ body, secret }) => ({ 'X-Hook-Signature': createHmac('sha256', secret).update(body).digest('hex') }),
    signatureHeader: 'x-hook-signature',
    greeting: random => {
      const secret = random(64);
      return {
        method: 'POST',
        headers: { 'x-hook-secret': secret },
        wants: { status: 200, headers: { 'x-hook-secret': secret } },
      };
    },
  },
};
