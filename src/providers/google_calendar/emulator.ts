import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { Ask, Asked, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: developers.google.com (OAuth 2.0, service accounts, Calendar API: events, synchronizing, push notifications). */

const SCOPES = ['calendar.events', 'calendar.readonly', 'calendar'].map(
  name => `https://www.googleapis.com/auth/${name}`,
);
/** Changes of the last moments count for who begins to read. */
const LAG_MS = 5_000;

const HOME = 'ada@acme.example';
const calendars = [
  { id: HOME, summary: 'Ada', accessRole: 'owner', primary: true },
  { id: 'team@group.calendar.google.com', summary: 'Team', accessRole: 'writer' },
  ...Array.from({ length: 48 }, (_, i) => ({
    id: `other${i + 1}@group.calendar.google.com`,
    summary: `Other ${i + 1}`,
    accessRole: 'reader',
  })),
];
const events = Array.from({ length: 60 }, (_, i) => ({
  id: `emulatedevent${String(i + 1).padStart(3, '0')}`,
  status: 'confirmed',
  summary: `Event ${String(i + 1).padStart(3, '0')}`,
}));

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
  const { iss, scope, sub, aud, iat, exp } = parse(claims);
  if (!isSigned || iss !== file.client_email) return refused('invalid_grant');
  if (scope !== SCOPES.slice(0, 2).join(' ') || sub !== subject) return refused('unauthorized_client');
  if (!String(aud).endsWith('/token') || Number(exp) - Number(iat) > 3600) return refused('invalid_grant');
  return { body: { access_token: ask.issue(emulator.accounts[0]!, 3599), expires_in: 3599, token_type: 'Bearer' } };
}

type Change = { readonly updated: string; readonly [name: string]: unknown };

const changesOf = ({ facts }: EmulatedHook) => facts.changes as Change[];
const known = (account: string) => calendars.map(each => (each.id === HOME ? { ...each, id: account } : each));
const paged = (ask: Ask, items: readonly object[], last: Readonly<Record<string, string>> = {}) => {
  const page = ask.page(items, { by: 'cursor', size: 'maxResults', usual: 100, most: 2_500, at: 'pageToken' });
  return { body: { items: page.items, ...(page.next === undefined ? last : { nextPageToken: page.next }) } };
};
const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });
const found = ({ account, params }: Ask) =>
  known(account.id).find(({ id }) => id === params.calendar || (params.calendar === 'primary' && id === account.id));

