import { Secret } from '../../secret.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readId, readObject } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import type {
  Answer,
  Identity,
  InlineCredential,
  OAuthRedirect,
  OpenCredential,
  ProviderCall,
  ProviderFailure,
} from '../provider.ts';

/** The API's version of that quarter; each is kept for a year or so. Source: @mondaydotcomorg/api 14.0. */
const VERSION = '2026-01';

/** Tokens of both kinds go into the header as they are. */
const headers = (credential: OpenCredential) => ({
  authorization: secretOf(credential, 'access_token'),
  'api-version': new Secret(VERSION),
});

/**
 * The flow that all apps have: its tokens are good until the app is uninstalled. Expiring tokens with refresh and PKCE are a
 * choice of newer apps, at another address. Source: developer.monday.com/apps/docs/oauth.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth2/authorize`,
  tokenUrl: endpoints => `${endpoints.web}/oauth2/token`,
  scopes: {
    default: [
      'me:read',
      'account:read',
      'boards:read',
      'boards:write',
      'workspaces:read',
      'users:read',
      'teams:read',
      'tags:read',
      'updates:read',
      'updates:write',
      'webhooks:read',
      'webhooks:write',
    ],
    separator: ' ',
    optional: ['workspaces:write', 'notifications:write', 'docs:read', 'docs:write', 'assets:read'],
  },
  pkce: false,
  client: 'body',
  authorizeParams: { force_install_if_needed: 'true' },
  refresh: 'NONE',
  headers,
  identify,
};

/** Webhooks made with a personal token are not signed: there are none for it. */
export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('API token', 'From the profile menu, Developers, API token.', { min: 32, max: 2_048 }),
  }),
  headers,
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const data = await graphql(call, urlOf(call), 'query Identity { me { id account { id name slug } } }');
  const account = readObject(at(data.me, 'account'), 'me.account');
  const id = readId(account.id, 'account.id');
  const slug = optionalString(account.slug);
  const url = slug === undefined || !/^[a-z0-9-]{1,63}$/.test(slug) ? undefined : `https://${slug}.monday.com`;
  return {
    account: { id, label: optionalString(account.name) ?? id, ...(url !== undefined && { url }) },
    config: { user_id: readId(at(data.me, 'id'), 'me.id') },
  };
}

export const urlOf = (call: ProviderCall): string => `${call.endpoints.api}/v2`;

/** By code, in `errors[].extensions.code` or, of older ones, `error_code`. Source: developer.monday.com, error codes. */
const FAILURES: Readonly<Record<string, ProviderFailure['kind']>> = {
  notauthenticated: 'refused',
  userunauthorizedexception: 'forbidden',
  useraccessdenied: 'forbidden',
  missingrequiredpermissions: 'forbidden',
  resourcenotfoundexception: 'not_found',
  invalidboardidexception: 'not_found',
  complexityexception: 'throttled',
  complexitybudgetexhausted: 'throttled',
  ratelimitexceeded: 'throttled',
  dailylimitexceeded: 'throttled',
  maxconcurrencyexceeded: 'throttled',
  ipratelimitexceeded: 'throttled',
  internalservererror: 'unavailable',
  apitemporarilyblocked: 'unavailable',
};

/** monday says no with 200 as well. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  if ((status !== 200 && status !== 400) || !isObject(body)) return undefined;
  const { errors } = body;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const code = optionalString(at(first, 'extensions', 'code')) ?? optionalString(body.error_code);
  if (code === undefined && first === undefined) return undefined;
  const kind = FAILURES[(code ?? '').toLowerCase().replaceAll('_', '')];
  if (kind !== 'throttled') return { kind: kind ?? 'rejected' };
  const seconds = at(first, 'extensions', 'retry_in_seconds');
  const isTold = typeof seconds === 'number' && seconds >= 0 && seconds <= 3_600;
  return { kind, ...(isTold && { retryAfterMs: Math.ceil(seconds) * 1_000 }) };
}
