import type { EntityManager } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import { revokeLeases } from '../credentials/leases.ts';
import { openCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { explainFailure } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { announce } from '../store/changes.ts';
import { findIntegration } from './choose.ts';
import { type Integration, IntegrationEntity } from './entity.ts';

/**
 * Asks the vendor whether the credential still works. A refusal expires the integration, an acceptance clears its health;
 * a vendor that cannot be asked changes nothing and throws.
 */
export async function testIntegration(
  em: EntityManager,
  deps: Deps,
  request: { readonly project: string; readonly id: string; readonly caller: string },
): Promise<{ readonly accepted: boolean; readonly providerTimeMs: number }> {
  const integration = await findIntegration(em, request.project, request.id);
  const { generation } = integration;
  const startMs = performance.now();
  const accepted = await isAccepted(em, deps, integration);
  const providerTimeMs = performance.now() - startMs;
  await deps.store.em.fork().transactional(async tx => {
    const now = deps.now();
    const health = accepted
      ? { healthCause: null, healthSince: null, healthMessage: null }
      : {
          status: 'EXPIRED' as const,
          healthCause: 'EXPIRED' as const,
          healthSince: now,
          healthMessage: 'The provider refused the credential when it was tested. Reconnect the integration.',
          generation: generation + 1,
        };
    // A reconnect in the meantime is newer than what was learnt here.
    const where = { project: integration.project, id: integration.id, generation, status: 'ACTIVE' as const };
    const changed = await tx.nativeUpdate(IntegrationEntity, where, { ...health, revision: integration.revision + 1 });
    await appendAudit(
      tx,
      [
        {
          project: integration.project,
          action: 'integration.test',
          caller: request.caller,
          resource: integration.id,
          provider: integration.provider,
          outcome: accepted ? 'SUCCEEDED' : 'FAILED',
          ...(!accepted && { reason: 'CREDENTIAL_REFUSED' }),
        },
      ],
      now,
    );
    if (changed > 0 && !accepted) await revokeLeases(tx, [integration], now);
    if (changed > 0) await announce(tx, 'integration_changed', integration.project);
  });
  return { accepted, providerTimeMs };
}

async function isAccepted(em: EntityManager, deps: Deps, integration: Integration): Promise<boolean> {
  const provider = deps.catalog.provider(integration.provider);
  try {
    const opened = await openCredential(deps, em, integration);
    await opened.method.identify(opened.call());
    return true;
  } catch (error) {
    if (error instanceof IntegrationError && error.reason === 'EXPIRED') return false;
    if (error instanceof ProviderError && error.failure.kind === 'refused') return false;
    throw error instanceof ProviderError && provider !== undefined ? explainFailure(provider, error) : error;
  }
}
