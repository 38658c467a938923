import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  None,
  type TokenEndpointRequestOptions,
  type TokenEndpointResponse,
} from 'oauth4webapi';
import type { Deps } from '../deps.ts';
import { type Fetch, PROVIDER_TIMEOUT_MS, readBounded, retryAfterMs } from '../outbound.ts';
import { fetchFor } from '../outbound_customer.ts';
import type { CodeExchange, DiscoveredExchange, TokenRules } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { isObject } from '../providers/kit/read.ts';
import type { PlatformApp, Provider } from '../providers/provider.ts';
import { reveal, Secret } from '../secret.ts';
import { redirectUriOf, registeredClientOf } from './registered_client.ts';

/** One provider's OAuth endpoints and our app there. */
export type OAuthClient = {
  readonly exchange: Omit<CodeExchange, 'client'> & { readonly client: CodeExchange['client'] | 'none' };
  readonly endpoints: Readonly<Record<string, string>>;
  readonly app: PlatformApp;
  readonly redirectUri: string;
  readonly fetch: Fetch;
  readonly now: () => Date;
  /** Where the client was registered for the integration alone. */
  readonly registered?: {
    readonly server: AuthorizationServer;
    /** What each request names. */
    readonly resource: string;
    /** Stays sealed beside the tokens. */
    readonly secrets: Readonly<Record<string, Secret>>;
  };
};

export type OAuthGrant = {
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly expireTime: Date | undefined;
  readonly refreshable: boolean;
  /** Absent where the vendor did not say. */
  readonly grantedScopes: readonly string[] | undefined;
};

/** What oauth4webapi wants to know of the vendor and of us. */
export function partiesOf(client: OAuthClient): {
  readonly server: AuthorizationServer;
  readonly oauthClient: Client;
  readonly clientAuth: ClientAuth;
  readonly options: TokenEndpointRequestOptions & { readonly additionalParameters: Record<string, string> };
} {
  const { exchange, endpoints, app, fetch, registered } = client;
  const authorize = exchange.authorizeUrl(endpoints);
  const tokenEndpoint = exchange.tokenUrl(endpoints);
  const secret = app.secrets.client_secret?.[0] ?? new Secret('');
  return {
    server: registered?.server ?? {
      issuer: new URL(authorize).origin,
      authorization_endpoint: authorize,
      token_endpoint: tokenEndpoint,
    },
    oauthClient: { client_id: app.fields.client_id ?? '' },
    clientAuth: clientAuthOf(exchange, secret),
    options: {
      [customFetch]: fetch as NonNullable<TokenEndpointRequestOptions[typeof customFetch]>,
      // Only where the operator overrides the endpoints with plain http: the sandbox.
      [allowInsecureRequests]: tokenEndpoint.startsWith('http:'),
      headers: { accept: 'application/json', 'user-agent': 'mobius-integrations' },
      signal: () => AbortSignal.timeout(PROVIDER_TIMEOUT_MS),
      additionalParameters: registered === undefined ? {} : { resource: registered.resource },
    },
  };
}

function clientAuthOf({ client, authenticate }: OAuthClient['exchange'], secret: Secret): ClientAuth {
  if (authenticate !== undefined) return (_server, _client, body, headers) => authenticate(secret, { body, headers });
  if (client === 'none') return None();
  return client === 'basic' ? ClientSecretBasic(reveal(secret)) : ClientSecretPost(reveal(secret));
}

/** The vendor's answer in RFC 6749's form. An id_token is left out: who it is, the identity call tells. */
export async function standardise(exchange: TokenRules, answer: Response): Promise<Response> {
  if (answer.status >= 500)
    throw new ProviderError({ kind: 'unavailable' }, new Error(`token endpoint: ${answer.status}`));
  if (answer.status === 429) {
    const delayMs = retryAfterMs(answer.headers.get('retry-after'));
    throw new ProviderError({ kind: 'throttled', ...(delayMs !== undefined && { retryAfterMs: delayMs }) });
  }
  let body: unknown;
  try {
    body = JSON.parse(await readBounded(answer));
  } catch {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('the token answer is not JSON'));
  }
  const read = exchange.readToken?.(body) ?? body;
  if (!isObject(read))
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('the token answer is not an object'));
  const { id_token: _, ...rest } = read;
  const isError = typeof rest.error === 'string';
  const status = isError && answer.status === 200 ? 400 : answer.status;
  return Response.json(isError ? rest : { token_type: 'bearer', ...rest }, { status });
}

export function readGrant({ exchange, registered, now }: OAuthClient, token: TokenEndpointResponse): OAuthGrant {
  const refreshable = token.refresh_token !== undefined && exchange.refresh !== 'NONE';
  return {
    secrets: {
      ...registered?.secrets,
      access_token: new Secret(token.access_token),
      ...(token.refresh_token !== undefined && { refresh_token: new Secret(token.refresh_token) }),
    },
    expireTime: token.expires_in === undefined ? undefined : new Date(now().getTime() + token.expires_in * 1000),
    refreshable,
    grantedScopes: token.scope === undefined ? undefined : token.scope.split(/[\s,]+/).filter(s => s !== ''),
  };
}

/**
 * Our app at a provider, or the client that was registered for the integration, out of its secrets; undefined where the
 * operator registered none.
 */
export function oauthClientOf(
  deps: Deps,
  provider: Provider,
  exchange: CodeExchange | DiscoveredExchange,
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, Secret>>,
): OAuthClient | undefined {
  if ('discovery' in exchange) return registeredClientOf(deps, provider, exchange, secrets);
  const app = deps.platform.appOf(provider);
  if (app === undefined) return undefined;
  return {
    exchange,
    endpoints: deps.platform.endpointsOf(provider, config),
    app,
    redirectUri: redirectUriOf(deps, provider),
    fetch: fetchFor(deps, provider),
    now: deps.now,
  };
}
