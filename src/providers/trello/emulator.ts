import { createHmac, randomBytes } from 'node:crypto';
import type { Ask, Asked, Emulator } from '../emulator.ts';

/** Source: developer.atlassian.com/cloud/trello (authorization, REST API, webhooks). */

const made = <T>(family: number, count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${family}`.padEnd(20, '0') + String(i + 1).padStart(4, '0'),
    ...make(i + 1),
  }));

const boards = made(1, 45, n => ({
  name: `Board ${n}`,
  closed: false,
  // Few are in use.
  dateLastActivity: n <= 3 ? '2026-05-04T03:02:01.000Z' : null,
}));
const workspaces = made(2, 5, n => ({ name: `workspace${n}`, displayName: `Workspace ${n}` }));
const home = boards[0]!.id;
const onBoard = {
  lists: made(3, 24, n => ({ name: `List ${n}`, closed: false, idBoard: home })),
  cards: made(4, 66, n => ({ name: `Card ${n}`, closed: false, idBoard: home, idList: '300000000000000000000001' })),
  labels: made(5, 12, n => ({ name: n % 2 === 0 ? '' : `Label ${n}`, color: 'green', idBoard: home })),
  members: made(6, 46, n => ({ username: `person${n}`, fullName: `Person ${n}` })),
  checklists: made(7, 12, n => ({ name: `Checklist ${n}`, idBoard: home })),
  customFields: made(8, 6, n => ({ name: `Field ${n}`, type: 'text' })),
};
const one = (items: readonly { readonly id: string }[]) => (ask: Ask) => {
  if (!/^[0-9a-f]{24}$/.test(ask.params.id ?? '')) return 'invalid';
  const found = items.find(({ id }) => id === ask.params.id);
  return found === undefined ? 'not_found' : { body: found };
};
const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);
const ofHome = (items: readonly { readonly id: string }[]) => ({ values: idsOf(items), dependsOn: { board: home } });

const credentialOf = ({ headers }: Asked): string | undefined => {
  const [, key, token] =
    /^OAuth oauth_consumer_key="([^"]+)", oauth_token="([^"]+)"$/.exec(headers.get('authorization') ?? '') ?? [];
  return key === undefined || token === undefined ? undefined : `${key}/${token}`;
};

export const emulator: Emulator = {
  accounts: [{ name: 'ada', id: '600000000000000000000001', label: 'ada', url: 'https://trello.com/ada' }],
  forms: {
    API_KEY: random => ({ api_key: random(32), api_secret: random(64), token: `ATTA${random(64)}` }),
  },
  credentialOf,
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'invalid token'],
      forbidden: [401, 'unauthorized permission requested'],
      not_found: [404, 'The requested resource was not found.'],
      invalid: [400, 'invalid id'],
    } as const;
    const [status, body] = says[refusal];
    return { status, body };
  },
  routes: {
    'GET /1/members/me': ({ account }) => ({
      body: { id: account.id, username: account.label, fullName: 'Ada', url: account.url },
    }),
    'GET /1/members/me/boards': () => ({ body: boards }),
    'GET /1/members/me/organizations': () => ({ body: workspaces }),
    'GET /1/organizations/:id': one(workspaces),
    'GET /1/boards/:id': one(boards),
    ...Object.fromEntries(
      Object.entries(onBoard).flatMap(([path, items]) => [
        [
          `GET /1/boards/:id/${path}`,
          (ask: Ask) =>
            boards.some(({ id }) => id === ask.params.id)
              ? { body: ask.params.id === home ? items : [] }
              : ('not_found' as const),
        ],
        [`GET /1/${path}/:id`, one(items)],
      ]),
    ),
    'POST /1/cards': ({ body }) => ({ body: { id: '400000000000000000009999', closed: false, ...body } }),
    'DELETE /1/tokens/:token': ask => {
      const credential = credentialOf(ask) ?? '';
      return credential.endsWith(`/${ask.params.token}`) && ask.revoke(credential) ? { body: {} } : 'not_found';
    },
    'POST /1/webhooks': async ask => {
      const { idModel, callbackURL } = ask.body as Record<string, string>;
      if (!boards.some(({ id }) => id === idModel)) return 'invalid';
      const heard = await ask.send(callbackURL ?? '', { method: 'HEAD', headers: {}, body: '' });
      if (heard.status !== 200) return { status: 400, body: 'URL did not return 200 status code' };
      const id = randomBytes(12).toString('hex');
      const facts = { id, idModel, callbackURL, active: true, consecutiveFailures: 0 };
      const secret = ask.form('API_KEY').api_secret ?? '';
      ask.hooks.add({ id, url: callbackURL ?? '', secret, account: ask.account.name, facts });
      return { body: facts };
    },
    'GET /1/webhooks/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: hook.facts };
    },
    'DELETE /1/webhooks/:id': ({ hooks, params }) => (hooks.remove(params.id ?? '') ? { body: {} } : 'not_found'),
  },
  references: {
    'trello.board': { values: idsOf(boards) },
    'trello.workspace': { values: idsOf(workspaces) },
    'trello.list': ofHome(onBoard.lists),
    'trello.card': ofHome(onBoard.cards),
    'trello.label': ofHome(onBoard.labels),
    'trello.member': ofHome(onBoard.members),
    'trello.checklist': ofHome(onBoard.checklists),
    'trello.custom_field': ofHome(onBoard.customFields),
  },
  request: { method: 'POST', path: '/cards', json: { idList: '300000000000000000000001', name: 'Try it' } },
  deliveries: {
    body: ({ payload, deliveryId, hook }) => ({
      ...payload,
      model: { ...(payload.model as object), id: hook?.facts.idModel ?? home },
      action: {
        ...(payload.action as object),
        id: createHmac('sha1', 'action').update(deliveryId).digest('hex').slice(0, 24),
      },
    }),
    sign: ({ body, secret, url, hook }) => ({
      'X-Trello-Webhook': createHmac('sha1', secret)
        .update(body + (hook?.url ?? url))
        .digest('base64'),
    }),
    signatureHeader: 'x-trello-webhook',
    greeting: () => ({ method: 'HEAD', wants: { status: 200 } }),
  },
};
