import type { EntityManager } from '@mikro-orm/postgresql';
import type { CredentialState } from './entity.ts';
import { credentialVersions, REFRESHER } from './store.ts';
import { webhookSecretVersions } from './webhook_secret.ts';

export type CredentialSlot = 'PRIMARY' | 'WEBHOOK_SECRET';

/** One entry of the history of an integration's secrets; never a value. */
export type SecretVersion = {
  readonly version: number;
  readonly slot: CredentialSlot;
  readonly state: CredentialState;
  readonly fingerprint: string;
  readonly createdBy: string;
  readonly createTime: Date;
  readonly destroyTime: Date | undefined;
  readonly overlapDeliveries: number;
};

const MAX_VERSIONS = 100;

/** The versions the integration's secrets have had, the newest first; the last hundred. Absent `slot`: of both. */
export async function secretHistory(
  em: EntityManager,
  integration: { readonly project: string; readonly id: string },
  now: Date,
  slot?: CredentialSlot,
): Promise<readonly SecretVersion[]> {
  const { project, id: integrationId } = integration;
  const stateAt = (row: { readonly state: CredentialState; readonly destroyTime?: Date | null }): CredentialState =>
    row.state === 'OVERLAP' && row.destroyTime && row.destroyTime <= now ? 'DESTROYED' : row.state;
  const primary = slot === 'WEBHOOK_SECRET' ? [] : await credentialVersions(em, project, integrationId);
  const webhook = slot === 'PRIMARY' ? [] : await webhookSecretVersions(em, { project, integrationId });
  return [
    ...primary.map(row => ({
      version: row.version,
      slot: 'PRIMARY' as const,
      state: stateAt(row),
      fingerprint: row.fingerprint,
      createdBy: row.createdBy === REFRESHER ? 'refresh' : row.createdBy,
      createTime: row.issueTime,
      destroyTime: row.destroyTime ?? undefined,
      overlapDeliveries: 0,
    })),
    ...webhook.map(row => ({
      version: row.version,
      slot: 'WEBHOOK_SECRET' as const,
      state: stateAt(row),
      fingerprint: row.fingerprint,
      createdBy: row.createdBy,
      createTime: row.createTime,
      destroyTime: row.destroyTime ?? undefined,
      overlapDeliveries: row.overlapDeliveries,
    })),
  ]
    .sort((a, b) => b.createTime.getTime() - a.createTime.getTime() || b.version - a.version)
    .slice(0, MAX_VERSIONS);
}
