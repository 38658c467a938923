import { form, secretField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import { revokeGrant } from '../kit/revocation.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/** Access tokens live an hour; the refresh token stays the same until it is revoked. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/-/oauth_authorize`,
  tokenUrl: endpoints => `${endpoints.web}/-/oauth_token`,
  scopes: {
    default: [
      'attachments:read',
      'custom_fields:read',
      'projects:read',
      'projects:write',
      'stories:read',
      'stories:write',
      'tags:read',
      'tasks:read',
      'tasks:write',
      'teams:read',
      'users:read',
      'webhooks:delete',
      'webhooks:read',
      'webhooks:write',
      'workspaces:read',
      'workspaces.typeahead:read',
    ],
    separator: ' ',
    optional: ['attachments:write', 'tags:write', 'tasks:delete', 'projects:delete', 'stories:delete'],
  },
  pkce: true,
  client: 'body',
  refresh: 'REUSABLE',
  headers: bearer('access_token'),
  identify,
  revoke: revokeGrant({ url: endpoints => `${endpoints.web}/-/oauth_revoke`, client: 'body' }),
};

export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('Personal access token', 'From the developer console of the person it acts as.', {
      min: 16,
    }),
  }),
  headers: bearer('access_token'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/users/me`);
  const user = readObject(readObject(body, 'answer').data, 'data');
  const id = readString(user.gid, 'data.gid');
  return { account: { id, label: optionalString(user.email) ?? optionalString(user.name) ?? id } };
}
