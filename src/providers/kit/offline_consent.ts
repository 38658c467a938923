import { reveal } from '../../secret.ts';
import type { OAuthRedirect } from '../provider.ts';
import { bearer, secretOf } from './headers.ts';

/**
 * OAuth where a refresh token is given only to who asks for offline access with a consent page. The endpoints `accounts` and
 * `oauth` are the vendor's; to revoke, either token is named and no client, and the whole grant ends.
 */
export function offlineConsent(scopes: OAuthRedirect['scopes'], identify: OAuthRedirect['identify']): OAuthRedirect {
  return {
    mode: 'OAUTH_REDIRECT',
    authKind: 'OAUTH2',
    authorizeUrl: endpoints => `${endpoints.accounts}/o/oauth2/v2/auth`,
    tokenUrl: endpoints => `${endpoints.oauth}/token`,
    scopes,
    pkce: true,
    client: 'body',
    authorizeParams: { access_type: 'offline', prompt: 'consent' },
    refresh: 'REUSABLE',
    headers: bearer('access_token'),
    identify,
    revoke: async call => {
      const { refresh_token: refreshToken } = call.credential.secrets;
      const token = reveal(refreshToken ?? secretOf(call.credential, 'access_token'));
      await call.fetch(`${call.endpoints.oauth}/revoke`, { method: 'POST', form: { token } });
    },
  };
}
