import { createHmac, randomBytes } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { consumeLifecycle } from '../integrations/lifecycle.ts';
import type { Delivery, HandshakeAnswer, Verified } from '../providers/delivery.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { Secret } from '../secret.ts';
import { explainStoreError } from '../store/failure.ts';
import { type Endpoint, type EndpointPath, findEndpoint } from './endpoint.ts';
import type { Ingest } from './ingest.ts';
import { noteOldSecret } from './old_secret.ts';
import { type StorableEvent, storable } from './payload.ts';

/** What became of a delivery. REFUSED says nothing of why: an unknown endpoint and a bad signature are one. */
export type Reception =
  | { readonly kind: 'RECORDED' | 'REFUSED' | 'MALFORMED' }
  | { readonly kind: 'HANDSHAKE'; readonly answer: HandshakeAnswer };

/** Verifies, parses and records one delivery. Throws STORE_UNAVAILABLE where it could not be recorded. */
export async function receiveDelivery(
  deps: Deps,
  ingest: Ingest,
  path: EndpointPath,
  arrived: Omit<Delivery, 'suffix'>,
): Promise<Reception> {
  const receiveTime = deps.now();
  const endpoint = await findOrExplain(deps, path);
  const verified = verify(endpoint, path, deps, arrived, receiveTime);
  if (verified === undefined || endpoint === undefined) return { kind: 'REFUSED' };
  const { provider } = endpoint;
  const log = deps.log.child({ provider: provider.id, endpoint: endpoint.suffix });
  deps.metrics.countDelivery(provider.id, 'received');
  let events: readonly StorableEvent[];
  try {
    const answer = endpoint.webhook.handshake?.(verified);
    if (answer !== undefined) return { kind: 'HANDSHAKE', answer };
    events = endpoint.webhook.parse(verified).map(event => {
      const kept = storable(event);
      if (kept === undefined)
        throw new ProviderError({ kind: 'invalid_answer' }, new Error('event type is not a name'));
      return kept;
    });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // The cause names the place in the body and quotes nothing of it.
    log.warn(
      { cause: error.cause instanceof Error ? error.cause.message : 'unknown' },
      'genuine delivery is malformed',
    );
    deps.metrics.countDelivery(provider.id, 'rejected');
    return { kind: 'MALFORMED' };
  }
  const { integration } = endpoint;
  const stages =
    events.length === 0
      ? []
      : await ingest({ provider: provider.id, source: 'WEBHOOK', receiveTime, events, integration });
  await noteOldSecret(deps, endpoint, verified, receiveTime);
  if (integration === undefined) await consumeLifecycle(deps, provider, events);
  log.info({ events: events.length, stages: [...new Set(stages)] }, 'delivery received');
  return { kind: 'RECORDED' };
}

async function findOrExplain(deps: Deps, path: EndpointPath): Promise<Endpoint | undefined> {
  const provider = deps.catalog.provider(path.provider);
  if (provider === undefined) return undefined;
  try {
    return await findEndpoint(deps, deps.store.em.fork(), provider, path.endpoint);
  } catch (error) {
    throw explainStoreError(error);
  }
}

/** Where there is nothing to verify with, as much is computed with a secret that nobody has. */
function verify(
  endpoint: Endpoint | undefined,
  path: EndpointPath,
  deps: Deps,
  arrived: Omit<Delivery, 'suffix'>,
  now: Date,
): Verified | undefined {
  const provider = deps.catalog.provider(path.provider);
  const delivery = { ...arrived, suffix: endpoint?.suffix ?? '' };
  let cause = 'ENDPOINT_UNKNOWN';
  if (endpoint !== undefined && endpoint.secrets.length > 0) {
    const verification = endpoint.webhook.verify(delivery, endpoint.secrets, now);
    if (verification.ok) return verification.verified;
    cause = verification.cause;
  } else {
    if (endpoint !== undefined) cause = 'SECRET_MISSING';
    const decoy = randomBytes(32).toString('hex');
    if (provider?.webhook === undefined) createHmac('sha256', decoy).update(delivery.body).digest();
    else provider.webhook.verify(delivery, [new Secret(decoy)], now);
  }
  deps.metrics.countDelivery(provider?.id ?? 'unknown', 'rejected');
  deps.log.info({ provider: provider?.id, cause, bytes: delivery.body.byteLength }, 'delivery refused');
  return undefined;
}

/** Whether the same delivery may be taken later. */
export function isForLater(error: unknown): error is IntegrationError {
  return error instanceof IntegrationError && error.retryDelayMs !== undefined;
}
