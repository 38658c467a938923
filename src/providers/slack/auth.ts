import { bearer } from '../kit/headers.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { readScopes } from '../kit/scopes.ts';
import type { Answer, InlineCredential, OAuthRedirect, ProviderCall, ProviderFailure } from '../provider.ts';

/**
 * Bot token by OAuth v2. Slack gives a refresh token only where the app has token rotation on; without it the token
 * does not expire. PKCE is off unless the app's `pkce` says so: Slack takes a challenge only from apps that opted in.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth/v2/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/oauth.v2.access`,
  scopes: {
    default: [
      'app_mentions:read',
      'channels:history',
      'channels:read',
      'chat:write',
      'groups:read',
      'reactions:write',
      'users:read',
    ],
    separator: ',',
    optional: [
      'channels:join',
      'channels:manage',
      'channels:write.invites',
      'commands',
      'emoji:read',
      'files:read',
      'files:write',
      'groups:history',
      'groups:write',
      'groups:write.invites',
      'im:history',
      'im:write',
      'mpim:write',
      'pins:write',
      'team:read',
      'usergroups:read',
      'users.profile:read',
      'users:read.email',
    ],
  },
  pkce: false,
  client: 'basic',
  readToken,
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
  revoke,
};

/** A bot token of an app the customer has installed already. */
export const botToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BOT_TOKEN',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['bot_token'],
    properties: {
      bot_token: {
        type: 'string',
        title: 'Bot token',
        description: 'Bot User OAuth Token of the installed app, from the app page under OAuth & Permissions.',
        minLength: 20,
        maxLength: 512,
        pattern: '^xox[be][-.][A-Za-z0-9.-]+$',
        writeOnly: true,
      },
    },
  },
  headers: bearer('bot_token'),
  identify,
  revoke,
};

async function identify(call: ProviderCall) {
  const answer = await call.fetch(`${call.endpoints.api}/auth.test`, { method: 'POST' });
  const body = readObject(answer.body, 'auth.test');
  const url = optionalString(body.url);
  return {
    account: {
      id: readString(body.team_id, 'team_id'),
      label: readString(body.team, 'team'),
      ...(url === undefined ? {} : { url }),
    },
    grantedScopes: readScopes(answer.headers.get('x-oauth-scopes') ?? undefined),
    config: present({
      bot_user_id: body.user_id,
      bot_id: body.bot_id,
      enterprise_id: body.enterprise_id,
      app_id: body.app_id,
    }),
  };
}

async function revoke(call: ProviderCall): Promise<void> {
  await call.fetch(`${call.endpoints.api}/auth.revoke`, { method: 'POST' });
}

/** Slack answers 200 with `ok`, scopes by commas and `bot` as the type; RFC 6749 wants none of the three. */
function readToken(answer: unknown): Json {
  const body = readObject(answer, 'token answer');
  if (body.ok !== true) return { error: TOKEN_ERRORS.get(optionalString(body.error) ?? '') ?? 'invalid_request' };
  return {
    access_token: readString(body.access_token, 'access_token'),
    token_type: 'bearer',
    ...present({
      scope: readScopes(body.scope)?.join(' '),
      expires_in: body.expires_in,
      refresh_token: body.refresh_token,
    }),
  };
}

/** Source: docs.slack.dev/reference/methods/oauth.v2.access, errors. */
const TOKEN_ERRORS: ReadonlyMap<string, string> = new Map([
  ['bad_client_secret', 'invalid_client'],
  ['invalid_client_id', 'invalid_client'],
  ['bad_redirect_uri', 'invalid_grant'],
  ['code_already_used', 'invalid_grant'],
  ['invalid_code', 'invalid_grant'],
  ['invalid_refresh_token', 'invalid_grant'],
  ['token_expired', 'invalid_grant'],
  ['token_revoked', 'invalid_grant'],
  ['account_inactive', 'invalid_grant'],
  ['cannot_install_an_org_installed_app', 'invalid_grant'],
  ['invalid_grant_type', 'unsupported_grant_type'],
  ['invalid_scope', 'invalid_scope'],
  ['no_scopes', 'invalid_scope'],
  ['ratelimited', 'temporarily_unavailable'],
  ['internal_error', 'temporarily_unavailable'],
  ['service_unavailable', 'temporarily_unavailable'],
]);

const REFUSED = ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'user_removed'];
const FORBIDDEN = [
  'access_denied',
  'ekm_access_denied',
  'no_permission',
  'not_allowed_token_type',
  'org_login_required',
  'restricted_action',
  'team_access_not_granted',
];
const UNAVAILABLE = ['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable', 'team_added_to_org'];

/** Slack says no with 200 and `ok: false`. Every other status is left to HTTP's meaning. */
export function failureOf(answer: Answer): ProviderFailure | undefined {
  if (answer.status !== 200 || !isObject(answer.body) || answer.body.ok === true) return undefined;
  if (answer.body.ok !== false) return { kind: 'invalid_answer' };
  const error = optionalString(answer.body.error) ?? '';
  if (REFUSED.includes(error)) return { kind: 'refused' };
  if (error === 'missing_scope') {
    const scopes = readScopes(answer.body.needed);
    return scopes === undefined ? { kind: 'forbidden' } : { kind: 'forbidden', scopes };
  }
  if (FORBIDDEN.includes(error)) return { kind: 'forbidden' };
  if (error === 'ratelimited' || error === 'rate_limited') return throttled(answer);
  if (UNAVAILABLE.includes(error)) return { kind: 'unavailable' };
  return error.endsWith('_not_found') || error === 'no_such_subteam' ? { kind: 'not_found' } : { kind: 'rejected' };
}

function throttled(answer: Answer): ProviderFailure {
  const seconds = answer.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds)
    ? { kind: 'throttled', retryAfterMs: Number(seconds) * 1000 }
    : { kind: 'throttled' };
}

function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
