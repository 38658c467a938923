import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Ask, Emulator } from '../emulator.ts';

/** Source: twilio.com/docs/sendgrid (API keys, pagination, event webhook security) and @sendgrid/eventwebhook 8.0. */

const pairOf = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pemOf = ({ privateKey }: ReturnType<typeof pairOf>) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
/** As SendGrid shows it: the base64 of the key, without the lines around it. */
const shownOf = ({ publicKey }: ReturnType<typeof pairOf>) =>
  publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const pair = pairOf();

type Made = { readonly id: string | number };

const uuid = (n: number): string => `c0ffee00-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const made = <T extends Made>(count: number, more: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => more(i + 1));

const templates = made(45, n => ({
  id: `d-${n.toString(16).padStart(32, '0')}`,
  name: `Template ${n}`,
  generation: 'dynamic',
}));
const contactLists = made(46, n => ({ id: uuid(n), name: `List ${n}`, contact_count: n }));
const senders = made(44, n => ({
  id: 1_000 + n,
  nickname: `Sender ${n}`,
  from_email: `sender${n}@acme.example`,
  verified: true,
}));
const groups = made(24, n => ({
  id: 200 + n,
  name: `Group ${n}`,
  description: `Kind ${n} of e-mail`,
  unsubscribes: 0,
}));
const segments = made(22, n => ({ id: uuid(4_096 + n), name: `Segment ${n}` }));

const tokened = (ask: Ask, items: readonly Made[]) => {
  const page = ask.page(items, { by: 'cursor', size: 'page_size', usual: 100, most: 200, at: 'page_token' });
  const self = `https://api.sendgrid.com${ask.path}?page_size=100`;
  const next = page.next === undefined ? {} : { next: `${self}&page_token=${page.next}` };
  return { body: { result: page.items, _metadata: { self, ...next, count: page.total } } };
};
const one = (items: readonly Made[]) => (ask: Ask) => {
  const found = items.find(({ id }) => String(id) === ask.params.id);
  return found === undefined ? ('not_found' as const) : { body: found };
};
const ids = (items: readonly Made[]) => items.map(({ id }) => String(id));

export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: '4711', label: 'acme' }],
  app: () => ({ public_key: shownOf(pair), signing_key: pemOf(pair) }),
  forms: {
    // Who brings a verification key made the webhook too.
    API_KEY: random => ({ region: 'api', api_key: `SG.${random(22)}.${random(43)}` }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'The provided authorization grant is invalid, expired, or revoked'],
      forbidden: [403, 'access forbidden'],
      not_found: [404, 'resource not found'],
      invalid: [400, 'invalid page_token'],
    } as const;
    const [status, message] = says[refusal];
    return { status, body: { errors: [{ message, field: null, help: null }] } };
  },
  routes: {
    'GET /v3/scopes': () => ({ body: { scopes: ['mail.send', 'user.username.read', 'templates.read'] } }),
    'GET /v3/user/username': ({ account }) => ({ body: { user_id: Number(account.id), username: account.label } }),
    'GET /v3/templates': ask => (ask.query.has('page_size') ? tokened(ask, templates) : 'invalid'),
    'GET /v3/templates/:id': one(templates),
    'GET /v3/marketing/lists': ask => tokened(ask, contactLists),
    'GET /v3/marketing/lists/:id': one(contactLists),
    'GET /v3/verified_senders': ask => {
      const last = ask.query.get('lastSeenID');
      const start = last === null ? 0 : senders.findIndex(({ id }) => String(id) === last) + 1;
      const limit = Number(ask.query.get('limit') ?? 50);
      return { body: { results: senders.slice(start, start + limit) } };
    },
    'GET /v3/asm/groups': () => ({ body: groups }),
    'GET /v3/asm/groups/:id': one(groups),
    'GET /v3/marketing/segments/2.0': () => ({ body: { segments } }),
    'GET /v3/marketing/segments/2.0/:id': one(segments),
    'POST /v3/mail/send': ({ body }) =>
      Array.isArray(body.personalizations) && typeof body.from === 'object' ? { status: 202 } : 'invalid',
    'POST /v3/user/webhooks/event/settings': ({ body, hooks, account }) => {
      const id = randomUUID();
      const keys = pairOf();
      const facts = { ...body, id, public_key: shownOf(keys) };
      hooks.add({ id, url: String(body.url), secret: pemOf(keys), account: account.name, facts });
      return { status: 201, body: { ...body, id } };
    },
    'PATCH /v3/user/webhooks/event/settings/signed/:id': ({ body, hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      if (hook === undefined) return 'not_found';
      return { body: { id: hook.id, public_key: body.enabled === true ? hook.facts.public_key : '' } };
    },
    'GET /v3/user/webhooks/event/settings/:id': ({ hooks, params }) => {
      const hook = hooks.find(params.id ?? '');
      return hook === undefined ? 'not_found' : { body: hook.facts };
    },
    'DELETE /v3/user/webhooks/event/settings/:id': ({ hooks, params }) =>
      hooks.remove(params.id ?? '') ? { status: 204 } : 'not_found',
  },
  references: {
    'sendgrid.template': { values: ids(templates), absent: `d-${'f'.repeat(32)}` },
    'sendgrid.list': { values: ids(contactLists), absent: uuid(99_999) },
    'sendgrid.sender': { values: ids(senders) },
    'sendgrid.unsubscribe_group': { values: ids(groups) },
    'sendgrid.segment': { values: ids(segments), absent: uuid(99_999) },
  },
  request: {
    method: 'POST',
    path: '/mail/send',
    json: {
      personalizations: [{ to: [{ email: 'ada@acme.example' }] }],
      from: { email: 'sender1@acme.example' },
      subject: 'Try it',
      content: [{ type: 'text/plain', value: 'Try it' }],
    },
  },
  deliveries: {
    body: ({ payload, deliveryId }) => [{ ...payload, sg_event_id: deliveryId }],
    sign: ({ body, secret, time }) => {
      const timestamp = String(Math.floor(time.getTime() / 1000));
      const signature = createSign('sha256').update(timestamp).update(body).sign(secret, 'base64');
      return {
        'X-Twilio-Email-Event-Webhook-Signature': signature,
        'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      };
    },
    signatureHeader: 'x-twilio-email-event-webhook-signature',
    signingField: 'signing_key',
    strange: () => pemOf(pairOf()),
  },
};