/** All events, or those that changed since the token was given. */
function listed(ask: Ask) {
  const calendar = found(ask);
  if (calendar === undefined) return 'not_found';
  const token = ask.query.get('syncToken');
  if (token === null) {
    const q = ask.query.get('q')?.toLowerCase() ?? '';
    const all = calendar.id === ask.account.id ? events : [];
    const words = all.filter(({ summary }) => summary.toLowerCase().includes(q));
    return paged(ask, words, { nextSyncToken: String(ask.now.getTime() - LAG_MS) });
  }
  if (['q', 'timeMin', 'timeMax', 'orderBy'].some(name => ask.query.has(name))) return 'invalid';
  const since = Number(token);
  if (!(since > 0)) return { status: 410, body: { error: { code: 410, errors: [{ reason: 'fullSyncRequired' }] } } };
  const hooks = ask.hooks
    .all()
    .filter(hook => hook.account === ask.account.name && hook.facts.calendar === calendar.id);
  const changes = hooks.flatMap(changesOf).filter(({ updated }) => Date.parse(updated) > since);
  const last = Math.max(since, ...changes.map(({ updated }) => Date.parse(updated)));
  return paged(ask, changes, { nextSyncToken: String(last) });
}

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: HOME, label: HOME },
    { name: 'hank', id: 'hank@globex.example', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/o/oauth2/v2/auth',
    token: '/token',
    revoke: '/revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: SCOPES,
    refresh: 'REUSABLE',
    lifeSeconds: 3599,
    authorizeParams: { access_type: 'offline', prompt: 'consent' },
    tokens: { access: random => `ya29.a0${random(80)}`, refresh: random => `1//0${random(60)}` },
  },
  forms: {
    SERVICE_ACCOUNT: () => ({
      service_account_json: JSON.stringify({
        type: 'service_account',
        client_email: 'calendar@acme.iam.gserviceaccount.com',
        private_key: generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      }),
      subject: 'ada@acme.example',
    }),
  },
  refuse: refusal => {
    const says = {
      unauthenticated: [401, 'authError', 'Invalid Credentials'],
      forbidden: [403, 'insufficientPermissions', 'Insufficient Permission'],
      not_found: [404, 'notFound', 'Not Found'],
      invalid: [400, 'invalid', 'Invalid Value'],
    } as const;
    const [code, reason, message] = says[refusal];
    return { status: code, body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } } };
  },
  openRoutes: { 'POST /token': serviceToken },
  routes: {
    'GET /calendar/v3/users/me/calendarList': ask => {
      const writable = ask.query.get('minAccessRole') === 'writer';
      return paged(
        ask,
        known(ask.account.id).filter(({ accessRole }) => !writable || accessRole !== 'reader'),
      );
    },
    'GET /calendar/v3/users/me/calendarList/:calendar': ask => one(found(ask)),
    'GET /calendar/v3/calendars/:calendar': ask => one(found(ask)),
    'GET /calendar/v3/calendars/:calendar/events': listed,
    'GET /calendar/v3/calendars/:calendar/events/:id': ask =>
      found(ask) === undefined ? 'not_found' : one(events.find(({ id }) => id === ask.params.id)),
    'POST /calendar/v3/calendars/:calendar/events': ask =>
      found(ask) === undefined ? 'not_found' : { body: { id: 'emulatednew', status: 'confirmed', ...ask.body } },
    'POST /calendar/v3/calendars/:calendar/events/watch': ask => {
      const { id = '', type, address, token, params } = ask.body as Record<string, string> & { params?: unknown };
      const calendar = found(ask);
      if (calendar === undefined) return 'not_found';
      if (type !== 'web_hook' || id === '' || id.length > 64 || String(token).length > 256) return 'invalid';
      if (calendar.accessRole === 'reader' || ask.hooks.find(id) !== undefined) return 'invalid';
      const seconds = Number((params as unknown as { readonly ttl?: string } | undefined)?.ttl ?? 604_800);
      const expireTime = new Date(ask.now.getTime() + seconds * 1_000);
      const facts = { calendar: calendar.id, changes: [] };
      const hook = { id, url: String(address), secret: String(token), account: ask.account.name, expireTime, facts };
      ask.hooks.add(hook);
      return { body: { kind: 'api#channel', id, resourceId: `r${id}`, expiration: String(expireTime.getTime()) } };
    },
    'POST /calendar/v3/channels/stop': ({ body, hooks }) =>
      body.resourceId === `r${body.id}` && hooks.remove(String(body.id)) ? { status: 204 } : 'not_found',
  },
  references: {
    'google_calendar.calendar': { values: calendars.map(({ id }) => id) },
    'google_calendar.event': {
      values: events.map(({ id }) => id),
      dependsOn: { calendar: HOME },
      found: { q: 'event 060', values: ['emulatedevent060'] },
    },
  },
  request: {
    method: 'POST',
    path: '/calendars/primary/events',
    json: { summary: 'Try it', start: { date: '2026-05-05' }, end: { date: '2026-05-06' } },
  },
  deliveries: {
    rings: true,
    // What happened goes among the calendar’s changes; the message says only that there are some.
    body: ({ hook, eventType, payload, time }) => {
      if (hook !== undefined) {
        const last = Math.max(0, ...changesOf(hook).map(each => Date.parse(each.updated)));
        const at = Math.max(time.getTime(), last + 1);
        const { calendarId: _, ...event } = payload;
        const isNew = eventType.endsWith('created');
        const created = isNew ? new Date(at + LAG_MS).toISOString() : payload.created;
        changesOf(hook).push({ ...event, created, updated: new Date(at).toISOString() });
      }
      return '';
    },
    sign: ({ hook, secret, deliveryId }) => ({
      'X-Goog-Channel-ID': hook?.id ?? 'channel',
      'X-Goog-Channel-Token': secret,
      'X-Goog-Resource-ID': 'resource',
      'X-Goog-Resource-State': 'exists',
      'X-Goog-Message-Number': deliveryId,
    }),
    signatureHeader: 'x-goog-channel-token',
  },
};
