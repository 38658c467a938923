import { createHmac, randomBytes } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { consumeLifecycle } from '../integrations/lifecycle.ts';
import type { Delivery, Greeting, HandshakeAnswer, Verification } from '../providers/delivery.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { Cleaned } from '../rpc/redact.ts';
import { Secret } from '../secret.ts';
import { explainStoreError } from '../store/failure.ts';
import { keepToldSecret, noteArrival } from '../subscriptions/arrival.ts';
import { ringFeedsOf } from '../subscriptions/ring.ts';
import { type Endpoint, type EndpointPath, findEndpoint } from './endpoint.ts';
import type { Ingest } from './ingest.ts';
import { type KeptEvent, keep } from './kept.ts';
import type { KeySets } from './key_sets.ts';
import { noteOldSecret } from './old_secret.ts';
import { storable } from './payload.ts';
import type { RateLimit } from './rate_limit.ts';
import type { RejectionCause } from './rejection.ts';

/** What became of a delivery. Its sender hears nothing of a refusal's cause: an unknown endpoint and a bad signature are one. */
export type Reception =
  | { readonly kind: 'RECORDED' }
  | { readonly kind: 'REFUSED'; readonly cause: RejectionCause; readonly detail: string }
  | { readonly kind: 'MALFORMED'; readonly cause: 'MALFORMED'; readonly detail: string }
  | { readonly kind: 'LIMITED'; readonly cause: 'RATE_LIMITED'; readonly detail: string; readonly retryAfterMs: number }
  | { readonly kind: 'HANDSHAKE'; readonly answer: HandshakeAnswer };

/** How deliveries get in: made once for the process. */
export type Entrance = { readonly ingest: Ingest; readonly endpointLimit: RateLimit; readonly keySets: KeySets };

/** Verifies, parses and records one delivery. Throws STORE_UNAVAILABLE where it could not be recorded. */
export async function receiveDelivery(
  deps: Deps,
  { ingest, endpointLimit, keySets }: Entrance,
  path: EndpointPath,
  arrived: Omit<Delivery, 'suffix'>,
): Promise<Reception> {
  const receiveTime = deps.now();
  const endpoint = await findOrExplain(deps, path);
  const verification = await verifyWithKeys(keySets, endpoint, path, deps, arrived, receiveTime);
  if (!verification.ok) {
    const unsigned = verification.cause === 'SIGNATURE_MISSING' || verification.cause === 'SECRET_MISSING';
    const answer = unsigned ? endpoint?.webhook.bodyGreeting?.(arrived.body) : undefined;
    return answer === undefined ? { kind: 'REFUSED', ...verification } : { kind: 'HANDSHAKE', answer };
  }
  if (endpoint === undefined) throw new Error('verified without an endpoint');
  const { verified } = verification;
  const { provider, integration } = endpoint;
  const place = { provider: provider.id, endpoint: endpoint.suffix };
  deps.metrics.countDelivery(provider.id, 'received');
  // Only what is genuine counts: nobody else can use the endpoint's share up.
  const retryAfterMs = endpointLimit.take(`${provider.id}/${path.endpoint}`);
  if (retryAfterMs > 0) return limited('the endpoint takes no more now', retryAfterMs);
  let events: readonly KeptEvent[];
  let rung: readonly string[] = [];
  try {
    const answer = endpoint.webhook.handshake?.(verified);
    if (answer !== undefined) return { kind: 'HANDSHAKE', answer };
    events = endpoint.webhook.parse(verified).map(event => {
      const kept = storable(deps, event);
      if (kept === undefined)
        throw new ProviderError({ kind: 'invalid_answer' }, new Error('event type is not a name'));
      return keep(deps, provider.id, kept);
    });
    if (integration === undefined && events.length === 0) rung = endpoint.webhook.rings?.(verified) ?? [];
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // The cause names the place in the body and quotes nothing of it.
    const detail = error.cause instanceof Error ? error.cause.message : 'it cannot be read';
    deps.log.warn({ ...place, cause: detail }, 'genuine delivery is malformed');
    return { kind: 'MALFORMED', cause: 'MALFORMED', detail };
  }
  const stages =
    events.length === 0
      ? []
      : await ingest({ provider: provider.id, source: 'WEBHOOK', receiveTime, events, integration });
  await noteOldSecret(deps, endpoint, verified, receiveTime);
  if (endpoint.subscription !== undefined) {
    await noteArrival(deps, provider, endpoint.subscription, receiveTime, events.length === 0).catch(error => {
      throw explainStoreError(error);
    });
  }
  if (rung.length > 0) {
    await ringFeedsOf(deps.store.em.fork(), provider, rung, receiveTime).catch(error => {
      throw explainStoreError(error);
    });
  }
  if (integration === undefined) await consumeLifecycle(deps, provider, events);
  const reached = [...new Set(stages)].join(' ');
  deps.log.info(new Cleaned({ ...place, events: events.length, stages: reached }), 'delivery received');
  return stages.includes('REJECTED') ? limited('a project takes no more now', PROJECT_RETRY_MS) : { kind: 'RECORDED' };
}

