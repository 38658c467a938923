import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { reveal, type Secret } from '../secret.ts';
import { type WebhookSecret, WebhookSecretEntity } from './entity.ts';

type Owner = { readonly project: string; readonly integrationId: string };

/** A secret that deliveries may be signed with. */
export type SigningSecret = { readonly secret: Secret; readonly version: number; readonly isReplaced: boolean };

const DESTROYED = { state: 'DESTROYED' as const, sealed: null };

/**
 * Seals the secret as the next version of the webhook's, which becomes the current one; the one before counts for
 * `overlapMs` more. Within the caller's transaction. Answers the new version and the one it replaced, 0 for none.
 */
export async function storeWebhookSecret(
  em: EntityManager,
  deps: Deps,
  given: Owner & {
    readonly field: string;
    readonly secret: Secret;
    readonly overlapMs: number;
    readonly caller: string;
  },
): Promise<{ readonly version: number; readonly replaced: number }> {
  const { project, integrationId, field, secret, overlapMs } = given;
  const where = { project, integrationId };
  const now = deps.now();
  const newest = await em.findOne(WebhookSecretEntity, where, { orderBy: { version: 'desc' }, fields: ['version'] });
  const version = (newest?.version ?? 0) + 1;
  const destroyTime = new Date(now.getTime() + overlapMs);
  const replaced = await em.nativeUpdate(
    WebhookSecretEntity,
    { ...where, state: 'CURRENT' },
    { ...(overlapMs > 0 ? { state: 'OVERLAP' as const } : DESTROYED), destroyTime },
  );
  em.create(WebhookSecretEntity, {
    ...where,
    version,
    state: 'CURRENT',
    field,
    sealed: await deps.vault.seal({ ...where, field: 'webhook-secret', version }, { [field]: secret }),
    fingerprint: (await deps.vault.mac(project, 'fingerprint', reveal(secret))).toString('hex').slice(0, 16),
    createTime: now,
    createdBy: given.caller,
    overlapDeliveries: 0,
  });
  await em.flush();
  return { version, replaced: replaced > 0 ? (newest?.version ?? 0) : 0 };
}

/** For a webhook that is no longer the integration's: it came back as another account. */
export async function destroyWebhookSecrets(em: EntityManager, deps: Deps, owner: Owner): Promise<void> {
  const where = { ...owner, state: { $ne: 'DESTROYED' as const } };
  await em.nativeUpdate(WebhookSecretEntity, where, { ...DESTROYED, destroyTime: deps.now() });
}

/**
 * The secrets that sign deliveries to the integration's own endpoint: the current one first, then those whose overlap
 * runs. They are for verification and go no further, so that no record is made of it.
 */
export async function webhookSecretsOf(
  deps: Pick<Deps, 'vault' | 'now'>,
  em: EntityManager,
  integration: { readonly project: string; readonly id: string },
  field: string,
): Promise<SigningSecret[]> {
  const { project, id: integrationId } = integration;
  const owner = { project, integrationId };
  const rows = await em.find(
    WebhookSecretEntity,
    { ...owner, field, $or: [{ state: 'CURRENT' }, { state: 'OVERLAP', destroyTime: { $gt: deps.now() } }] },
    { orderBy: { version: 'desc' } },
  );
  const secrets: SigningSecret[] = [];
  for (const { sealed, version, state } of rows) {
    if (!sealed) continue;
    const opened = await deps.vault.open({ ...owner, field: 'webhook-secret', version }, sealed);
    const secret = opened[field];
    if (secret !== undefined) secrets.push({ secret, version, isReplaced: state === 'OVERLAP' });
  }
  return secrets;
}

/** Notes a delivery that was still signed with a replaced secret. */
export async function countOverlapDelivery(em: EntityManager, owner: Owner, version: number): Promise<void> {
  await em.execute(
    `update webhook_secrets set overlap_deliveries = overlap_deliveries + 1
     where project = ? and integration_id = ? and version = ? and state = 'OVERLAP'`,
    [owner.project, owner.integrationId, version],
  );
}

/** The versions the webhook's secret has had, the newest first; the last hundred. */
export function webhookSecretVersions(em: EntityManager, owner: Owner): Promise<WebhookSecret[]> {
  return em.find(WebhookSecretEntity, { ...owner }, { orderBy: { version: 'desc' }, limit: 100 });
}
