import { createHmac, randomUUID } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developer.clickup.com (authentication, reference, webhooks). */

const made = <T>(first: number, count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, i) => ({ id: String(first + i), ...make(i + 1) }));

const teams = made(9_001, 3, n => ({ name: `Workspace ${n}`, color: '#536cfe', members: [] }));
const spaces = made(90_001, 24, n => ({ name: `Space ${n}`, archived: false }));
const folders = made(91_001, 12, n => ({ name: `Folder ${n}`, archived: false }));
const lists = made(92_001, 24, n => ({ name: `List ${n}`, archived: false }));
const tasks = made(0, 130, n => ({ name: `Task ${n}`, status: { status: 'to do' } })).map((task, i) => ({
  ...task,
  id: `9hx${String(i + 1).padStart(4, '0')}`,
}));
const statuses = ['to do', 'in progress', 'in review', 'complete'].map((status, orderindex) => ({
  status,
  orderindex,
  type: 'custom',
}));
const tags = Array.from({ length: 12 }, (_, i) => ({ name: `tag ${i + 1}`, tag_bg: '#000000' }));
const fields = made(93_001, 6, n => ({ name: `Field ${n}`, type: 'text' }));
const members = Array.from({ length: 24 }, (_, i) => ({
  id: 94_001 + i,
  username: `Person ${i + 1}`,
  email: `person${i + 1}@acme.example`,
}));
const goals = made(95_001, 5, n => ({ name: `Goal ${n}`, archived: false }));
const [team, space, folder, list] = [teams[0]!.id, spaces[0]!.id, folders[0]!.id, lists[0]!.id];

/** Whatever is not there is of a workspace that was not authorized. */
const one =
  (items: readonly { readonly id: string }[], more: object = {}) =>
  (ask: Ask) => {
    const found = items.find(({ id }) => id === ask.params.id);
    return found === undefined ? 'not_found' : { body: { ...found, ...more } };
  };
const ofParent = (items: readonly { readonly id: string }[], name: string, shown: readonly unknown[]) => (ask: Ask) =>
  items.some(({ id }) => id === ask.params.id) ? { body: { [name]: shown } } : 'not_found';
const idsOf = (items: readonly { readonly id: string | number }[]) => items.map(({ id }) => String(id));

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '183', label: 'ada@acme.example' },
    { name: 'hank', id: '184', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/api',
    token: '/api/v2/oauth/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [],
    refresh: 'NONE',
    lifeSeconds: null,
    tokens: { access: random => `183_${random(64)}` },
    answer: ({ access_token }) => ({ access_token }),
    fail: (error, err) => ({
      status: 400,
      body: { err, ECODE: error === 'invalid_grant' ? 'OAUTH_014' : 'OAUTH_010' },
    }),
  },
  forms: { API_KEY: random => ({ api_token: `pk_183_${random(32).toUpperCase()}` }) },
  credentialOf: ({ headers }) => (headers.get('authorization') ?? '').replace(/^Bearer /, ''),
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'OAUTH_025', 'Token invalid'],
      forbidden: [403, 'ACCESS_005', 'You do not have access'],
      not_found: [401, 'OAUTH_027', 'Team not authorized'],
      invalid: [400, 'INPUT_002', 'page invalid'],
    } as const;
    const [status, ECODE, err] = says[refusal];
    return { status, body: { err, ECODE } };
  },
  routes: {
    'GET /api/v2/user': ({ account }) => ({
      body: { user: { id: Number(account.id), username: 'Ada', email: account.label, color: '#827718' } },
    }),
    'GET /api/v2/team': () => ({ body: { teams } }),
    'GET /api/v2/team/:id/space': ofParent(teams, 'spaces', spaces),
    'GET /api/v2/team/:id/goal': ofParent(teams, 'goals', goals),
    'GET /api/v2/space/:id': one(spaces),
    'GET /api/v2/space/:id/folder': ofParent(spaces, 'folders', folders),
    'GET /api/v2/space/:id/list': ofParent(spaces, 'lists', []),
    'GET /api/v2/space/:id/tag': ofParent(spaces, 'tags', tags),
    'GET /api/v2/folder/:id': one(folders),
    'GET /api/v2/folder/:id/list': ofParent(folders, 'lists', lists),
    'GET /api/v2/list/:id': one(lists, { statuses }),
    'GET /api/v2/list/:id/member': ofParent(lists, 'members', members),
    'GET /api/v2/list/:id/field': ofParent(lists, 'fields', fields),
    'GET /api/v2/list/:id/task': ask => {
      if (!lists.some(({ id }) => id === ask.params.id)) return 'not_found';
      const page = Number(ask.query.get('page') ?? 0);
      if (!Number.isInteger(page) || page < 0) return 'invalid';
      return {
        body: { tasks: tasks.slice(page * 100, page * 100 + 100), last_page: page * 100 + 100 >= tasks.length },
      };
    },
    'POST /api/v2/list/:id/task': ({ params, body }) =>
      lists.some(({ id }) => id === params.id) ? { body: { id: '9hx9999', ...body } } : 'not_found',
    'GET /api/v2/task/:id': one(tasks),
    'GET /api/v2/team/:id/webhook': ({ hooks, params }) => ({
      body: {
        webhooks: hooks
          .all()
          .map(({ facts }) => facts)
          .filter(({ team_id }) => team_id === Number(params.id)),
      },
    }),
    'POST /api/v2/team/:id/webhook': ask => {
      if (!teams.some(({ id }) => id === ask.params.id)) return 'not_found';
      const id = randomUUID();
      const secret = createHmac('sha256', 'secret').update(id).digest('hex').toUpperCase();
      const { endpoint, events } = ask.body;
      const health = { status: 'active', fail_count: 0 };
      const facts = {
        id,
        userid: Number(ask.account.id),
        team_id: Number(ask.params.id),
        endpoint,
        events,
        health,
        secret,
      };
      ask.hooks.add({ id, url: String(endpoint), secret, account: ask.account.name, facts });
      return { body: { id, webhook: facts } };
    },
    'DELETE /api/v2/webhook/:id': ({ hooks, params }) => (hooks.remove(params.id ?? '') ? { body: {} } : 'not_found'),
  },
  references: {
    'clickup.workspace': { values: idsOf(teams) },
    'clickup.space': { values: idsOf(spaces), dependsOn: { workspace: team } },
    'clickup.folder': { values: idsOf(folders), dependsOn: { space } },
    'clickup.list': { values: idsOf(lists), dependsOn: { space, folder } },
    'clickup.task': { values: idsOf(tasks), dependsOn: { list } },
    'clickup.status': { values: statuses.map(({ status }) => status), dependsOn: { list } },
    'clickup.tag': { values: tags.map(({ name }) => name), dependsOn: { space } },
    'clickup.custom_field': { values: idsOf(fields), dependsOn: { list } },
    'clickup.member': { values: idsOf(members), dependsOn: { list } },
    'clickup.goal': { values: idsOf(goals), dependsOn: { workspace: team } },
  },
  request: { method: 'POST', path: `/list/${list}/task`, json: { name: 'Try it' } },
  deliveries: {
    body: ({ payload, deliveryId, hook }) => ({
      ...payload,
      webhook_id: hook?.id ?? '7fa3ec74-69a8-4530-a251-8a13730bd204',
      ...(Array.isArray(payload.history_items) && {
        history_items: payload.history_items.map(item => ({ ...(item as object), id: deliveryId })),
      }),
    }),
    sign: ({ body, secret }) => ({ 'X-Signature': createHmac('sha256', secret).update(body).digest('hex') }),
    signatureHeader: 'x-signature',
  },
};
