import { LockMode } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { findIntegration } from '../integrations/choose.ts';
import { setHealth } from '../integrations/health.ts';
import type { CodeExchange } from '../providers/provider.ts';
import { announce } from '../store/changes.ts';
import { type Credential, RefreshEntity } from './entity.ts';
import { type RefreshFailure, RefreshRefused, sendRefreshToken } from './refresh_grant.ts';
import type { RefreshTarget } from './refresh_lease.ts';
import { ANSWER_LOST, keepGrant, recordFailure, swapAnswer } from './refresh_outcome.ts';
import type { OAuthClient } from './token_endpoint.ts';

/**
 * Whether a refresh token whose answer was lost may be sent again: where it is not replaced at each use, or the vendor
 * documents a grace. Elsewhere a second use looks like a theft, and ends the grant.
 */
export function mayComeTwice(exchange: CodeExchange): boolean {
  return exchange.refresh !== 'ROTATING' || exchange.reuseGraceMs !== undefined;
}

/**
 * Sends the token and keeps what comes back: between the two lies the one window that cannot be closed, and nothing else
 * is done in it. The holder of the lease alone may call.
 */
export async function spendRefreshToken(
  deps: Deps,
  client: OAuthClient,
  of: RefreshTarget & { readonly provider: string },
  holder: string,
  credential: Credential,
): Promise<void> {
  const { provider, ...target } = of;
  const { project, integrationId, version } = target;
  const place = { project, integrationId, field: 'credential', version };
  try {
    const { refresh_token: refreshToken } = await deps.vault.open(place, credential.sealed ?? Buffer.alloc(0));
    if (refreshToken === undefined) throw new RefreshRefused('REVOKED');
    const grant = await sendRefreshToken(client, refreshToken);
    const isKept = await keepGrant(deps.store.em.fork(), deps, target, holder, grant);
    if (isKept) await swapAnswer(deps.store.em.fork(), deps, target, 'mobius:refresh');
    deps.metrics.countRefresh(provider, 'refreshed');
  } catch (error) {
    if (!(error instanceof RefreshRefused)) throw error;
    deps.metrics.countRefresh(provider, error.failure.toLowerCase() as Lowercase<RefreshFailure>);
    deps.log.warn({ failure: error.failure, integration: integrationId }, 'refresh failed');
    if (error.answerLost && !mayComeTwice(client.exchange)) await giveUpAnswer(deps, target, holder);
    else await recordFailure(deps.store.em.fork(), deps, target, holder, error);
  }
}

/**
 * The token was sent and the answer is lost for good: it is never sent again, the access token serves to its end, and
 * health says so. A late answer of the process that had the lease still counts.
 */
export async function giveUpAnswer(deps: Deps, target: RefreshTarget, holder: string): Promise<void> {
  await deps.store.em.fork().transactional(async em => {
    const where = { ...target, holder, state: 'INTENT' as const };
    if ((await em.nativeUpdate(RefreshEntity, where, { state: 'UNKNOWN' })) !== 1) return;
    const integration = await findIntegration(em, target.project, target.integrationId, LockMode.PESSIMISTIC_WRITE);
    if (integration.generation !== target.generation) return;
    await setHealth(em, deps, integration, { cause: 'EXPIRED', message: ANSWER_LOST });
    await announce(em, 'integration_changed', target.project);
  });
}
