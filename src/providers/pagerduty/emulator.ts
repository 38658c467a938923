import { createHmac, randomBytes } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: PagerDuty/developer-docs (OAuth, pagination, errors, webhooks, signatures). */

type Made = { readonly id: string; readonly summary: string };

const made = (prefix: string, noun: string, count: number, name: string): readonly Made[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${String(i + 1).padStart(4, '0')}`,
    type: noun,
    summary: `${name} ${i + 1}`,
    name: `${name} ${i + 1}`,
    html_url: `https://acme.pagerduty.com/${noun}s/${prefix}${i + 1}`,
  }));

const lists: Readonly<Record<string, { readonly noun: string; readonly items: readonly Made[] }>> = {
  services: { noun: 'service', items: made('PSVC', 'service', 60, 'Service') },
  escalation_policies: { noun: 'escalation_policy', items: made('PESC', 'escalation_policy', 46, 'Policy') },
  users: { noun: 'user', items: made('PUSR', 'user', 45, 'Person') },
  schedules: { noun: 'schedule', items: made('PSCH', 'schedule', 47, 'Schedule') },
  teams: { noun: 'team', items: made('PTEM', 'team', 48, 'Team') },
};
const priorities = made('PPRI', 'priority', 5, 'P');

const listed = (ask: Ask, plural: string, items: readonly Made[]) => {
  const q = (ask.query.get('query') ?? '').toLowerCase();
  const found = items.filter(({ summary }) => summary.toLowerCase().includes(q));
  const page = ask.page(found, { by: 'offset', size: 'limit', usual: 25, at: 'offset' });
  const limit = Number(ask.query.get('limit') ?? 25);
  return { body: { [plural]: page.items, limit, offset: page.start, more: page.next !== undefined, total: null } };
};

const hostOf = (ask: Ask, user: Made) => ({
  ...user,
  html_url: `https://${ask.account.id}.pagerduty.com/users/${user.id}`,
});
const users = lists.users?.items ?? [];
const tokenOf = (random: (length: number) => string, kind: number) => `pdus+_${kind}XBPWQQ_${random(32)}`;

export const emulator: Emulator = {
  accounts: [
    { name: 'acme', id: 'acme', label: 'acme.pagerduty.com' },
    { name: 'globex', id: 'globex', label: 'globex.pagerduty.com' },
  ],
  oauth: {
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [
      ...['incidents', 'services', 'schedules', 'webhook_subscriptions'].flatMap(each => [
        `${each}.read`,
        `${each}.write`,
      ]),
      ...['change_events', 'escalation_policies', 'incident_workflows', 'oncalls', 'priorities', 'teams', 'users'].map(
        each => `${each}.read`,
      ),
      'incident_workflows:instances.write',
    ],
    refresh: 'ROTATING',
    lifeSeconds: 864_000,
    tokens: { access: random => tokenOf(random, 0), refresh: random => tokenOf(random, 1) },
    // The grant for an id token comes with each.
    answer: standard => ({
      ...standard,
      client_info: 'prefix_legacy_app',
      token_type: 'bearer',
      scope: `openid ${String(standard.scope ?? '')}`.trim(),
    }),
  },
  forms: {
    OAUTH2: () => ({ region: 'api' }),
    API_KEY: random => ({ region: 'api.eu', api_key: `u+${random(18)}`, webhook_secret: random(64) }),
  },
  credentialOf: ({ headers }) => (headers.get('authorization') ?? '').replace(/^(Bearer |Token token=)/, ''),
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 2006, 'Unauthorized'],
      forbidden: [403, 2010, 'Access Denied'],
      not_found: [404, 2100, 'Not Found'],
      invalid: [400, 2001, 'Invalid Input Provided'],
    } as const;
    const [status, code, message] = says[refusal];
    return { status, body: { error: { code, message, errors: [] } } };
  },
  routes: {
    'GET /users': ask =>
      listed(
        ask,
        'users',
        users.map(user => hostOf(ask, user)),
      ),
    'GET /priorities': ask => listed(ask, 'priorities', priorities),
    ...Object.fromEntries(
      Object.entries(lists).flatMap(([plural, { noun, items }]) => [
        [`GET /${plural}`, (ask: Ask) => listed(ask, plural, items)],
        [
          `GET /${plural}/:id`,
          ({ params }: Ask) => {
            const found = items.find(({ id }) => id === params.id);
            return found === undefined ? ('not_found' as const) : { body: { [noun]: found } };
          },
        ],
      ]),
    ),
    'POST /incidents': ({ body }) => ({
      status: 201,
      body: { incident: { id: 'PGR0VU2', ...(body.incident as object) } },
    }),
    'POST /webhook_subscriptions': ({ body, hooks, account }) => {
      const wish = body.webhook_subscription as Readonly<Record<string, unknown>>;
      const method = wish.delivery_method as Readonly<Record<string, unknown>> | undefined;
      const isRight = wish.type === 'webhook_subscription' && method?.type === 'http_delivery_method';
      if (!isRight || !Array.isArray(wish.events)) return 'invalid';
      const id = `P${randomBytes(6).toString('hex').toUpperCase()}`;
      const secret = randomBytes(32).toString('base64');
      const facts = { ...wish, id, active: true, delivery_method: { ...method, temporarily_disabled: false } };
      hooks.add({ id, url: String(method.url), secret, account: account.name, facts });
      const told = { ...facts, delivery_method: { ...facts.delivery_method, secret } };
      return { status: 201, body: { webhook_subscription: told } };
    },
    'GET /webhook_subscriptions/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: { webhook_subscription: hook.facts } };
    },
    'DELETE /webhook_subscriptions/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 204 } : 'not_found',
  },
  references: {
    ...Object.fromEntries(
      Object.values(lists).map(({ noun, items }) => [
        `pagerduty.${noun}`,
        {
          values: items.map(({ id }) => id),
          found: { q: ` ${items.length}`, values: [items.at(-1)?.id ?? ''] },
        },
      ]),
    ),
    'pagerduty.priority': { values: priorities.map(({ id }) => id) },
  },
  request: {
    method: 'POST',
    path: '/incidents',
    json: { incident: { type: 'incident', title: 'Try it', service: { id: 'PSVC0001', type: 'service_reference' } } },
  },
  deliveries: {
    body: ({ payload, deliveryId, time }) => ({
      event: { ...(payload.event as object), id: deliveryId, occurred_at: time.toISOString() },
    }),
    sign: ({ body, secret, deliveryId }) => {
      const v1 = createHmac('sha256', secret).update(body).digest('hex');
      const old = createHmac('sha256', 'the secret before').update(body).digest('hex');
      return { 'X-PagerDuty-Signature': `v1=${old},v1=${v1}`, 'X-Webhook-Id': deliveryId };
    },
    signatureHeader: 'x-pagerduty-signature',
  },
};
