import { type AuthorizationServer, processRevocationResponse, revocationRequest } from 'oauth4webapi';
import type { Deps } from '../deps.ts';
import { fetchFor } from '../outbound_customer.ts';
import type { DiscoveredExchange } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { OpenCredential, Provider } from '../providers/provider.ts';
import { reveal, Secret } from '../secret.ts';
import { type OAuthClient, partiesOf } from './token_endpoint.ts';

/** A client that belongs to one consent, and the server that knows it: sealed beside the tokens as one secret. */
export type Registration = {
  readonly server: Pick<
    AuthorizationServer,
    | 'issuer'
    | 'authorization_endpoint'
    | 'token_endpoint'
    | 'revocation_endpoint'
    | 'authorization_response_iss_parameter_supported'
  >;
  readonly client: {
    readonly id: string;
    readonly secret: string | undefined;
    readonly auth: 'basic' | 'body' | 'none';
  };
  readonly resource: string;
};

type Secrets = OpenCredential['secrets'];

export function secretsOfRegistration(registration: Registration): Secrets {
  return { oauth_client: new Secret(JSON.stringify(registration)) };
}

/** The client among the secrets; undefined where none was registered. */
export function registeredClientOf(
  deps: Deps,
  provider: Provider,
  rules: DiscoveredExchange,
  secrets: Secrets,
): OAuthClient | undefined {
  const { oauth_client: sealed } = secrets;
  if (sealed === undefined) return undefined;
  const { server, client, resource } = JSON.parse(reveal(sealed)) as Registration;
  return {
    exchange: {
      ...rules,
      authorizeUrl: () => server.authorization_endpoint ?? '',
      tokenUrl: () => server.token_endpoint ?? '',
      pkce: true,
      client: client.auth,
    },
    endpoints: {},
    app: {
      fields: { client_id: client.id },
      secrets: client.secret === undefined ? {} : { client_secret: [new Secret(client.secret)] },
    },
    redirectUri: redirectUriOf(deps, provider),
    fetch: fetchFor(deps, provider),
    now: deps.now,
    registered: { server, resource, secrets: { oauth_client: sealed } },
  };
}

export function redirectUriOf(deps: Pick<Deps, 'publicUrl'>, provider: Provider): string {
  return `${deps.publicUrl()}/v1/provider/${provider.id}/callback`;
}

/** Whether the server of the client takes revocations. */
export function canRevoke({ registered }: OAuthClient): boolean {
  return registered?.server.revocation_endpoint !== undefined;
}

/** Ends the grant: the refresh token first, with which many servers end it whole. Throws ProviderError where one stays. */
export async function revokeGrant(client: OAuthClient, secrets: Secrets): Promise<void> {
  const { server, oauthClient, clientAuth, options } = partiesOf(client);
  for (const token of [secrets.refresh_token, secrets.access_token]) {
    if (token === undefined) continue;
    try {
      await processRevocationResponse(await revocationRequest(server, oauthClient, clientAuth, reveal(token), options));
    } catch (error) {
      throw error instanceof ProviderError ? error : new ProviderError({ kind: 'unavailable' }, error);
    }
  }
}
