import { randomUUID } from 'node:crypto';
import type { Ask, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: learn.microsoft.com (identity platform: authorization code flow; Graph: paging, Teams, change notifications). */

const HOUR_MS = 3_600_000;
const numbered = (count: number, prefix: string, name: string) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${String(i + 1).padStart(4, '0')}`,
    displayName: `${name} ${i + 1}`,
  }));
const teams = numbered(45, '1a2b3c4d-0000-4000-8000-00000000', 'Team');
const channels = numbered(24, '19:emulated', 'Channel').map(each => ({ ...each, id: `${each.id}@thread.tacv2` }));
const chats = numbered(60, '19:chat', 'Chat').map(({ id, displayName }) => ({
  id: `${id}@unq.gbl.spaces`,
  topic: displayName,
  chatType: 'group',
}));
const members = numbered(50, 'TWVtYmVy', 'Member').map(each => ({ ...each, roles: [] }));
const users = numbered(70, '5e6f7a8b-0000-4000-8000-00000000', 'Person').map(each => ({
  ...each,
  userPrincipalName: `${each.displayName.toLowerCase().replace(' ', '')}@acme.example`,
}));

const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
const byId = <T extends { readonly id: string }>(items: readonly T[], id: string | undefined) =>
  items.find(each => each.id === id);

/** A page with the next one’s address; lists that know no `$top` refuse it. */
const paged = (ask: Ask, items: readonly object[], most: number) => {
  if (Number(ask.query.get('$top') ?? 1) > most) return 'invalid' as const;
  const page = ask.page(items, { by: 'cursor', size: '$top', usual: 20, most, at: '$skiptoken' });
  const link = new URLSearchParams(ask.query);
  link.set('$skiptoken', page.next ?? '');
  const next = page.next === undefined ? {} : { '@odata.nextLink': `${ask.base}${ask.path}?${link}` };
  return { body: { value: page.items, ...next } };
};
const listed = (ask: Ask, items: readonly object[]) =>
  ask.query.has('$top') ? ('invalid' as const) : { body: { value: items } };

const shown = ({ id, url, expireTime, facts }: EmulatedHook) => ({
  id,
  notificationUrl: url,
  expirationDateTime: expireTime?.toISOString(),
  ...facts,
});

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '5e6f7a8b-0000-4000-8000-000000000001', label: 'ada@acme.example' },
    { name: 'hank', id: '5e6f7a8b-0000-4000-8000-000000000002', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/organizations/oauth2/v2.0/authorize',
    token: '/organizations/oauth2/v2.0/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['offline_access', 'User.Read', 'User.ReadBasic.All', 'Team.ReadBasic.All', 'Channel.ReadBasic.All'],
      ...['ChannelMessage.Send', 'ChannelMessage.Read.All', 'TeamMember.Read.All', 'TeamMember.ReadWrite.All'],
      ...['Chat.ReadWrite', 'Channel.Create', 'ChannelSettings.ReadWrite.All', 'Channel.Delete.All'],
      'OnlineMeetings.ReadWrite',
    ],
    refresh: 'REUSABLE',
    renews: true,
    refreshScope: 'offline_access',
    lifeSeconds: 3_900,
    authorizeParams: { response_mode: 'query' },
    tokens: { access: random => `eyJ0${random(200)}`, refresh: random => `1.AX0A${random(200)}` },
    // What was granted is told without offline_access.
    answer: ({ scope, ...standard }) => ({
      ...standard,
      scope: String(scope)
        .replace(/(^| )offline_access(?= |$)/, '')
        .trim(),
      ext_expires_in: 3_900,
    }),
    fail: (error, detail) => ({
      status: error === 'invalid_client' ? 401 : 400,
      body: { error, error_description: `AADSTS70000: ${detail}`, error_codes: [70_000], trace_id: randomUUID() },
    }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'InvalidAuthenticationToken', 'Access token is empty.'],
      forbidden: [403, 'Forbidden', 'Missing scope permissions on the request.'],
      not_found: [404, 'NotFound', 'Resource could not be found.'],
      invalid: [400, 'BadRequest', 'Invalid request.'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { error: { code, message, innerError: { 'request-id': randomUUID() } } } };
  },
  routes: {
    'GET /v1.0/me': ({ account }) => ({
      body: { id: account.id, displayName: 'Ada', mail: null, userPrincipalName: account.label },
    }),
    'GET /v1.0/me/joinedTeams': ask => listed(ask, teams),
    'GET /v1.0/teams/:team': ({ params }) => one(byId(teams, params.team)),
    'GET /v1.0/teams/:team/channels': ask => (byId(teams, ask.params.team) ? listed(ask, channels) : 'not_found'),
    'GET /v1.0/teams/:team/channels/:id': ({ params }) => one(byId(teams, params.team) && byId(channels, params.id)),
    'GET /v1.0/teams/:team/members': ask => (byId(teams, ask.params.team) ? paged(ask, members, 999) : 'not_found'),
    'GET /v1.0/teams/:team/members/:id': ({ params }) => one(byId(teams, params.team) && byId(members, params.id)),
    'GET /v1.0/me/chats': ask => paged(ask, chats, 50),
    'GET /v1.0/me/chats/:id': ({ params }) => one(byId(chats, params.id)),
    'GET /v1.0/users': ask => paged(ask, users, 999),
    'GET /v1.0/users/:id': ({ params }) => one(byId(users, params.id)),
    'POST /v1.0/teams/:team/channels/:id/messages': ({ body }) => ({
      status: 201,
      body: { id: '1777863721000', ...body },
    }),
    'POST /v1.0/subscriptions': async ask => {
      const {
        notificationUrl = '',
        expirationDateTime = '',
        clientState = '',
        resource,
        changeType,
      } = ask.body as Record<string, string>;
      const expireTime = new Date(expirationDateTime);
      const lifeMs = expireTime.getTime() - ask.now.getTime();
      if (!(lifeMs > 0 && lifeMs <= HOUR_MS) || clientState.length > 128 || !resource || !changeType) return 'invalid';
      const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
      const question = `${notificationUrl}?validationToken=${encodeURIComponent(token)}`;
      const heard = await ask.send(question, { headers: { 'content-type': 'text/plain' }, body: '' });
      const isThere = heard.status === 200 && heard.body === token;
      if (!isThere || heard.headers.get('content-type')?.startsWith('text/plain') !== true) return 'invalid';
      const id = randomUUID();
      const hook = { id, url: notificationUrl, secret: clientState, account: ask.account.name, expireTime };
      ask.hooks.add({ ...hook, facts: { resource, changeType } });
      return { status: 201, body: shown(ask.hooks.find(id)!) };
    },
    'GET /v1.0/subscriptions': ({ hooks }) => ({ body: { value: hooks.all().map(shown) } }),
    'GET /v1.0/subscriptions/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return one(hook && shown(hook));
    },
    'PATCH /v1.0/subscriptions/:id': ({ hooks, params, body, now }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      const expireTime = new Date(String(body.expirationDateTime));
      if (!(expireTime.getTime() - now.getTime() <= HOUR_MS)) return 'invalid';
      hooks.add({ ...hook, expireTime });
      return { body: shown({ ...hook, expireTime }) };
    },
    'DELETE /v1.0/subscriptions/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 204 } : 'not_found',
  },
  references: {
    'microsoft_teams.team': { values: teams.map(({ id }) => id) },
    'microsoft_teams.channel': { values: channels.map(({ id }) => id), dependsOn: { team: teams[0]!.id } },
    'microsoft_teams.chat': { values: chats.map(({ id }) => id) },
    'microsoft_teams.team_member': { values: members.map(({ id }) => id), dependsOn: { team: teams[0]!.id } },
    'microsoft_teams.user': { values: users.map(({ id }) => id) },
  },
  request: {
    method: 'POST',
    path: `/teams/${teams[0]!.id}/channels/${channels[0]!.id}/messages`,
    json: { body: { content: 'Try it' } },
  },
  deliveries: {
    body: ({ payload, hook, secret, deliveryId }) => {
      const state = { clientState: secret, subscriptionId: hook?.id ?? payload.subscriptionId };
      const { resourceData } = payload as { readonly resourceData?: object };
      const marked = { resourceData: { ...resourceData, '@odata.etag': `W/"${deliveryId}"` } };
      return { value: [{ ...payload, ...state, ...marked }] };
    },
    sign: () => ({}),
    signatureHeader: '',
    greeting: random => {
      const token = `Validation: ${random(40)}`;
      return { method: 'POST', query: { validationToken: token }, wants: { status: 200, body: token } };
    },
  },
};
