import { createPublicKey, createSign, generateKeyPairSync, verify } from 'node:crypto';
import type { Asked, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: developers.google.com (OAuth 2.0, service accounts, Gmail API) and cloud.google.com/pubsub/docs (push). */

const MODIFY = 'https://www.googleapis.com/auth/gmail.modify';
const WEEK_MS = 7 * 86_400_000;
const FIRST = 1_000;

const labels = [
  ...['INBOX', 'SENT', 'TRASH', 'UNREAD', 'STARRED'].map(id => ({ id, name: id, type: 'system' })),
  ...Array.from({ length: 45 }, (_, i) => ({ id: `Label_${i + 1}`, name: `Label ${i + 1}`, type: 'user' })),
];
const senders = ['ada@acme.example', 'sales@acme.example', 'support@acme.example'].map((sendAsEmail, i) => ({
  sendAsEmail,
  displayName: ['Ada', 'Sales', 'Support'][i],
  isDefault: i === 0,
}));
const pem = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};
const parse = (encoded: string) => JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, unknown>;
const refused = (error: string) => ({ status: 400, body: { error, error_description: 'Invalid JWT Signature.' } });

/** Token requests of service accounts, as RFC 7523 has them. */
function serviceToken(ask: Asked) {
  const { service_account_json: json = '{}', subject } = ask.form('SERVICE_ACCOUNT');
  const file = JSON.parse(json) as Record<string, string>;
  const [head = '', claims = '', signature = ''] = String(ask.body.assertion ?? '').split('.');
  if (ask.body.grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return refused('unsupported_grant_type');
  const key = createPublicKey(file.private_key ?? '');
  const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned || parse(claims).iss !== file.client_email) return refused('invalid_grant');
  const { scope, sub, aud, iat, exp } = parse(claims);
  if (scope !== MODIFY || sub !== subject) return refused('unauthorized_client');
  if (!String(aud).endsWith('/token') || Number(exp) - Number(iat) > 3600) return refused('invalid_grant');
  return { body: { access_token: ask.issue(emulator.accounts[0]!, 3599), expires_in: 3599, token_type: 'Bearer' } };
}

