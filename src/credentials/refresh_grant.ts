import {
  OperationProcessingError,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  refreshTokenGrantRequest,
} from 'oauth4webapi';
import type { GrantFailure } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { reveal, type Secret } from '../secret.ts';
import { type OAuthClient, type OAuthGrant, partiesOf, readGrant, standardise } from './token_endpoint.ts';

/** Why a refresh gave no token: the names of RefreshFailure. The first four end the grant. */
export type RefreshFailure =
  | GrantFailure
  | 'CLIENT_INVALID'
  | 'RATE_LIMITED'
  | 'PROVIDER_UNAVAILABLE'
  | 'NETWORK'
  | 'STORE_UNAVAILABLE';

export class RefreshRefused extends Error {
  override name = 'RefreshRefused';
  readonly failure: RefreshFailure;
  readonly retryAfterMs: number | undefined;
  /** The vendor may have got the token, and what it answered is not known. */
  readonly answerLost: boolean;

  constructor(failure: RefreshFailure, more: { retryAfterMs?: number; answerLost?: boolean; cause?: unknown } = {}) {
    super(`refresh failed: ${failure}`, { cause: more.cause });
    this.failure = failure;
    this.retryAfterMs = more.retryAfterMs;
    this.answerLost = more.answerLost ?? false;
  }
}

const GRANT_FAILURES: ReadonlySet<string> = new Set<GrantFailure>([
  'REVOKED',
  'IDLE_EXPIRED',
  'CONSENT_WITHDRAWN',
  'SCOPE_REDUCED',
]);

export function endsGrant(failure: RefreshFailure): failure is GrantFailure {
  return GRANT_FAILURES.has(failure);
}

/** Sends the refresh token once; throws RefreshRefused. An answer without a new refresh token leaves the old one in force. */
export async function sendRefreshToken(client: OAuthClient, refreshToken: Secret): Promise<OAuthGrant> {
  const { server, oauthClient, clientAuth, options } = partiesOf(client);
  let answered = false;
  try {
    const answer = await refreshTokenGrantRequest(server, oauthClient, clientAuth, reveal(refreshToken), {
      ...options,
      additionalParameters: { ...options.additionalParameters, ...client.exchange.refreshParams },
    });
    const standard = await standardise(client.exchange, answer);
    answered = true;
    const token = await processGenericTokenEndpointResponse(server, oauthClient, standard);
    const grant = readGrant(client, token);
    return { ...grant, secrets: { refresh_token: refreshToken, ...grant.secrets }, refreshable: true };
  } catch (error) {
    throw classify(client, error, answered);
  }
}

function classify(client: OAuthClient, error: unknown, answered: boolean): RefreshRefused {
  if (error instanceof ResponseBodyError) {
    switch (error.error) {
      case 'invalid_grant':
        return new RefreshRefused(client.exchange.grantFailureOf?.(error.cause) ?? 'REVOKED');
      case 'invalid_scope':
        return new RefreshRefused('SCOPE_REDUCED');
      case 'invalid_client':
      case 'unauthorized_client':
        // A client of the integration's own: the server forgot it, and the grant with it.
        if (client.registered !== undefined) return new RefreshRefused('REVOKED');
        return new RefreshRefused('CLIENT_INVALID');
      default:
        return new RefreshRefused('PROVIDER_UNAVAILABLE');
    }
  }
  if (error instanceof ProviderError && error.failure.kind === 'throttled') {
    return new RefreshRefused('RATE_LIMITED', { retryAfterMs: error.failure.retryAfterMs });
  }
  // A 5xx is an answer: the vendor did not rotate. Nonsense may hide a rotation, and so may silence.
  if (error instanceof ProviderError && error.failure.kind === 'unavailable') {
    return new RefreshRefused('PROVIDER_UNAVAILABLE');
  }
  if (error instanceof ProviderError || (answered && error instanceof OperationProcessingError)) {
    return new RefreshRefused('PROVIDER_UNAVAILABLE', { answerLost: true });
  }
  return new RefreshRefused('NETWORK', { answerLost: !neverConnected(error), cause: codeOf(error) });
}

/** The request did not leave: the vendor's address was not reached at all. */
function neverConnected(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
}

/** The network error's code alone: the error itself may hold the request. */
function codeOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return undefined;
}
