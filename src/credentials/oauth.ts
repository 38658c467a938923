import {
  AuthorizationResponseError,
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  ClientSecretBasic,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  customFetch,
  nopkce,
  OperationProcessingError,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { type Fetch, PROVIDER_TIMEOUT_MS } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { isObject } from '../providers/kit/read.ts';
import type { CodeExchange, OAuthRedirect, PlatformApp } from '../providers/provider.ts';
import { reveal, Secret } from '../secret.ts';

/** One provider's OAuth endpoints and our app there. */
export type OAuthClient = {
  readonly exchange: CodeExchange;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly app: PlatformApp;
  readonly redirectUri: string;
  readonly fetch: Fetch;
  readonly now: () => Date;
};

export type OAuthGrant = {
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly expireTime: Date | undefined;
  readonly refreshable: boolean;
  /** Absent where the vendor did not say. */
  readonly grantedScopes: readonly string[] | undefined;
};

/** The person said no, or the vendor did for them. */
export class ConsentDenied extends Error {
  override name = 'ConsentDenied';
}

/** Where the browser goes. */
export async function authorizeUrl(
  client: OAuthClient,
  method: OAuthRedirect,
  request: { readonly scopes: readonly string[]; readonly state: string; readonly verifier: string },
): Promise<string> {
  const { endpoints, app } = client;
  const url = new URL(method.authorizeUrl(endpoints));
  for (const [name, value] of Object.entries(method.authorizeParams ?? {})) url.searchParams.set(name, value);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', app.fields.client_id ?? '');
  url.searchParams.set('redirect_uri', client.redirectUri);
  url.searchParams.set('state', request.state);
  if (request.scopes.length > 0) url.searchParams.set('scope', request.scopes.join(method.scopes.separator));
  if (usesPkce(method, app)) {
    url.searchParams.set('code_challenge', await calculatePKCECodeChallenge(request.verifier));
    url.searchParams.set('code_challenge_method', 'S256');
  }
  return url.href;
}

/**
 * Trades the code of the callback for a grant. Throws ConsentDenied where the callback brings an error, ProviderError
 * where the vendor refuses or answers nonsense.
 */
export async function exchangeCode(
  client: OAuthClient,
  query: URLSearchParams,
  state: string,
  verifier: string,
): Promise<OAuthGrant> {
  const { exchange, app } = client;
  const server = serverOf(client);
  const oauthClient: Client = { client_id: app.fields.client_id ?? '' };
  const secret = reveal(app.secrets.client_secret?.[0] ?? new Secret(''));
  try {
    const parameters = validateAuthResponse(server, oauthClient, query, state);
    const answer = await authorizationCodeGrantRequest(
      server,
      oauthClient,
      exchange.client === 'basic' ? ClientSecretBasic(secret) : ClientSecretPost(secret),
      parameters,
      client.redirectUri,
      usesPkce(exchange, app) ? verifier : nopkce,
      {
        [customFetch]: client.fetch,
        // Only where the operator overrides the endpoints with plain http: the sandbox.
        [allowInsecureRequests]: server.token_endpoint?.startsWith('http:') === true,
        headers: { accept: 'application/json', 'user-agent': 'mobius-integrations' },
        signal: () => AbortSignal.timeout(PROVIDER_TIMEOUT_MS),
      },
    );
    const standard = await standardise(exchange, answer);
    return readGrant(exchange, await processGenericTokenEndpointResponse(server, oauthClient, standard), client.now());
  } catch (error) {
    throw classify(error);
  }
}

/** PKCE is the vendor's default, unless the operator's app says otherwise: some vendors make it a choice of the app. */
function usesPkce(exchange: CodeExchange, app: PlatformApp): boolean {
  return app.fields.pkce === undefined ? exchange.pkce : app.fields.pkce === 'S256';
}

function serverOf({ exchange, endpoints }: OAuthClient): AuthorizationServer {
  const authorize = exchange.authorizeUrl(endpoints);
  return {
    issuer: new URL(authorize).origin,
    authorization_endpoint: authorize,
    token_endpoint: exchange.tokenUrl(endpoints),
  };
}

/** The vendor's answer in RFC 6749's form. An id_token is left out: who it is, the identity call tells. */
async function standardise(exchange: CodeExchange, answer: Response): Promise<Response> {
  if (answer.status >= 500)
    throw new ProviderError({ kind: 'unavailable' }, new Error(`token endpoint: ${answer.status}`));
  if (answer.status === 429) throw new ProviderError({ kind: 'throttled' });
  let body: unknown;
  try {
    body = JSON.parse(await answer.text());
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

function readGrant(exchange: CodeExchange, token: TokenEndpointResponse, now: Date): OAuthGrant {
  const refreshable = token.refresh_token !== undefined && exchange.refresh !== 'NONE';
  return {
    secrets: {
      access_token: new Secret(token.access_token),
      ...(token.refresh_token !== undefined && { refresh_token: new Secret(token.refresh_token) }),
    },
    expireTime: token.expires_in === undefined ? undefined : new Date(now.getTime() + token.expires_in * 1000),
    refreshable,
    grantedScopes: token.scope === undefined ? undefined : token.scope.split(/[\s,]+/).filter(s => s !== ''),
  };
}

function classify(error: unknown): unknown {
  if (error instanceof ProviderError) return error;
  if (error instanceof AuthorizationResponseError) {
    return new ConsentDenied(/^[a-z_]{1,64}$/.test(error.error) ? error.error : 'error', { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    const code = /^[a-z_]{1,64}$/.test(error.error) ? error.error : 'error';
    return new ProviderError({ kind: 'refused' }, new Error(`token endpoint refused: ${code}`));
  }
  // Their messages tell what was wrong with the answer's form; the answer itself, which may hold a token, is their cause.
  if (error instanceof OperationProcessingError) {
    return new ProviderError({ kind: 'invalid_answer' }, new Error(error.message));
  }
  return new ProviderError({ kind: 'unavailable' }, new Error('token endpoint not reached'));
}
