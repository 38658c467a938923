import { reveal, Secret } from '../../secret.ts';
import type { Identity, InlineCredential, MintedToken, OAuthRedirect, ProviderCall } from '../provider.ts';
import { ProviderError } from './error.ts';
import { form, secretField, settingField } from './form.ts';
import { bearer, secretOf } from './headers.ts';
import { optionalString, readObject, readString } from './read.ts';

/**
 * OAuth by a directory that people of many tenants share: endpoint `login` ends in the tenant, or in `common`. A refresh gives
 * a new refresh token and leaves the old one in force. To revoke would sign the person out everywhere: it is left out.
 */
export function tenantConsent(scopes: OAuthRedirect['scopes']): OAuthRedirect {
  return {
    mode: 'OAUTH_REDIRECT',
    authKind: 'OAUTH2',
    authorizeUrl: endpoints => `${endpoints.login}/oauth2/v2.0/authorize`,
    tokenUrl: endpoints => `${endpoints.login}/oauth2/v2.0/token`,
    scopes,
    pkce: true,
    client: 'body',
    authorizeParams: { response_mode: 'query' },
    refresh: 'REUSABLE',
    headers: bearer('access_token'),
    identify,
  };
}

/**
 * An app of the customer’s own tenant, which an administrator consented to: it acts for nobody, on what belongs to the `user`
 * named in its settings. Endpoint `tenants` has no tenant in it.
 */
export function tenantApp(scope: string): InlineCredential {
  const mint = (call: ProviderCall) => appToken(call, scope);
  return {
    mode: 'SERVICE_CREDENTIAL',
    authKind: 'SERVICE_ACCOUNT',
    schema: form(['tenant', 'client_id', 'client_secret', 'user'], {
      tenant: settingField('Tenant', 'Directory (tenant) id, or a domain of it.', {
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      }),
      client_id: settingField('Client ID', 'Application (client) id.', { pattern: '^[0-9a-f-]{36}$' }),
      client_secret: secretField('Client secret', 'Value of a client secret of the application.', { min: 16 }),
      user: settingField('Person', 'User principal name, or id, of the person whose things it works on.', {
        pattern: '^[A-Za-z0-9._@+-]+$',
      }),
    }),
    headers: bearer('access_token'),
    mint,
    // Nothing was minted yet when a credential is tried for the first time.
    identify: async call => {
      const authorization = new Secret(`Bearer ${reveal((await mint(call)).accessToken)}`);
      const fetch: ProviderCall['fetch'] = (url, request) =>
        call.fetch(url, { ...request, headers: { authorization, ...request?.headers } });
      return identify({ ...call, fetch });
    },
  };
}

async function identify(call: ProviderCall): Promise<Identity> {
  const person = readObject((await call.fetch(`${call.endpoints.api}${personPath(call.config)}`)).body, 'person');
  const id = readString(person.id, 'id');
  return { account: { id, label: optionalString(person.userPrincipalName) ?? optionalString(person.mail) ?? id } };
}

/** Where the things of the connected person lie: their own path, or `/me`. */
export function personPath({ user }: Readonly<Record<string, unknown>>): string {
  return typeof user === 'string' ? `/users/${encodeURIComponent(user)}` : '/me';
}

async function appToken(call: ProviderCall, scope: string): Promise<MintedToken> {
  const { tenant, client_id: id } = call.config;
  const secret = reveal(secretOf(call.credential, 'client_secret'));
  const issued = call.now();
  const url = `${call.endpoints.tenants}/${encodeURIComponent(String(tenant))}/oauth2/v2.0/token`;
  const grant = { grant_type: 'client_credentials', client_id: String(id), client_secret: secret, scope };
  const answer = await call.fetch(url, { method: 'POST', form: grant }).catch((error: unknown) => {
    // 400 for a tenant or client that is not there, 401 for a wrong secret.
    const refused = error instanceof ProviderError && error.failure.kind === 'rejected';
    throw refused ? new ProviderError({ kind: 'refused' }, error) : error;
  });
  const body = readObject(answer.body, 'token answer');
  if (typeof body.expires_in !== 'number' || body.expires_in <= 0) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('expires_in is not a time'));
  }
  return {
    accessToken: new Secret(readString(body.access_token, 'access_token')),
    expireTime: new Date(issued.getTime() + body.expires_in * 1000),
  };
}
