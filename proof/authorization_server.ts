import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { openAdapter } from './authorization_store.ts';

export type AuthorizationServer = {
  readonly url: string;
  /** Seconds that access tokens issued from now on live. */
  lifeSeconds: number;
  /** The account of a token that is good now. */
  accountOf(accessToken: string): Promise<string | undefined>;
  /** The consent that a token comes of. */
  consentOf(accessToken: string): Promise<string | undefined>;
  /** Of all the consents given so far. */
  readonly newestConsent: string;
  /** Ends every grant there is, as a user does who removes the app. */
  revokeAll(): Promise<void>;
  close(): Promise<void>;
};

export type OAuthApp = { readonly clientId: string; readonly clientSecret: string; readonly isRotating: boolean };

const account = '1f0c7c0e-7a35-4e0a-9d43-6f2a8b1c5d11';

/**
 * A strict OAuth server: each refresh token is good once, a second use ends the whole grant, no tolerance of clocks. It
 * consents to everything at once. `issuer` is where browsers see it.
 */
export async function startAuthorizationServer(
  issuer: string,
  apps: readonly OAuthApp[],
): Promise<AuthorizationServer> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const store = openAdapter();
  const rotating = new Set(apps.filter(app => app.isRotating).map(app => app.clientId));
  const provider = new Provider(issuer, {
    adapter: store.adapter,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['proof'] },
    clockTolerance: 0,
    clients: apps.map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      // Each process has a callback of its own; they are added as they come.
      redirect_uris: ['http://127.0.0.1/callback'],
      application_type: 'web',
    })),
    pkce: { required: () => false },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: () => true } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    scopes: ['openid', 'offline_access', ...scopes],
    issueRefreshToken: () => true,
    rotateRefreshToken: (ctx: { oidc: { client: { clientId: string } } }) => rotating.has(ctx.oidc.client.clientId),
    expiresWithSession: () => false,
    ttl: {
      AccessToken: () => server.lifeSeconds,
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      Grant: 86_400,
      IdToken: 600,
      Interaction: 600,
      Session: 86_400,
    },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    renderError: (ctx: { body: unknown }, out: unknown) => {
      ctx.body = JSON.stringify(out);
    },
  });
  const { Client } = provider as unknown as { Client: { prototype: { redirectUriAllowed(uri: string): boolean } } };
  Client.prototype.redirectUriAllowed = uri => new URL(uri).hostname === '127.0.0.1';
  let newest = '';
  const handle = provider.callback();
  const http = createServer((req, res) => {
    const answer = req.url?.startsWith('/interaction/')
      ? consent(provider, req, res).then(grant => {
          newest = grant;
        })
      : handle(req, res);
    answer.catch((error: unknown) => res.destroy(error as Error));
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const server: AuthorizationServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    lifeSeconds: 3600,
    accountOf: async token => (await provider.AccessToken.find(token))?.accountId,
    consentOf: async token => (await provider.AccessToken.find(token))?.grantId,
    get newestConsent() {
      return newest;
    },
    revokeAll: async () => store.clear(),
    close: () =>
      new Promise(resolve => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

const scopes = [
  ...['read:jira-work', 'write:jira-work', 'read:jira-user'],
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/spreadsheets',
  'https://www.googleapis.com/auth/drive.metadata.readonly',
];

/** The person who signs in and says yes; answers the consent. */
async function consent(
  provider: Provider,
  ...[req, res]: Parameters<ReturnType<Provider['callback']>>
): Promise<string> {
  const { params } = await provider.interactionDetails(req, res);
  const grant = new provider.Grant({ accountId: account, clientId: params.client_id ?? '' });
  grant.addOIDCScope(params.scope ?? '');
  const grantId = await grant.save();
  await provider.interactionFinished(req, res, { login: { accountId: account }, consent: { grantId } });
  return grantId;
}
