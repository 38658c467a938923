import { appendAudit } from '../audit/append.ts';
import { revokeLeases } from '../credentials/leases.ts';
import { type Revocation, revocationChanges, revokeCredentials } from '../credentials/revoke.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { announce } from '../store/changes.ts';
import { removalChanges, removeSubscriptions } from '../subscriptions/remove.ts';
import type { Integration } from './entity.ts';
import { expireIntegration } from './health.ts';
import { lockIntegration } from './update.ts';

/**
 * Takes the integration out of use, removes its webhooks and ends its credentials at the vendor, then deletes it with all
 * of them. Receipts, leases and audit records stay. A vendor that cannot be reached does not keep the integration alive: the
 * answer says what was not revoked. What a process that died left half deleted stays EXPIRED and can be deleted again.
 */
export async function deleteIntegration(
  deps: Deps,
  request: { readonly project: string; readonly id: string; readonly etag: string; readonly caller: string },
): Promise<readonly Revocation[]> {
  const { project, id, caller } = request;
  const integration = await withdraw(deps, project, id, request.etag);
  const { provider, generation } = integration;
  const webhooks = await removeSubscriptions(deps, integration);
  const revocations = await revokeCredentials(deps, integration);
  await deps.store.em.fork().transactional(async tx => {
    const locked = await lockIntegration(tx, project, id, '');
    // Connected again meanwhile: the new credential was not revoked, and somebody wants it.
    if (locked.generation !== generation) throw new IntegrationError('ETAG_MISMATCH', { project, integration: id });
    await revokeLeases(tx, [locked], deps.now());
    await tx.execute('delete from integrations where project = ? and id = ?', [project, id]);
    await appendAudit(
      tx,
      [
        {
          project,
          action: 'integration.delete',
          caller,
          resource: id,
          provider,
          outcome: 'SUCCEEDED',
          changes: [...removalChanges(webhooks), ...revocationChanges(revocations)],
        },
      ],
      deps.now(),
    );
    await announce(tx, 'integration_changed', project);
  });
  return revocations;
}

/** From its commit on no credential of the integration is handed out or refreshed. */
async function withdraw(deps: Deps, project: string, id: string, etag: string): Promise<Integration> {
  return await deps.store.em.fork().transactional(async tx => {
    const integration = await lockIntegration(tx, project, id, etag);
    await expireIntegration(tx, deps, integration, 'It is being deleted.');
    return integration;
  });
}
