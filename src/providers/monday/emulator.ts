import { createHmac, randomInt, randomUUID } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: developer.monday.com (API reference, OAuth, authorization header); @mondaydotcomorg/api 14.0. */

const made = <T>(first: number, count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, i) => ({ id: String(first + i), ...make(i + 1) }));

const workspaces = made(11_001, 22, n => ({ name: `Workspace ${n}`, state: 'active' }));
const boards = made(12_001, 64, n => ({ name: `Board ${n}`, state: 'active' }));
const users = made(13_001, 46, n => ({ name: `Person ${n}`, email: `person${n}@acme.example`, enabled: true }));
const teams = made(14_001, 6, n => ({ name: `Team ${n}` }));
const tags = made(15_001, 12, n => ({ name: `Tag ${n}` }));
const items = made(16_001, 66, n => ({ name: `Item ${n}`, state: 'active' }));
const groups = Array.from({ length: 5 }, (_, i) => ({
  id: `group_${i + 1}`,
  title: `Group ${i + 1}`,
  archived: false,
}));
const columns = Array.from({ length: 24 }, (_, i) => ({
  id: `text_${i + 1}`,
  title: `Column ${i + 1}`,
  type: 'text',
  archived: false,
}));
const home = boards[0]!.id;
const all: Readonly<Record<string, readonly { readonly id: string }[]>> = {
  workspaces,
  boards,
  users,
  teams,
  tags,
  items,
};