const PROJECT_RETRY_MS = 1_000;

function limited(detail: string, retryAfterMs: number): Reception {
  return { kind: 'LIMITED', cause: 'RATE_LIMITED', detail, retryAfterMs };
}

/** The answer to a vendor that asks, unsigned, whether the endpoint is ours. */
export async function greet(deps: Deps, path: EndpointPath, greeting: Greeting): Promise<HandshakeAnswer | undefined> {
  const webhook = deps.catalog.provider(path.provider)?.webhook;
  if (webhook?.greeting === undefined) return undefined;
  const endpoint = await findOrExplain(deps, path);
  const answer = endpoint && webhook.greeting(greeting, endpoint.secrets);
  if (answer !== undefined && endpoint?.subscription !== undefined) {
    await keepToldSecret(deps, endpoint.provider, endpoint.subscription, greeting);
  }
  return answer;
}

async function findOrExplain(deps: Deps, path: EndpointPath): Promise<Endpoint | undefined> {
  const provider = deps.catalog.provider(path.provider);
  if (provider === undefined) return undefined;
  try {
    return await findEndpoint(deps, provider, path.endpoint);
  } catch (error) {
    throw explainStoreError(error);
  }
}

/** A signature that no known key made is looked at once more with the keys of now. */
async function verifyWithKeys(
  keySets: KeySets,
  endpoint: Endpoint | undefined,
  path: EndpointPath,
  deps: Deps,
  arrived: Omit<Delivery, 'suffix'>,
  now: Date,
) {
  if (endpoint?.keySet === undefined) return verify(endpoint, path, deps, arrived, now);
  const { url, claims } = endpoint.keySet;
  const withKeys = async () => {
    const keys = await keySets.keysOf(endpoint.provider.id, url);
    const secrets = [new Secret(JSON.stringify({ ...claims, keys }))];
    return verify({ ...endpoint, secrets }, path, deps, arrived, now);
  };
  const verification = await withKeys();
  if (verification.ok || verification.cause !== 'SIGNATURE_WRONG' || !(await keySets.renew(url))) return verification;
  return withKeys();
}

/** Where there is nothing to verify with, as much is computed with a secret that nobody has. */
function verify(
  endpoint: Endpoint | undefined,
  path: EndpointPath,
  deps: Deps,
  arrived: Omit<Delivery, 'suffix'>,
  now: Date,
):
  | Extract<Verification, { ok: true }>
  | { readonly ok: false; readonly cause: RejectionCause; readonly detail: string } {
  const delivery = { ...arrived, suffix: endpoint?.suffix ?? '' };
  if (endpoint !== undefined && endpoint.secrets.length > 0) {
    const verification = endpoint.webhook.verify(delivery, endpoint.secrets, now);
    return verification.ok ? verification : { ...verification, detail: '' };
  }
  const decoy = randomBytes(32).toString('hex');
  const webhook = deps.catalog.provider(path.provider)?.webhook;
  if (webhook === undefined) createHmac('sha256', decoy).update(delivery.body).digest();
  else webhook.verify(delivery, [new Secret(decoy)], now);
  return {
    ok: false,
    cause: 'SECRET_MISSING',
    detail: endpoint === undefined ? 'there is no such endpoint' : 'the endpoint has no secret',
  };
}

/** Whether the same delivery may be taken later. */
export function isForLater(error: unknown): error is IntegrationError {
  return error instanceof IntegrationError && error.retryDelayMs !== undefined;
}
