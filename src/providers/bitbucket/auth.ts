import { configBasic } from '../kit/config_basic.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { readScopes } from '../kit/scopes.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/**
 * Scopes are those of the consumer, whatever is asked for: the answer tells. No PKCE, and no call ends a grant. Access tokens
 * live two hours. Source: developer.atlassian.com/cloud/bitbucket, OAuth 2.0 and scopes.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/site/oauth2/authorize`,
  tokenUrl: endpoints => `${endpoints.web}/site/oauth2/access_token`,
  scopes: {
    default: [
      'account',
      'repository',
      'repository:write',
      'pullrequest',
      'pullrequest:write',
      'issue',
      'issue:write',
      'webhook',
    ],
    separator: ' ',
    optional: ['project', 'pipeline', 'pipeline:write'],
  },
  pkce: false,
  client: 'basic',
  readToken,
  refresh: 'REUSABLE',
  headers: bearer('access_token'),
  identify,
};

/** E-mail and API token; app passwords are gone since June 2026. */
export const apiToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BASIC',
  schema: form(['email', 'api_token'], {
    email: { ...settingField('E-mail', 'Of the account that made the token.', { max: 254 }), format: 'email' },
    api_token: secretField('API token', 'API token with scopes, for the app Bitbucket.', { max: 1_024 }),
  }),
  headers: configBasic('email', 'api_token'),
  identify,
};

/** What each scope holds in it. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  'repository:write': ['repository'],
  pullrequest: ['repository'],
  'pullrequest:write': ['pullrequest', 'repository', 'repository:write'],
  'issue:write': ['issue'],
  'account:write': ['account'],
  'pipeline:write': ['pipeline'],
  'project:admin': ['project'],
};

/** Scopes stand under another name, and those that others hold are left out. */
function readToken(answer: unknown): Json {
  const body = readObject(answer, 'token answer');
  const told = readScopes(body.scopes ?? body.scope);
  if (told === undefined) return body;
  const all = told.flatMap(scope => [scope, ...(IMPLIED[scope] ?? [])]);
  return { ...body, scope: [...new Set(all)].join(' ') };
}

async function identify(call: ProviderCall): Promise<Identity> {
  const user = readObject((await call.fetch(`${call.endpoints.api}/user`)).body, 'user');
  const id = readString(user.uuid, 'uuid');
  const url = optionalString(at(user.links, 'html', 'href'));
  const label = optionalString(user.display_name) ?? optionalString(user.nickname) ?? id;
  return { account: { id, label, ...(url !== undefined && { url }) } };
}
