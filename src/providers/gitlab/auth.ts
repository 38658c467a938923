import { form, secretField } from '../kit/form.ts';
import { bearer, header } from '../kit/headers.ts';
import { optionalString, readId, readObject } from '../kit/read.ts';
import { revokeGrant } from '../kit/revocation.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/**
 * Access tokens live two hours; a refresh ends both tokens before it at once. The page asks for `redirect_uri` in a refresh as
 * well; the server checks token, client and scope only. Source: docs.gitlab.com/api/oauth2.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.web}/oauth/token`,
  scopes: {
    default: ['api', 'read_user'],
    separator: ' ',
    optional: ['read_repository', 'write_repository'],
  },
  pkce: true,
  client: 'body',
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
  revoke: revokeGrant({ url: endpoints => `${endpoints.web}/oauth/revoke`, client: 'body' }),
};

export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('Access token', 'Personal, group or project access token with the scope api.', {
      min: 16,
    }),
    webhook_secret: secretField(
      'Webhook signing token',
      'Signing token (whsec_…) or secret token of a webhook made by hand; the service makes those of projects by itself.',
      { min: 16 },
    ),
  }),
  headers: header('private-token', 'access_token'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const user = readObject((await call.fetch(`${call.endpoints.api}/user`)).body, 'user');
  const id = readId(user.id, 'id');
  const url = optionalString(user.web_url);
  return { account: { id, label: optionalString(user.username) ?? id, ...(url !== undefined && { url }) } };
}
