import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { reveal, type Secret } from '../secret.ts';
import { type Credential, CredentialEntity } from './entity.ts';

/** Who brought the versions that a refresh made. */
export const REFRESHER = 'mobius:refresh';

export type NewCredential = {
  readonly project: string;
  readonly integrationId: string;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly expireTime: Date | undefined;
  readonly refreshable: boolean;
  readonly caller: string;
  /** How long the version before is kept. Absent: a new consent, which leaves none of the versions before. */
  readonly overlapMs?: number;
};

/**
 * Seals the secrets as the next version, which becomes the current one; answers its number. Within the caller's
 * transaction.
 */
export async function storeCredential(em: EntityManager, deps: Deps, credential: NewCredential): Promise<number> {
  const { project, integrationId, secrets, overlapMs } = credential;
  const where = { project, integrationId };
  const newest = await em.findOne(CredentialEntity, where, { orderBy: { version: 'desc' }, fields: ['version'] });
  const version = (newest?.version ?? 0) + 1;
  const now = deps.now();
  if (overlapMs !== undefined && overlapMs > 0) {
    const destroyTime = new Date(now.getTime() + overlapMs);
    await em.nativeUpdate(CredentialEntity, { ...where, state: 'CURRENT' }, { state: 'OVERLAP', destroyTime });
  } else {
    const replaced = overlapMs === undefined ? { $ne: 'DESTROYED' as const } : ('CURRENT' as const);
    await em.nativeUpdate(CredentialEntity, { ...where, state: replaced }, { ...DESTROYED, destroyTime: now });
  }
  const value = JSON.stringify(Object.entries(secrets).map(([name, secret]) => [name, reveal(secret)]));
  em.create(CredentialEntity, {
    ...where,
    version,
    state: 'CURRENT',
    sealed: await deps.vault.seal({ ...where, field: 'credential', version }, secrets),
    secretFields: Object.keys(secrets),
    fingerprint: (await deps.vault.mac(project, 'fingerprint', value)).toString('hex').slice(0, 16),
    issueTime: now,
    expireTime: credential.expireTime ?? null,
    refreshable: credential.refreshable,
    createdBy: credential.caller,
  });
  await em.flush();
  return version;
}

const DESTROYED = { state: 'DESTROYED' as const, sealed: null, sealedMinted: null, mintedExpireTime: null };

/** The current credential of an integration, opened for another integration to be made of it. */
export async function takeCredential(
  em: EntityManager,
  deps: Deps,
  from: { readonly project: string; readonly provider: string; readonly integrationId: string },
): Promise<Pick<NewCredential, 'secrets' | 'expireTime' | 'refreshable'>> {
  const { project, integrationId } = from;
  const credential = await em.findOne(CredentialEntity, { project, integrationId, state: 'CURRENT' });
  if (credential === null || !credential.sealed) {
    throw new IntegrationError('EXPIRED', { project, provider: from.provider, integration: integrationId });
  }
  const place = { project, integrationId, field: 'credential', version: credential.version };
  return {
    secrets: await deps.vault.open(place, credential.sealed),
    expireTime: credential.expireTime ?? undefined,
    refreshable: credential.refreshable,
  };
}

/** The current credentials of these integrations, by integration. */
export async function currentCredentials(
  em: EntityManager,
  project: string,
  integrationIds: readonly string[],
): Promise<ReadonlyMap<string, Credential>> {
  const where = { project, integrationId: { $in: [...integrationIds] }, state: 'CURRENT' as const };
  return new Map((await em.find(CredentialEntity, where)).map(c => [c.integrationId, c]));
}

/** The versions an integration has had, the newest first; the last hundred. */
export function credentialVersions(em: EntityManager, project: string, integrationId: string): Promise<Credential[]> {
  return em.find(CredentialEntity, { project, integrationId }, { orderBy: { version: 'desc' }, limit: 100 });
}
