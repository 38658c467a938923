import { cloudIdOf, grantedSite, siteIdentity, siteOrigin, siteToken } from '../kit/gateway_site.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import type { InlineCredential, OAuthRedirect } from '../provider.ts';

/** Below the gateway; the second version of the API, but for what only the first one has. */
export const sitePath = (config: Readonly<Record<string, unknown>>): string =>
  `/ex/confluence/${cloudIdOf(config)}/wiki/api/v2`;

/**
 * OAuth 2.0 (3LO). The second version of the API knows granular scopes only. No PKCE and no call that revokes: the person
 * removes the grant. Source: developer.atlassian.com/cloud/confluence, scopes for OAuth 2.0 (3LO).
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.auth}/authorize`,
  tokenUrl: endpoints => `${endpoints.auth}/oauth/token`,
  scopes: {
    default: [
      'read:space:confluence',
      'read:page:confluence',
      'write:page:confluence',
      'read:blogpost:confluence',
      'read:comment:confluence',
      'write:comment:confluence',
      'read:attachment:confluence',
      'read:label:confluence',
      'read:content-details:confluence',
      'offline_access',
    ],
    separator: ' ',
    optional: [
      'delete:page:confluence',
      'write:blogpost:confluence',
      'delete:blogpost:confluence',
      'delete:comment:confluence',
      'write:label:confluence',
      'read:hierarchical-content:confluence',
      'read:task:confluence',
      'write:task:confluence',
    ],
  },
  pkce: false,
  client: 'body',
  authorizeParams: { audience: 'api.atlassian.com', prompt: 'consent' },
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify: call => grantedSite(call, scope => /[:-]confluence\b/.test(scope)),
};

export const token: InlineCredential = {
  ...siteToken('Confluence'),
  identify: async call => {
    const { body } = await call.fetch(`${call.endpoints.api}${sitePath(call.config)}/spaces`, { query: { limit: 1 } });
    const url = siteOrigin(at(body, '_links', 'base'));
    const name = url === undefined ? undefined : new URL(url).hostname.split('.')[0];
    return siteIdentity({ id: cloudIdOf(call.config), name, url });
  },
};
