import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { Ask, Asked, EmulatedHook, Emulator } from '../emulator.ts';

/** Source: developers.google.com (OAuth 2.0, service accounts, Drive API: search, changes, push notifications). */

const DRIVE = 'https://www.googleapis.com/auth/drive';
const FOLDER = 'application/vnd.google-apps.folder';
const WEEK_MS = 7 * 86_400_000;
/** Changes of the last moments count for who begins to read. */
const LAG_MS = 5_000;

const made = (count: number, prefix: string, name: string, mimeType: string) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${String(i + 1).padStart(4, '0')}`,
    name: `${name} ${String(i + 1).padStart(4, '0')}`,
    mimeType,
    trashed: false,
    modifiedTime: '2026-01-05T10:00:00.000Z',
  }));
const files = made(130, '1EmulatedFile', 'File', 'text/plain');
const folders = made(50, '1EmulatedFolder', 'Folder', FOLDER);
const drives = Array.from({ length: 45 }, (_, i) => ({ id: `0EmulatedDrive${i + 1}`, name: `Drive ${i + 1}` }));

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
  if (scope !== DRIVE || sub !== subject) return refused('unauthorized_client');
  if (!String(aud).endsWith('/token') || Number(exp) - Number(iat) > 3600) return refused('invalid_grant');
  return { body: { access_token: ask.issue(emulator.accounts[0]!, 3599), expires_in: 3599, token_type: 'Bearer' } };
}

type Change = { readonly time: string; readonly [name: string]: unknown };

const changesOf = ({ facts }: EmulatedHook) => facts.changes as Change[];

/** Of one of the lists: what Drive’s `q` lets through. */
const listed = (ask: Ask) => {
  const q = ask.query.get('q') ?? '';
  const all = q.includes(`mimeType = '${FOLDER}'`) ? folders : files;
  const words = /name contains '((?:[^'\\]|\\.)*)'/.exec(q)?.[1]?.toLowerCase();
  const found = words === undefined ? all : all.filter(({ name }) => name.toLowerCase().includes(words));
  const page = ask.page(found, { by: 'cursor', size: 'pageSize', usual: 100, most: 1_000, at: 'pageToken' });
  return { body: { files: page.items, ...(page.next !== undefined && { nextPageToken: page.next }) } };
};
const one = <T>(found: T | undefined) => (found === undefined ? ('not_found' as const) : { body: found });

export const emulator: Emulator = {
  accounts: [
    { name: 'ada', id: '01000000000000000001', label: 'ada@acme.example' },
    { name: 'hank', id: '01000000000000000002', label: 'hank@globex.example' },
  ],
  oauth: {
    authorize: '/o/oauth2/v2/auth',
    token: '/token',
    revoke: '/revoke',
    client: 'body',
    pkce: 'OPTIONAL',
    scopes: [DRIVE],
    refresh: 'REUSABLE',
    lifeSeconds: 3599,
    authorizeParams: { access_type: 'offline', prompt: 'consent' },
    tokens: { access: random => `ya29.a0${random(80)}`, refresh: random => `1//0${random(60)}` },
  },
  forms: {
    SERVICE_ACCOUNT: () => ({
      service_account_json: JSON.stringify({
        type: 'service_account',
        client_email: 'files@acme.iam.gserviceaccount.com',
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
      not_found: [404, 'notFound', 'File not found.'],
      invalid: [400, 'invalid', 'Invalid Value'],
    } as const;
    const [code, reason, message] = says[refusal];
    return { status: code, body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } } };
  },
  openRoutes: { 'POST /token': serviceToken },
  routes: {
    'GET /drive/v3/about': ({ account, query }) =>
      query.get('fields') === null
        ? 'invalid'
        : { body: { user: { displayName: 'Ada', permissionId: account.id, emailAddress: account.label } } },
    'GET /drive/v3/files': listed,
    'GET /drive/v3/files/:id': ({ params }) => one([...files, ...folders].find(({ id }) => id === params.id)),
    'POST /drive/v3/files': ({ body }) => ({ body: { id: '1EmulatedNew', ...body } }),
    'GET /drive/v3/drives': ask => {
      const page = ask.page(drives, { by: 'cursor', size: 'pageSize', usual: 10, at: 'pageToken' });
      return { body: { drives: page.items, ...(page.next !== undefined && { nextPageToken: page.next }) } };
    },
    'GET /drive/v3/drives/:id': ({ params }) => one(drives.find(({ id }) => id === params.id)),
    'GET /drive/v3/changes/startPageToken': ({ now }) => ({
      body: { startPageToken: String(now.getTime() - LAG_MS) },
    }),
    'GET /drive/v3/changes': ({ hooks, query, account }) => {
      const since = Number(query.get('pageToken'));
      if (!(since > 0)) return 'invalid';
      const all = hooks.all().filter(hook => hook.account === account.name);
      const changes = all.flatMap(changesOf).filter(({ time }) => Date.parse(time) > since);
      const last = Math.max(since, ...changes.map(({ time }) => Date.parse(time)));
      return { body: { changes, newStartPageToken: String(last) } };
    },
    'POST /drive/v3/changes/watch': ({ body, hooks, account, now }) => {
      const { id, type, address, token, expiration } = body as Record<string, string>;
      const expireTime = new Date(Math.min(Number(expiration), now.getTime() + WEEK_MS));
      if (type !== 'web_hook' || id === undefined || id.length > 64 || String(token).length > 256) return 'invalid';
      if (hooks.find(id) !== undefined) return 'invalid';
      const facts = { changes: [] };
      hooks.add({ id, url: String(address), secret: String(token), account: account.name, expireTime, facts });
      return { body: { kind: 'api#channel', id, resourceId: `r${id}`, expiration: String(expireTime.getTime()) } };
    },
    'POST /drive/v3/channels/stop': ({ body, hooks }) =>
      body.resourceId === `r${body.id}` && hooks.remove(String(body.id)) ? { status: 204 } : 'not_found',
  },
  references: {
    'google_drive.file': {
      values: files.map(({ id }) => id),
      found: { q: 'file 0130', values: ['1EmulatedFile0130'] },
    },
    'google_drive.folder': {
      values: folders.map(({ id }) => id),
      found: { q: 'folder 0050', values: ['1EmulatedFolder0050'] },
    },
    'google_drive.shared_drive': { values: drives.map(({ id }) => id) },
  },
  request: { method: 'POST', path: '/files', json: { name: 'Try it', mimeType: 'text/plain' } },
  deliveries: {
    rings: true,
    // What happened goes among the changes; the message says only that there are some.
    body: ({ hook, payload, time }) => {
      if (hook !== undefined) {
        const last = Math.max(0, ...changesOf(hook).map(each => Date.parse(each.time)));
        const at = new Date(Math.max(time.getTime(), last + 1)).toISOString();
        const { file } = payload as { readonly file?: { readonly createdTime: string } };
        const isNew = file !== undefined && file.createdTime === payload.time;
        const isDrive = payload.driveId !== undefined && payload.fileId === undefined;
        changesOf(hook).push({
          ...payload,
          changeType: isDrive ? 'drive' : 'file',
          time: at,
          ...(isNew && { file: { ...file, createdTime: new Date(Date.parse(at) + LAG_MS).toISOString() } }),
        });
      }
      return '';
    },
    sign: ({ hook, secret, deliveryId }) => ({
      'X-Goog-Channel-ID': hook?.id ?? 'channel',
      'X-Goog-Channel-Token': secret,
      'X-Goog-Resource-ID': 'resource',
      'X-Goog-Resource-State': 'change',
      'X-Goog-Message-Number': deliveryId,
    }),
    signatureHeader: 'x-goog-channel-token',
  },
};
