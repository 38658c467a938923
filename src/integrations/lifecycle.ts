import { LockMode } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import { openCredential } from '../credentials/open.ts';
import { currentCredentials } from '../credentials/store.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Lifecycle, ParsedEvent } from '../providers/delivery.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';
import { announce } from '../store/changes.ts';
import { explainStoreError } from '../store/failure.ts';
import { findIntegration } from './choose.ts';
import type { Integration } from './entity.ts';
import { expireIntegration, setHealth } from './health.ts';
import { integrationsOfAccounts } from './of_account.ts';

/** Vendors give whole seconds, and clocks differ: nearer than this to the credential's issue, the vendor is asked. */
const UNSURE_WITHIN_MS = 60_000;
/** The vendor waits for our answer to its delivery meanwhile. */
const ASK_TIMEOUT_MS = 2_000;

const MESSAGES: Readonly<Record<'ENDED' | 'SUSPENDED', string>> = {
  ENDED: 'The app was removed or its access was revoked at the provider. Reconnect the integration.',
  SUSPENDED: 'The app was suspended at the provider. It works again once it is resumed there, or reconnect it.',
};

/**
 * Acts on what the vendor tells of our access: integrations of the account expire, or come back from a suspension. What
 * happened before the present consent changes nothing. May be repeated.
 */
export async function consumeLifecycle(
  deps: Deps,
  provider: Provider,
  events: readonly Pick<ParsedEvent, 'accountId' | 'lifecycle'>[],
): Promise<void> {
  for (const { accountId, lifecycle } of events) {
    if (lifecycle === undefined) continue;
    try {
      const em = deps.store.em.fork();
      for (const { project, id } of await integrationsOfAccounts(em, [{ provider: provider.id, accountId }])) {
        const integration = await findIntegration(em, project, id);
        if (integration.authKind === lifecycle.authKind) await apply(deps, integration, lifecycle);
      }
    } catch (error) {
      // Deleted meanwhile: there is nothing left to change.
      if (error instanceof IntegrationError && error.reason === 'INTEGRATION_NOT_FOUND') continue;
      throw explainStoreError(error);
    }
  }
}

async function apply(deps: Deps, integration: Integration, lifecycle: Lifecycle): Promise<void> {
  const { kind } = lifecycle;
  const isSuspended = integration.status === 'EXPIRED' && integration.healthMessage === MESSAGES.SUSPENDED;
  if (kind === 'RESUMED' ? !isSuspended : integration.status === 'EXPIRED' && !isSuspended) return;
  // Switched off by a person: it must not come back with the resumption.
  if (kind === 'SUSPENDED' && integration.status === 'INACTIVE') return;
  const works = await stillWorks(deps, integration, lifecycle);
  if (works !== (kind === 'RESUMED')) return;
  const { project, id, generation } = integration;
  await deps.store.em.fork().transactional(async em => {
    const locked = await findIntegration(em, project, id, LockMode.PESSIMISTIC_WRITE);
    // A newer consent, or whatever else decided since, is newer than what was learnt here.
    if (locked.generation !== generation) return;
    const before = locked.status;
    if (kind === 'RESUMED') {
      locked.status = 'ACTIVE';
      locked.generation += 1;
      await setHealth(em, deps, locked, undefined);
      await announce(em, 'integration_changed', project);
    } else await expireIntegration(em, deps, locked, MESSAGES[kind]);
    await appendAudit(
      em,
      [
        {
          project,
          action: kind === 'RESUMED' ? 'integration.resume' : 'integration.expire',
          caller: 'system',
          resource: id,
          provider: locked.provider,
          outcome: 'SUCCEEDED',
          changes: [
            { field: 'status', before, after: locked.status },
            { field: 'lifecycle', before: '', after: kind },
          ],
        },
      ],
      deps.now(),
    );
  });
}

/** Undefined: it cannot be told now, so that nothing is changed. */
async function stillWorks(deps: Deps, integration: Integration, lifecycle: Lifecycle): Promise<boolean | undefined> {
  const { project, id } = integration;
  if (lifecycle.kind !== 'RESUMED' && lifecycle.time !== undefined) {
    const credential = (await currentCredentials(deps.store.em.fork(), project, [id])).get(id);
    const afterMs = lifecycle.time.getTime() - (credential?.issueTime.getTime() ?? 0);
    if (Math.abs(afterMs) > UNSURE_WITHIN_MS) return afterMs < 0;
  }
  try {
    const opened = await openCredential(deps, deps.store.em.fork(), integration);
    await opened.method.identify(opened.call(AbortSignal.timeout(ASK_TIMEOUT_MS)));
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'refused') return false;
    if (!(error instanceof ProviderError || error instanceof IntegrationError)) throw error;
    deps.log.warn({ integration: id, provider: integration.provider }, 'could not ask whether access has ended');
    return undefined;
  }
}
