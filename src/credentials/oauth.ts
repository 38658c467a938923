import {
  AuthorizationResponseError,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  nopkce,
  OperationProcessingError,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  validateAuthResponse,
} from 'oauth4webapi';
import type { CodeExchange } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { OAuthRedirect, PlatformApp } from '../providers/provider.ts';
import { type OAuthClient, type OAuthGrant, partiesOf, readGrant, standardise } from './token_endpoint.ts';

/** The person said no, or the vendor did for them. */
export class ConsentDenied extends Error {
  override name = 'ConsentDenied';
}

/** Where the browser goes. */
export async function authorizeUrl(
  client: OAuthClient,
  method: Pick<OAuthRedirect, 'authorizeParams' | 'scopes'>,
  request: { readonly scopes: readonly string[]; readonly state: string; readonly verifier: string },
): Promise<string> {
  const { exchange, endpoints, app, registered } = client;
  const url = new URL(exchange.authorizeUrl(endpoints));
  for (const [name, value] of Object.entries(method.authorizeParams ?? {})) url.searchParams.set(name, value);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', app.fields.client_id ?? '');
  url.searchParams.set('redirect_uri', client.redirectUri);
  url.searchParams.set('state', request.state);
  if (request.scopes.length > 0) url.searchParams.set('scope', request.scopes.join(method.scopes.separator));
  if (registered !== undefined) url.searchParams.set('resource', registered.resource);
  if (usesPkce(exchange, app)) {
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
  const { server, oauthClient, clientAuth, options } = partiesOf(client);
  try {
    const parameters = validateAuthResponse(server, oauthClient, query, state);
    const answer = await authorizationCodeGrantRequest(
      server,
      oauthClient,
      clientAuth,
      parameters,
      client.redirectUri,
      usesPkce(exchange, app) ? verifier : nopkce,
      { ...options, additionalParameters: { ...options.additionalParameters, ...exchange.tokenParams } },
    );
    const standard = await standardise(exchange, answer);
    return readGrant(client, await processGenericTokenEndpointResponse(server, oauthClient, standard));
  } catch (error) {
    throw classify(error);
  }
}

/** PKCE is the vendor's default, unless the operator's app says otherwise: some vendors make it a choice of the app. */
function usesPkce(exchange: Pick<CodeExchange, 'pkce'>, app: PlatformApp): boolean {
  return app.fields.pkce === undefined ? exchange.pkce : app.fields.pkce === 'S256';
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