/** What happened in the mailbox since it is watched. */
const historyOf = (hook: EmulatedHook | undefined) => (hook?.facts.history ?? []) as Record<string, unknown>[];

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: 'ada@acme.example', label: 'ada@acme.example' },
    { name: 'hank', id: 'hank@globex.example', label: 'hank@globex.example' },
  ],
  app: () => ({
    push_topic: 'projects/acme/topics/gmail',
    push_audience: 'https://mobius.example/gmail',
    push_service_account: 'push@acme.iam.gserviceaccount.com',
    signing_key: pem(),
  }),
  oauth: {
    authorize: '/o/oauth2/v2/auth',
    token: '/token',
    revoke: '/revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [MODIFY],
    refresh: 'REUSABLE',
    lifeSeconds: 3599,
    authorizeParams: { access_type: 'offline', prompt: 'consent' },
    tokens: { access: random => `ya29.a0${random(80)}`, refresh: random => `1//0${random(60)}` },
  },
  forms: {
    SERVICE_ACCOUNT: () => ({
      service_account_json: JSON.stringify({
        type: 'service_account',
        client_email: 'mail@acme.iam.gserviceaccount.com',
        private_key: pem(),
        private_key_id: 'k1',
      }),
      subject: 'ada@acme.example',
    }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'UNAUTHENTICATED', 'authError'],
      forbidden: [403, 'PERMISSION_DENIED', 'insufficientPermissions'],
      not_found: [404, 'NOT_FOUND', 'notFound'],
      invalid: [400, 'INVALID_ARGUMENT', 'invalidArgument'],
    } as const;
    const [code, status, reason] = says[refusal];
    return { status: code, body: { error: { code, status, message: reason, errors: [{ domain: 'global', reason }] } } };
  },
  openRoutes: {
    'POST /token': serviceToken,
    'GET /oauth2/v3/certs': ({ app }) => {
      const jwk = createPublicKey(app.signing_key ?? '').export({ format: 'jwk' });
      return { body: { keys: [{ ...jwk, kid: 'sandbox', alg: 'RS256', use: 'sig' }] } };
    },
  },
  routes: {
    // The number lags behind what happens, as Gmail’s own does.
    'GET /gmail/v1/users/me/profile': ({ account }) => ({
      body: { emailAddress: account.id, messagesTotal: 12, threadsTotal: 9, historyId: String(FIRST) },
    }),
    'GET /gmail/v1/users/me/labels': () => ({ body: { labels } }),
    'GET /gmail/v1/users/me/labels/:id': ({ params }) => {
      const found = labels.find(({ id }) => id === params.id);
      return found === undefined ? 'not_found' : { body: found };
    },
    'GET /gmail/v1/users/me/settings/sendAs': () => ({ body: { sendAs: senders } }),
    'GET /gmail/v1/users/me/settings/sendAs/:address': ({ params }) => {
      const found = senders.find(({ sendAsEmail }) => sendAsEmail === params.address);
      return found === undefined ? 'not_found' : { body: found };
    },
    'POST /gmail/v1/users/me/watch': ({ body, app, hooks, account, now }) => {
      if (body.topicName !== app.push_topic) return 'invalid';
      const id = `watch ${account.name}`;
      const expireTime = new Date(now.getTime() + WEEK_MS);
      const facts = { history: historyOf(hooks.find(id)) };
      hooks.add({ id, url: '', secret: app.signing_key ?? '', account: account.name, expireTime, facts });
      return { body: { historyId: String(FIRST), expiration: String(expireTime.getTime()) } };
    },
    'POST /gmail/v1/users/me/stop': ({ hooks, account }) => {
      hooks.remove(`watch ${account.name}`);
      return { status: 204 };
    },
    'GET /gmail/v1/users/me/history': ask => {
      const all = historyOf(ask.hooks.find(`watch ${ask.account.name}`));
      const since = Number(ask.query.get('startHistoryId'));
      if (!(since >= FIRST)) return 'not_found';
      const after = all.filter(({ id }) => Number(id) > since);
      const page = ask.page(after, { by: 'cursor', size: 'maxResults', usual: 100, most: 500, at: 'pageToken' });
      const historyId = String(all.at(-1)?.id ?? FIRST);
      const more = page.next === undefined ? {} : { nextPageToken: page.next };
      return { body: { ...(page.items.length > 0 && { history: page.items }), historyId, ...more } };
    },
    'GET /gmail/v1/users/me/messages/:id': ({ params, hooks, account }) => {
      const all = historyOf(hooks.find(`watch ${account.name}`));
      const found = all.findLast(({ id, told }) => told !== undefined && `m${id}` === params.id)?.told;
      return found === undefined ? 'not_found' : { body: { ...(found as object), id: params.id, threadId: params.id } };
    },
    'POST /gmail/v1/users/me/messages/send': () => ({ body: { id: 'mSent', threadId: 'mSent', labelIds: ['SENT'] } }),
  },
  references: {
    'gmail.label': { values: labels.map(({ id }) => id) },
    'gmail.send_as': { values: senders.map(({ sendAsEmail }) => sendAsEmail) },
  },
  request: {
    method: 'POST',
    path: '/gmail/v1/users/me/messages/send',
    json: { raw: 'VG86IGFkYUBhY21lLmV4YW1wbGUNCg0KSGk' },
  },
  deliveries: {
    rings: true,
    // What happened goes into the history; the delivery says only that there is more of it.
    body: ({ hook, eventType, payload, account, deliveryId, time }) => {
      const history = historyOf(hook);
      const historyId = FIRST + history.length + 1;
      history.push({ id: String(historyId), ...happened(eventType, `m${historyId}`, payload) });
      const data = Buffer.from(JSON.stringify({ emailAddress: account.id, historyId })).toString('base64');
      const message = { data, messageId: deliveryId, publishTime: time.toISOString() };
      return { message, subscription: 'projects/acme/subscriptions/gmail' };
    },
    sign: ({ app, secret, time }) => {
      const seconds = Math.floor(time.getTime() / 1000);
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
      const claims = {
        iss: 'https://accounts.google.com',
        aud: app.push_audience,
        email: app.push_service_account,
        email_verified: true,
        iat: seconds,
        exp: seconds + 3600,
      };
      const signed = `${encode({ alg: 'RS256', kid: 'sandbox', typ: 'JWT' })}.${encode(claims)}`;
      const signature = createSign('sha256').update(signed).sign(secret, 'base64url');
      return { authorization: `Bearer ${signed}.${signature}` };
    },
    signatureHeader: 'authorization',
    signingField: 'signing_key',
    strange: pem,
  },
};

/** Gmail’s words for a change of a sample. */
function happened(eventType: string, id: string, payload: Readonly<Record<string, unknown>>): object {
  const message = { id, threadId: id, labelIds: eventType.endsWith('sent') ? ['SENT'] : ['INBOX'] };
  const { labelIds } = payload;
  if (eventType.endsWith('deleted')) return { messagesDeleted: [{ message }] };
  if (eventType.endsWith('labels_added')) return { labelsAdded: [{ message, labelIds }] };
  if (eventType.endsWith('labels_removed')) return { labelsRemoved: [{ message, labelIds }] };
  const headers = ['from', 'to', 'subject'].map(name => ({ name, value: payload[name] }));
  return { messagesAdded: [{ message }], told: { ...message, snippet: payload.snippet, payload: { headers } } };
}
