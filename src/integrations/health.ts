import type { EntityManager } from '@mikro-orm/postgresql';
import { revokeLeases } from '../credentials/leases.ts';
import type { Deps } from '../deps.ts';
import { announce } from '../store/changes.ts';
import type { HealthCause, Integration } from './entity.ts';

/** Sets or clears the health of an integration that stays as it is otherwise; scopes too where the vendor told new ones. */
export async function setHealth(
  em: EntityManager,
  deps: Deps,
  integration: Integration,
  health: { readonly cause: HealthCause; readonly message: string } | undefined,
  grantedScopes?: readonly string[],
): Promise<void> {
  const isSame = (integration.healthCause ?? undefined) === health?.cause;
  integration.healthSince = health === undefined ? null : isSame ? integration.healthSince : deps.now();
  integration.healthCause = health?.cause ?? null;
  integration.healthMessage = health?.message ?? null;
  if (grantedScopes !== undefined) integration.grantedScopes = [...grantedScopes];
  integration.revision += 1;
  await em.flush();
}

/** The credential is no longer usable. Whoever learnt of it under an older generation comes too late and must not call. */
export async function expireIntegration(
  em: EntityManager,
  deps: Deps,
  integration: Integration,
  message: string,
): Promise<void> {
  integration.status = 'EXPIRED';
  integration.generation += 1;
  await setHealth(em, deps, integration, { cause: 'EXPIRED', message });
  await revokeLeases(em, [integration], deps.now());
  await announce(em, 'integration_changed', integration.project);
}
