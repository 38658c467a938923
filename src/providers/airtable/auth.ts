import { form, secretField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import { readScopes } from '../kit/scopes.ts';
import type { Answer, Identity, InlineCredential, OAuthRedirect, ProviderCall, ProviderFailure } from '../provider.ts';

/** Access tokens live an hour. Each refresh ends both tokens before; a refresh token unused for 60 days ends too. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth2/v1/authorize`,
  tokenUrl: endpoints => `${endpoints.web}/oauth2/v1/token`,
  scopes: {
    default: ['data.records:read', 'data.records:write', 'schema.bases:read', 'webhook:manage', 'user.email:read'],
    separator: ' ',
    optional: ['data.recordComments:read', 'data.recordComments:write', 'schema.bases:write'],
  },
  pkce: true,
  client: 'basic',
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
};

export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('Personal access token', 'From airtable.com/create/tokens, with the bases it is for.', {
      min: 16,
      pattern: '^pat[A-Za-z0-9.]+$',
    }),
  }),
  headers: bearer('access_token'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const who = readObject((await call.fetch(`${call.endpoints.api}/meta/whoami`)).body, 'whoami');
  const id = readString(who.id, 'id');
  const grantedScopes = readScopes(who.scopes);
  return {
    account: { id, label: optionalString(who.email) ?? id },
    ...(grantedScopes !== undefined && { grantedScopes }),
  };
}

/** What is not there and what one may not see are told alike, by 403. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  const isAbsent = status === 403 && at(body, 'error', 'type') === 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND';
  return isAbsent ? { kind: 'not_found' } : undefined;
}
