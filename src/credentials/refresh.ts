import { randomUUID } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { findIntegration } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import { methodFor, needsApp } from '../providers/catalog_index.ts';
import type { ConnectMethod, DiscoveredRedirect, OAuthRedirect, Provider } from '../providers/provider.ts';
import { type Credential, CredentialEntity } from './entity.ts';
import { claimRefresh, type RefreshTarget, readRefresh } from './refresh_lease.ts';
import { swapAnswer } from './refresh_outcome.ts';
import { giveUpAnswer, mayComeTwice, openForRefresh, spendRefreshToken } from './refresh_spend.ts';
import { oauthClientOf } from './token_endpoint.ts';

/** How long a caller waits for a refresh that another process holds. */
const WAIT_MS = 20_000;
/** A process that holds the lease announces its end; this catches an announcement that was lost. */
const LOOK_AGAIN_MS = 500;

/**
 * Sees to it that the current credential lasts until `neededUntil`, if a refresh can do that. Callers of one process share
 * one refresh, processes take turns by the lease. Resolves also where it could not be refreshed: read the credential
 * again and see how long it lasts.
 */
export async function refreshUntil(
  deps: Deps,
  integration: Integration,
  credential: Credential,
  neededUntil: number,
): Promise<void> {
  const target: RefreshTarget = {
    project: integration.project,
    integrationId: integration.id,
    version: credential.version,
    generation: integration.generation,
  };
  await deps.flights.join(`refresh/${target.project}/${target.integrationId}/${target.version}`, async () => {
    const deadline = performance.now() + WAIT_MS;
    while (performance.now() < deadline) {
      // Subscribed before the state is read: what happens in between wakes the wait below.
      const change = nextChange(deps, target.project);
      try {
        if ((await tryRefresh(deps, target, neededUntil)) === 'DONE') return;
        await change.wait(Math.min(LOOK_AGAIN_MS, deadline - performance.now()));
      } finally {
        change.stop();
      }
    }
  });
}

/** One look at a refresh, whoever asks: does it, completes it, or says that another is at it. */
export async function tryRefresh(deps: Deps, target: RefreshTarget, neededUntil: number): Promise<'DONE' | 'BUSY'> {
  const em = deps.store.em.fork();
  const { project, integrationId } = target;
  const current = await em.findOne(CredentialEntity, { project, integrationId, state: 'CURRENT' });
  if (current === null || current.version !== target.version) return 'DONE';
  const integration = await findIntegration(em, project, integrationId);
  if (integration.generation !== target.generation || integration.status !== 'ACTIVE') return 'DONE';
  const state = await readRefresh(em, target);
  if (state?.state === 'ANSWERED') {
    await swapAnswer(deps.store.em.fork(), deps, target, 'mobius:refresh');
    return 'DONE';
  }
  const provider = deps.catalog.provider(integration.provider);
  const method = provider && methodFor(provider, integration.authKind);
  if (provider === undefined || !canRefresh(deps, provider, method)) return 'DONE';
  if (!current.sealed || !current.refreshable) return 'DONE';
  if (!current.expireTime || current.expireTime.getTime() > neededUntil) return 'DONE';
  if (state?.state === 'UNKNOWN') return 'DONE';
  const mayResend = mayComeTwice(method);
  if (state?.state === 'INTENT') {
    if (!state.isLeaseOver) return 'BUSY';
    if (!mayResend) {
      await giveUpAnswer(deps, target, state.holder);
      return 'DONE';
    }
  }
  // Opened and made ready before the intent: between the intent and the kept answer nothing else is done.
  const secrets = await openForRefresh(deps, current);
  const client = oauthClientOf(deps, provider, method, integration.config, secrets);
  if (client === undefined || secrets.refresh_token === undefined) return 'DONE';
  const holder = randomUUID();
  if (!(await claimRefresh(em, target, { holder, now: deps.now(), mayResend }))) {
    const now = await readRefresh(deps.store.em.fork(), target);
    return now?.state === 'INTENT' || now?.state === 'ANSWERED' ? 'BUSY' : 'DONE';
  }
  await spendRefreshToken(deps, client, { ...target, provider: integration.provider }, holder, secrets.refresh_token);
  return 'DONE';
}

/** False where it was connected another way or the operator took the app away. */
export function canRefresh(
  deps: Deps,
  provider: Provider,
  method: ConnectMethod | undefined,
): method is OAuthRedirect | DiscoveredRedirect {
  if (method?.mode !== 'OAUTH_REDIRECT' || method.refresh === 'NONE') return false;
  return !needsApp(method) || deps.platform.appOf(provider) !== undefined;
}

/** The next change in the project, in whichever process. */
function nextChange(deps: Deps, project: string): { wait: (timeoutMs: number) => Promise<void>; stop: () => void } {
  const change = Promise.withResolvers<void>();
  const unsubscribe = deps.changes.subscribe('integration_changed', changed => {
    if (changed === undefined || changed === project) change.resolve();
  });
  let timer: NodeJS.Timeout | undefined;
  return {
    wait: timeoutMs => {
      timer = setTimeout(change.resolve, Math.max(0, timeoutMs));
      return change.promise;
    },
    stop: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
