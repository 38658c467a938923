import type { OAuthRedirect } from '../provider.ts';
import { type Address, addressIn } from './address.ts';
import { bearer } from './headers.ts';
import { revokeGrant } from './revocation.ts';

/** OAuth 2 of a vendor that keeps to the standard, as data. */
export type PlainOAuth = Pick<
  OAuthRedirect,
  'scopes' | 'pkce' | 'client' | 'refresh' | 'authorizeParams' | 'tokenParams' | 'settings' | 'identify'
> & {
  readonly authorize: Address;
  readonly token: Address;
  /** RFC 7009. Absent: the vendor offers no way. */
  readonly revoke?: Address;
};

/** A way to connect made of it: a bearer token by authorization code. */
export function plainOAuth({ authorize, token, revoke, ...rest }: PlainOAuth): OAuthRedirect {
  return {
    ...rest,
    mode: 'OAUTH_REDIRECT',
    authKind: 'OAUTH2',
    authorizeUrl: endpoints => addressIn(endpoints, authorize),
    tokenUrl: endpoints => addressIn(endpoints, token),
    headers: bearer('access_token'),
    ...(revoke && { revoke: revokeGrant({ url: endpoints => addressIn(endpoints, revoke), client: rest.client }) }),
  };
}
