import type { EntityManager } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import { openCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { announce } from '../store/changes.ts';
import { findIntegration } from './choose.ts';
import type { Integration } from './entity.ts';
import { etagOf, lockIntegration } from './update.ts';

export type Revocation = {
  readonly version: number;
  readonly outcome: 'REVOKED' | 'NOT_SUPPORTED' | 'FAILED';
  readonly message: string;
};

/**
 * Ends the credential at the vendor, then deletes the integration with all its credentials. Receipts, leases and audit
 * records stay. A vendor that cannot be reached does not keep the integration alive: the answer says what was not revoked.
 */
export async function deleteIntegration(
  em: EntityManager,
  deps: Deps,
  request: { readonly project: string; readonly id: string; readonly etag: string; readonly caller: string },
): Promise<readonly Revocation[]> {
  const integration = await findIntegration(em, request.project, request.id);
  if (request.etag !== '' && request.etag !== etagOf(integration)) {
    throw new IntegrationError('ETAG_MISMATCH', {
      project: request.project,
      integration: request.id,
      etag: etagOf(integration),
    });
  }
  const revocation = await revoke(em, deps, integration);
  await deps.store.em.fork().transactional(async tx => {
    const locked = await lockIntegration(tx, request.project, request.id, request.etag);
    await tx.execute('delete from integrations where project = ? and id = ?', [locked.project, locked.id]);
    await appendAudit(
      tx,
      [
        {
          project: locked.project,
          action: 'integration.delete',
          caller: request.caller,
          resource: locked.id,
          provider: locked.provider,
          outcome: 'SUCCEEDED',
          changes: [{ field: 'revocation', before: '', after: revocation.outcome }],
        },
      ],
      deps.now(),
    );
    await announce(tx, 'integration_changed', locked.project);
  });
  return [revocation];
}

async function revoke(em: EntityManager, deps: Deps, integration: Integration): Promise<Revocation> {
  let version = 0;
  try {
    const opened = await openCredential(deps, em, integration);
    version = opened.version;
    if (opened.method.revoke === undefined) {
      return { version, outcome: 'NOT_SUPPORTED', message: 'The provider has no call for it; remove the grant there.' };
    }
    await opened.method.revoke(opened.call());
    return { version, outcome: 'REVOKED', message: '' };
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'refused') {
      return { version, outcome: 'REVOKED', message: 'The provider had ended it already.' };
    }
    if (error instanceof ProviderError || error instanceof IntegrationError) {
      deps.log.warn({ err: error, integration: integration.id }, 'upstream revocation failed');
      return { version, outcome: 'FAILED', message: 'The provider was not reached; remove the grant there.' };
    }
    throw error;
  }
}
