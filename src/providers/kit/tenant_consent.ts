import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';
import { clientToken, identifyMinted } from './client_grant.ts';
import { form, secretField, settingField } from './form.ts';
import { bearer } from './headers.ts';
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
  const mint = (call: ProviderCall) => {
    const url = `${call.endpoints.tenants}/${encodeURIComponent(String(call.config.tenant))}/oauth2/v2.0/token`;
    return clientToken(call, { url, scope });
  };
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
    identify: identifyMinted(mint, identify),
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
