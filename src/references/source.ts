import type { EntityManager } from '@mikro-orm/postgresql';
import { type OpenedCredential, openCredential, openPlatformCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { assertScopes, assertUsable, chooseAmong, findIntegration, integrationsOf } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import type { Provider, ReferenceType } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';

export type ProviderType = Extract<ReferenceType, { source: 'PROVIDER' }>;
export type PublishedType = Extract<ReferenceType, { source: 'PUBLISHED' }>;

/** Where references of a type are read from: our own table, or the provider with a credential. */
export type ReferenceSource =
  | { readonly source: 'PUBLISHED'; readonly type: PublishedType }
  | {
      readonly source: 'PROVIDER';
      readonly type: ProviderType;
      readonly provider: Provider;
      /** Opens the credential, once. */
      readonly open: () => Promise<OpenedCredential>;
      /** Undefined: the platform's own credential. */
      readonly integration: Integration | undefined;
    };

export type SourceRequest = {
  readonly project: string;
  readonly caller: Caller;
  readonly referenceType: string;
  readonly integrationId: string | undefined;
  readonly dependsOn: Readonly<Record<string, string>>;
};

/**
 * Checks that the type can be read in the project by the caller with these dependencies. Throws the readiness cause that
 * stands in the way.
 */
export async function openSource(
  em: EntityManager,
  deps: Deps,
  request: SourceRequest,
  dependencies: 'CHECKED' | 'ANY_DEPENDENCIES' = 'CHECKED',
): Promise<ReferenceSource> {
  const { provider, type } = findType(deps, request.referenceType);
  assertOffered(deps, request, provider, type);
  if (dependencies === 'CHECKED') assertDependencies(type, request.dependsOn);
  if (type.source === 'PUBLISHED') {
    const { project, integrationId } = request;
    if (integrationId === undefined) return { source: 'PUBLISHED', type };
    throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: integrationId });
  }
  return { source: 'PROVIDER', type, provider, ...(await openFor(em, deps, request, provider, type)) };
}

export function findType(deps: Pick<Deps, 'catalog'>, name: string): { provider: Provider; type: ReferenceType } {
  const found = deps.catalog.referenceType(name);
  if (found === undefined) throw new IntegrationError('REFERENCE_TYPE_NOT_FOUND', { reference_type: name });
  return found;
}

function assertOffered(deps: Deps, request: SourceRequest, provider: Provider, type: ReferenceType): void {
  const { project, caller } = request;
  if (!deps.access.permitsProvider(caller, provider.id, 'references.read', project)) {
    throw new IntegrationError('PERMISSION_MISSING', { permission: 'references.read', project, provider: provider.id });
  }
  if (type.runtimeState === 'PLANNED') throw new IntegrationError('NOT_IMPLEMENTED', { name: type.name });
  if (deps.platform.isDisabled(provider))
    throw new IntegrationError('DISABLED_BY_ENVIRONMENT', { provider: provider.id });
  if (!deps.platform.isInPlan(provider, project)) {
    throw new IntegrationError('DISABLED_BY_PLAN', { project, provider: provider.id });
  }
}

function assertDependencies(type: ReferenceType, given: Readonly<Record<string, string>>): void {
  for (const { key, required, type: of } of type.dependsOn) {
    if (required && !given[key]) throw invalidField(`depends_on.${key}`, `is needed: the value of a ${of}`);
  }
  for (const key of Object.keys(given)) {
    if (type.dependsOn.some(d => d.key === key)) continue;
    const known = type.dependsOn.map(d => d.key).join(', ');
    throw invalidField(`depends_on.${key}`, known === '' ? `${type.name} depends on nothing` : `is none of ${known}`);
  }
}

async function openFor(
  em: EntityManager,
  deps: Deps,
  { project, integrationId }: SourceRequest,
  provider: Provider,
  type: ProviderType,
): Promise<{ open: () => Promise<OpenedCredential>; integration: Integration | undefined }> {
  const chosen = await choose(em, project, provider, integrationId);
  if (chosen === 'NOT_CONFIGURED') {
    const opened = openPlatformCredential(deps, provider);
    if (opened === undefined) throw new IntegrationError('NOT_CONFIGURED', { project, provider: provider.id });
    return { open: () => Promise.resolve(opened), integration: undefined };
  }
  assertUsable(chosen);
  assertScopes(chosen, type.scopes);
  let opened: Promise<OpenedCredential> | undefined;
  const open = () => {
    opened ??= openCredential(deps, em, chosen);
    return opened;
  };
  return { open, integration: chosen };
}

async function choose(
  em: EntityManager,
  project: string,
  provider: Provider,
  integrationId: string | undefined,
): Promise<Integration | 'NOT_CONFIGURED'> {
  if (integrationId !== undefined) {
    const named = await findIntegration(em, project, integrationId);
    if (named.provider === provider.id) return named;
    throw invalidField('integration_id', `names an integration of another provider than ${provider.id}`);
  }
  const chosen = chooseAmong(await integrationsOf(em, project, provider.id));
  if (chosen !== 'AMBIGUOUS_INTEGRATION') return chosen;
  throw new IntegrationError('AMBIGUOUS_INTEGRATION', { project, provider: provider.id });
}