const variablesOf = ({ body }: Ask) => (body.variables ?? {}) as Record<string, unknown>;
const idsIn = (ask: Ask): readonly string[] => (variablesOf(ask).ids ?? []) as readonly string[];
const listed = (root: string) => ({
  [`POST /v2 List_${root}`]: (ask: Ask) => {
    const shown =
      root === 'teams' || root === 'tags'
        ? all[root]
        : ask.page(all[root]!, { by: 'number', at: 'page', size: 'limit', usual: 25, from: 'variables' }).items;
    return { body: { data: { [root]: shown } } };
  },
});
const resolved = (root: string) => ({
  [`POST /v2 Resolve_${root}`]: (ask: Ask) => ({
    body: { data: { [root]: all[root]!.filter(({ id }) => idsIn(ask).includes(id)) } },
  }),
});
const partsOf = (part: string, shown: readonly object[]) => ({
  [`POST /v2 List_${part}`]: (ask: Ask) => ({
    body: {
      data: {
        boards: boards
          .filter(({ id }) => idsIn(ask).includes(id))
          .map(({ id }) => ({ [part]: id === home ? shown : [] })),
      },
    },
  }),
});
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: '25917229', label: 'Acme', url: 'https://acme.monday.com' },
    { name: 'globex', id: '25917230', label: 'Globex', url: 'https://globex.monday.com' },
  ],
  oauth: {
    authorize: '/oauth2/authorize',
    token: '/oauth2/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['boards', 'docs', 'teams', 'updates', 'users', 'webhooks', 'workspaces'].flatMap(each => [
        `${each}:read`,
        `${each}:write`,
      ]),
      ...['me:read', 'account:read', 'assets:read', 'tags:read', 'notifications:write'],
    ],
    refresh: 'NONE',
    lifeSeconds: null,
    authorizeParams: { force_install_if_needed: 'true' },
    tokens: { access: random => `eyJhbGciOiJIUzI1NiJ9.${random(120)}.${random(43)}` },
  },
  forms: { API_KEY: random => ({ access_token: `eyJhbGciOiJIUzI1NiJ9.${random(120)}.${random(43)}` }) },
  credentialOf: ({ headers }) => headers.get('authorization') ?? undefined,
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'NotAuthenticated', 'Not Authenticated'],
      forbidden: [200, 'UserUnauthorizedException', 'User unauthorized to perform action'],
      not_found: [200, 'ResourceNotFoundException', 'Not found'],
      invalid: [200, 'CursorException', 'The cursor provided for pagination has expired'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { errors: [{ message, extensions: { code } }], account_id: 25_917_229 } };
  },
  routes: {
    'POST /v2 Identity': ({ account }) => ({
      body: {
        data: {
          me: { id: '67214742', account: { id: account.id, name: account.label, slug: account.label.toLowerCase() } },
        },
      },
    }),
    ...Object.assign({}, ...Object.keys(all).map(listed), ...Object.keys(all).map(resolved)),
    ...partsOf('groups', groups),
    ...partsOf('columns', columns),
    'POST /v2 List_items_page': ask => {
      const page = ask.page(idsIn(ask).includes(home) ? items : [], {
        by: 'cursor',
        at: 'cursor',
        size: 'limit',
        usual: 25,
        most: 500,
        from: 'variables',
      });
      return { body: { data: { boards: [{ items_page: { cursor: page.next ?? null, items: page.items } }] } } };
    },
    'POST /v2 CreateItem': ask => ({ body: { data: { create_item: { id: '16999', name: variablesOf(ask).name } } } }),
    // Of all that there are the person uses three.
    'POST /v2 Targets': () => ({ body: { data: { boards: boards.slice(0, 3) } } }),
    'POST /v2 CreateWebhooks': async ask => {
      const { board, url } = variablesOf(ask) as Record<string, string>;
      if (!boards.some(({ id }) => id === board)) return 'not_found';
      const challenge = randomUUID();
      const heard = await ask.send(url ?? '', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ challenge }),
      });
      if (heard.status !== 200 || heard.body !== JSON.stringify({ challenge })) {
        return { body: { errors: [{ message: 'Failed URL verification', extensions: { code: 'INVALID_ARGUMENT' } }] } };
      }
      const asked = [...String(ask.body.query).matchAll(/(\w+): create_webhook\([^)]*event: (\w+)\)/g)];
      const data = asked.map(([, alias = '', event = '']) => {
        const id = String(randomInt(100_000_000, 999_999_999));
        const secret = ask.app.signing_secret ?? '';
        ask.hooks.add({ id, url: url ?? '', secret, account: ask.account.name, facts: { id, board_id: board, event } });
        return [alias, { id }];
      });
      return { body: { data: Object.fromEntries(data) } };
    },
    'POST /v2 Webhooks': ask => ({
      body: {
        data: {
          webhooks: ask.hooks
            .all()
            .map(({ facts }) => facts)
            .filter(({ board_id }) => board_id === variablesOf(ask).board),
        },
      },
    }),
    'POST /v2 DeleteWebhook': ask => {
      const id = String(variablesOf(ask).id);
      return ask.hooks.remove(id) ? { body: { data: { delete_webhook: { id } } } } : 'not_found';
    },
  },
  references: {
    ...Object.fromEntries(
      Object.entries(all)
        .filter(([root]) => root !== 'items')
        .map(([root, shown]) => [`monday.${root.slice(0, -1)}`, { values: shown.map(({ id }) => id) }]),
    ),
    'monday.item': { values: items.map(({ id }) => id), dependsOn: { board: home } },
    'monday.group': { values: groups.map(({ id }) => id), dependsOn: { board: home } },
    'monday.column': { values: columns.map(({ id }) => id), dependsOn: { board: home } },
  },
  request: {
    method: 'POST',
    path: '/v2',
    json: {
      query:
        'mutation CreateItem($board: ID!, $name: String!) { create_item(board_id: $board, item_name: $name) { id } }',
      variables: { board: home, name: 'Try it' },
    },
  },
  deliveries: {
    body: ({ payload, deliveryId }) => ({ event: { ...payload, triggerUuid: deliveryId.replaceAll('-', '') } }),
    sign: ({ secret, time, url, account, hook }) => {
      const iat = Math.floor(time.getTime() / 1000);
      const claims = { accountId: Number(account.id), userId: 67_214_742, aud: hook?.url ?? url, iat, exp: iat + 300 };
      const token = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
      return { Authorization: `${token}.${createHmac('sha256', secret).update(token).digest('base64url')}` };
    },
    signatureHeader: 'authorization',
    greeting: random => {
      const body = JSON.stringify({ challenge: random(40) });
      return { method: 'POST', headers: { 'content-type': 'application/json' }, body, wants: { status: 200, body } };
    },
  },
};
