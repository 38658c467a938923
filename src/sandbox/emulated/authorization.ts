import type { EmulatedAnswer, EmulatedOAuth, Emulator } from '../../providers/emulator.ts';
import type { EmulatedContext } from '../context.ts';
import { readParams } from '../http.ts';
import { authorize, clientOf, exchange, type OAuthFailure, type OAuthRules, plainAnswer } from '../oauth.ts';
import { opaque } from '../secrets.ts';
import { register, registeredClient } from './registration.ts';
import type { EmulatedSecrets } from './secrets.ts';

const errors: Record<OAuthFailure, string> = {
  invalid_client: 'invalid_client',
  invalid_code: 'invalid_grant',
  invalid_refresh_token: 'invalid_grant',
  redirect_uri_mismatch: 'invalid_grant',
  invalid_request: 'invalid_request',
  unsupported_grant_type: 'unsupported_grant_type',
};

/** The vendor's authorization server: answers its own paths and nothing else. */
export function authorizationOf(
  provider: string,
  emulator: Emulator,
  secrets: EmulatedSecrets,
  context: EmulatedContext,
): (request: Request) => Promise<Response | undefined> {
  const { oauth, accounts } = emulator;
  if (oauth === undefined) return async () => undefined;
  const rules = rulesOf(provider, oauth, accounts, secrets, context);
  const revoke = async (request: Request): Promise<Response> => {
    const params = await readParams(request);
    if (clientOf({ ...rules, clientAuth: undefined }, request, params) === undefined && !isHolder(request)) {
      return rules.fail('invalid_client', 'client authentication failed');
    }
    const live = context.book.live(provider, ['access', 'refresh'], params.get('token') ?? '');
    if (live !== undefined) context.book.revokeGrant(live);
    return Response.json({});
  };
  const base = context.base(provider);
  const isHolder = (request: Request): boolean => {
    const value = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    return context.book.live(provider, ['access'], value) !== undefined;
  };
  return async request => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === 'GET' && pathname === oauth.authorize) return authorize(rules, context, searchParams);
    if (request.method !== 'POST') return undefined;
    if (pathname === oauth.register) return register(provider, oauth, context.book, request);
    if (pathname === oauth.token && (await isGrantOurs(request))) {
      const missing = await missingOf(oauth, request, base);
      return missing === undefined
        ? exchange(rules, context, request)
        : rules.fail('invalid_request', `${missing} is missing`);
    }
    return pathname === oauth.revoke ? revoke(request) : undefined;
  };
}

/** Other grants at the same path are the emulator's own routes. */
async function isGrantOurs(request: Request): Promise<boolean> {
  const grant = (await readParams(request)).get('grant_type');
  return grant === null || grant === 'authorization_code' || grant === 'refresh_token';
}

/** What the vendor wants with a code and did not get. */
async function missingOf(oauth: EmulatedOAuth, request: Request, base: string): Promise<string | undefined> {
  const { tokenParams = {}, refreshParams = {}, resource } = oauth;
  const params = await readParams(request);
  if (resource !== undefined && params.get('resource') !== resource(base)) return 'resource';
  const wanted = params.get('grant_type') === 'refresh_token' ? refreshParams : tokenParams;
  return Object.entries(wanted).find(([name, value]) => params.get(name) !== value)?.[0];
}

function rulesOf(
  provider: string,
  oauth: EmulatedOAuth,
  accounts: Emulator['accounts'],
  { app }: EmulatedSecrets,
  context: EmulatedContext,
): OAuthRules {
  const rules: OAuthRules = {
    provider,
    client: { id: app.client_id ?? '', secret: app.client_secret ?? '' },
    accounts: accounts.map(({ name }) => name),
    scopeSeparator: oauth.separator ?? ' ',
    lifeSeconds: () => oauth.lifeSeconds,
    refresh: oauth.refresh === 'ROTATING' ? 'rotating' : oauth.refresh === 'REUSABLE' ? 'reusable' : 'none',
    clientAuth: oauth.client,
    keyOnly: oauth.keyOnly,
    ...(oauth.register !== undefined && { clientOf: id => registeredClient(provider, context.book, id) }),
    reuseGraceMs: oauth.reuseGraceMs,
    renews: oauth.renews,
    endsAccess: oauth.endsAccess,
    newAccessToken: () => oauth.tokens?.access?.(opaque) ?? opaque(48),
    newRefreshToken: () => oauth.tokens?.refresh?.(opaque) ?? opaque(48),
    checkAuthorize: query => {
      const missing = Object.entries(oauth.authorizeParams ?? {}).find(([name, value]) => query.get(name) !== value);
      if (missing !== undefined) return `${missing[0]} must be ${missing[1]}`;
      const resource = oauth.resource?.(context.base(provider));
      if (resource !== undefined && query.get('resource') !== resource) return `resource must be ${resource}`;
      const asked = (query.get('scope') ?? '').split(/[\s,]+/).filter(scope => scope !== '');
      const unknown = asked.find(scope => !oauth.scopes.includes(scope));
      if (unknown !== undefined) return `there is no scope ${unknown}`;
      return oauth.pkce === 'REQUIRED' && !query.has('code_challenge') ? 'code_challenge is missing' : null;
    },
    wantsRefresh: (_, granted) =>
      oauth.refresh !== 'NONE' && (oauth.refreshScope === undefined || granted.includes(oauth.refreshScope)),
    answer: (access, refreshed) => {
      const standard = plainAnswer(rules, context.now, access, refreshed);
      const account = accounts.find(({ name }) => name === access.account) ?? accounts[0]!;
      return (oauth.answer?.(standard, account, context.base(provider)) ?? standard) as Record<string, unknown>;
    },
    fail: (failure, detail) => {
      const error = errors[failure];
      const standard = { status: error === 'invalid_client' ? 401 : 400, body: { error, error_description: detail } };
      return responseOf(oauth.fail?.(error, detail) ?? standard);
    },
  };
  return rules;
}

export function responseOf({ status = 200, headers = {}, body }: EmulatedAnswer): Response {
  if (body === undefined) return new Response(null, { status, headers });
  if (typeof body === 'string')
    return new Response(body, { status, headers: { 'content-type': 'text/plain', ...headers } });
  return Response.json(body, { status, headers });
}
