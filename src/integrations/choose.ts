import type { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { IntegrationError } from '../errors.ts';
import { type Integration, IntegrationEntity } from './entity.ts';

/** The project's integrations of a provider, the oldest first. */
export function integrationsOf(em: EntityManager, project: string, provider: string): Promise<Integration[]> {
  return em.find(IntegrationEntity, { project, provider }, { orderBy: { createTime: 'asc', id: 'asc' } });
}

export async function findIntegration(
  em: EntityManager,
  project: string,
  id: string,
  lockMode?: LockMode,
): Promise<Integration> {
  const options = lockMode === undefined ? {} : { lockMode, refresh: true };
  const integration = await em.findOne(IntegrationEntity, { project, id }, options);
  if (integration === null) throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: id });
  return integration;
}

/**
 * The integration that a call without `integration_id` uses: the default one, else the only one. Several without a
 * default are ambiguous: the newest is never guessed.
 */
export function chooseAmong<T extends Pick<Integration, 'isDefault'>>(
  integrations: readonly T[],
): T | 'NOT_CONFIGURED' | 'AMBIGUOUS_INTEGRATION' {
  const byDefault = integrations.find(i => i.isDefault);
  if (byDefault !== undefined) return byDefault;
  if (integrations.length > 1) return 'AMBIGUOUS_INTEGRATION';
  return integrations[0] ?? 'NOT_CONFIGURED';
}

/** Whether it is there, as somebody else may have changed it, and switched on with a usable credential. */
export async function isInUse(
  em: EntityManager,
  { project, id }: Pick<Integration, 'project' | 'id'>,
): Promise<boolean> {
  return (await em.count(IntegrationEntity, { project, id, status: 'ACTIVE' })) === 1;
}

/** Throws where the integration is switched off or its credential is no longer usable. */
export function assertUsable(integration: Integration): void {
  if (integration.status === 'ACTIVE') return;
  throw new IntegrationError(integration.status, {
    project: integration.project,
    provider: integration.provider,
    integration: integration.id,
  });
}

/** Throws where the grant is known and lacks a scope. */
export function assertScopes(integration: Integration, scopes: readonly string[]): void {
  const missing = missingScopes(integration, scopes);
  if (missing.length === 0) return;
  throw new IntegrationError('SCOPE_MISSING', {
    project: integration.project,
    provider: integration.provider,
    integration: integration.id,
    scopes: missing.join(','),
  });
}

/** The scopes that a known grant lacks; none where the vendor did not say what it granted. */
export function missingScopes(
  integration: Pick<Integration, 'grantedScopes'>,
  scopes: readonly string[],
): readonly string[] {
  const granted = integration.grantedScopes;
  return granted === null || granted === undefined ? [] : scopes.filter(scope => !granted.includes(scope));
}

/** The catalog does not have the provider any more, or not with that way to connect: it came by a manifest that changed. */
export function notOffered({ provider, authKind }: Pick<Integration, 'provider' | 'authKind'>): IntegrationError {
  const message = `The catalog has no provider ${provider} that is connected by ${authKind}; its manifest is gone, or says otherwise.`;
  return new IntegrationError('NOT_IMPLEMENTED', { provider, auth_kind: authKind }, { message });
}
