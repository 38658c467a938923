import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { Secret } from '../secret.ts';
import { CredentialEntity } from './entity.ts';

/**
 * The secrets that sign deliveries to the integration's own endpoint: the current credential's first, then those that
 * still count while it replaces them. Empty where the credential holds none. They are for verification and go no further,
 * so that no record is made of it.
 */
export async function webhookSecretsOf(
  deps: Pick<Deps, 'vault'>,
  em: EntityManager,
  integration: { readonly project: string; readonly id: string },
  field: string,
): Promise<Secret[]> {
  const { project, id: integrationId } = integration;
  const rows = await em.find(
    CredentialEntity,
    { project, integrationId, state: { $in: ['CURRENT', 'OVERLAP'] } },
    { orderBy: { version: 'desc' } },
  );
  const secrets: Secret[] = [];
  for (const { sealed, version } of rows) {
    if (sealed === null || sealed === undefined) continue;
    const opened = await deps.vault.open({ project, integrationId, field: 'credential', version }, sealed);
    const secret = opened[field];
    if (secret !== undefined) secrets.push(secret);
  }
  return secrets;
}
