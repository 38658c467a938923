import { setTimeout as delay } from 'node:timers/promises';
import { LockMode } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { findIntegration } from '../integrations/choose.ts';
import { setHealth } from '../integrations/health.ts';
import type { TokenRules } from '../providers/exchange.ts';
import type { OpenCredential } from '../providers/provider.ts';
import type { Secret } from '../secret.ts';
import { announce } from '../store/changes.ts';
import { noteAppAccepted } from './app_incident.ts';
import { type Credential, RefreshEntity } from './entity.ts';
import { type RefreshFailure, RefreshRefused, sendRefreshToken } from './refresh_grant.ts';
import type { RefreshTarget } from './refresh_lease.ts';
import { ANSWER_LOST, keepGrant, recordFailure, swapAnswer } from './refresh_outcome.ts';
import type { OAuthClient, OAuthGrant } from './token_endpoint.ts';

/** How long an answer that the store does not take is held on to. */
const KEEP_WITHIN_MS = 10 * 60_000;

/**
 * Whether a refresh token whose answer was lost may be sent again: where it is not replaced at each use, or the vendor
 * documents a grace. Elsewhere a second use looks like a theft, and ends the grant.
 */
export function mayComeTwice({ refresh, reuseGraceMs }: TokenRules): boolean {
  return refresh !== 'ROTATING' || reuseGraceMs !== undefined;
}

/** The secrets to refresh with, and proof that the answer to it can be sealed: a keyring that is away throws here, not after. */
export async function openForRefresh(deps: Deps, credential: Credential): Promise<OpenCredential['secrets']> {
  const { project, integrationId, version, sealed } = credential;
  await deps.vault.prepare(project);
  return deps.vault.open({ project, integrationId, field: 'credential', version }, sealed ?? Buffer.alloc(0));
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
  refreshToken: Secret,
): Promise<void> {
  const { provider, ...target } = of;
  try {
    const grant = await sendRefreshToken(client, refreshToken);
    await keepHowever(deps, target, holder, grant);
    await swapAnswer(deps.store.em.fork(), deps, target, 'mobius:refresh');
    deps.metrics.countRefresh(provider, 'refreshed');
    await noteAppAccepted(deps.store.em.fork(), deps, provider);
  } catch (error) {
    if (!(error instanceof RefreshRefused)) throw error;
    deps.metrics.countRefresh(provider, error.failure.toLowerCase() as Lowercase<RefreshFailure>);
    deps.log.warn({ failure: error.failure, integration: target.integrationId }, 'refresh failed');
    if (error.answerLost && !mayComeTwice(client.exchange)) await giveUpAnswer(deps, target, holder);
    else await recordFailure(deps.store.em.fork(), deps, target, holder, error);
  }
}

/** Until it is kept the grant is in this process alone: a store that went away in the meantime is waited for. */
async function keepHowever(deps: Deps, target: RefreshTarget, holder: string, grant: OAuthGrant): Promise<void> {
  const endMs = performance.now() + KEEP_WITHIN_MS;
  for (let delayMs = 50; ; delayMs = Math.min(2 * delayMs, 2_000)) {
    try {
      // Where a try before this one was done and its result lost, this one finds nothing to do.
      await keepGrant(deps.store.em.fork(), deps, target, holder, grant);
      return;
    } catch (error) {
      if (performance.now() > endMs) throw error;
      deps.log.warn({ integration: target.integrationId }, 'the answer to a refresh could not be kept yet');
      await delay(delayMs);
    }
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
