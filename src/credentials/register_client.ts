import {
  allowInsecureRequests,
  customFetch,
  dynamicClientRegistrationRequest,
  type HttpRequestOptions,
  processDynamicClientRegistrationResponse,
} from 'oauth4webapi';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import type { DiscoveredExchange } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { optionalString } from '../providers/kit/read.ts';
import type { OpenCredential, Provider } from '../providers/provider.ts';
import { type DiscoveredServer, discoverServer } from './discover_server.ts';
import { redirectUriOf, secretsOfRegistration } from './registered_client.ts';

export type NewClient = {
  /** To be sealed. */
  readonly secrets: OpenCredential['secrets'];
  /** What to ask for where nobody said. */
  readonly scopes: readonly string[];
};

/** Ways of a client to authenticate, the preferred one first, by the registry's names. */
const AUTH_METHODS = { client_secret_basic: 'basic', client_secret_post: 'body', none: 'none' } as const;

/** Finds the customer's authorization server and registers a client there (RFC 7591) for one consent. */
export async function registerClient(
  deps: Deps,
  provider: Provider,
  method: DiscoveredExchange,
  config: Readonly<Record<string, unknown>>,
): Promise<NewClient> {
  const found = await discoverServer(deps, provider, method, config);
  const client = await register(found, redirectUriOf(deps, provider));
  const auth = Object.entries(AUTH_METHODS).find(
    ([name]) => name === (client.token_endpoint_auth_method ?? DEFAULT),
  )?.[1];
  if (auth === undefined) throw unregistered();
  const { server, resource, scopes } = found;
  return {
    scopes,
    secrets: secretsOfRegistration({
      server: {
        issuer: server.issuer,
        authorization_endpoint: server.authorization_endpoint,
        token_endpoint: server.token_endpoint,
        revocation_endpoint: server.revocation_endpoint,
        authorization_response_iss_parameter_supported: server.authorization_response_iss_parameter_supported,
      },
      client: { id: client.client_id, secret: optionalString(client.client_secret), auth },
      resource,
    }),
  };
}

/** RFC 7591: what a server means that does not say. */
const DEFAULT = 'client_secret_basic';

async function register({ server, scopes, fetch }: DiscoveredServer, redirectUri: string) {
  const offered = server.token_endpoint_auth_methods_supported ?? [DEFAULT];
  const grants = server.grant_types_supported ?? ['authorization_code', 'refresh_token'];
  const metadata = {
    client_name: 'Mobius',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'].filter(grant => grants.includes(grant)),
    response_types: ['code'],
    token_endpoint_auth_method: Object.keys(AUTH_METHODS).find(name => offered.includes(name)) ?? 'none',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  };
  const options = {
    [customFetch]: fetch as NonNullable<HttpRequestOptions<'POST', string>[typeof customFetch]>,
    [allowInsecureRequests]: server.registration_endpoint.startsWith('http:'),
  };
  try {
    return await processDynamicClientRegistrationResponse(
      await dynamicClientRegistrationRequest(server, metadata, options),
    );
  } catch (error) {
    // The answer may hold a client's secret: the refusal is told, and nothing of what it said.
    throw error instanceof ProviderError ? error : unregistered();
  }
}

function unregistered() {
  return invalidField(
    'auth_kind',
    'the authorization server of this server does not register our client (RFC 7591); where it takes a token made by hand, ' +
      'connect it by API_KEY',
  );
}
