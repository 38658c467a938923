import type { EntityManager } from '@mikro-orm/postgresql';
import { type OpenedCredential, openCredential, openPlatformCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { assertScopes, assertUsable, chooseAmong } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import type { Provider, ReferenceType } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';
import type { ReferenceList } from './entity.ts';
import { readStandings, type Standing } from './standing.ts';
import { assertStorable } from './storable.ts';

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
      /** Undefined: nobody looked there yet. */
      readonly list: ReferenceList | undefined;
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
  request: SourceRequest,
  provider: Provider,
  type: ProviderType,
): Promise<Pick<Extract<ReferenceSource, { source: 'PROVIDER' }>, 'open' | 'integration' | 'list'>> {
  const chosen = await choose(em, request, provider);
  if (chosen === 'NOT_CONFIGURED') {
    const opened = openPlatformCredential(deps, provider);
    if (opened === undefined) {
      throw new IntegrationError('NOT_CONFIGURED', { project: request.project, provider: provider.id });
    }
    return { open: () => Promise.resolve(opened), integration: undefined, list: undefined };
  }
  const { integration } = chosen;
  assertUsable(integration);
  assertScopes(integration, type.scopes);
  let opened: Promise<OpenedCredential> | undefined;
  const open = () => {
    opened ??= openCredential(deps, em, integration);
    return opened;
  };
  return { open, ...chosen };
}

async function choose(
  em: EntityManager,
  { project, integrationId, referenceType, dependsOn }: SourceRequest,
  provider: Provider,
): Promise<Standing | 'NOT_CONFIGURED'> {
  for (const [key, value] of Object.entries(dependsOn)) assertStorable(`depends_on.${key}`, value);
  const list = { referenceType, dependsOn };
  if (integrationId !== undefined) {
    const [named] = await readStandings(em, project, { integrationId }, list);
    if (named === undefined) {
      throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: integrationId });
    }
    if (named.integration.provider === provider.id) return named;
    throw invalidField('integration_id', `names an integration of another provider than ${provider.id}`);
  }
  const standings = await readStandings(em, project, { provider: provider.id }, list);
  const chosen = chooseAmong(standings.map(({ integration }) => integration));
  if (chosen === 'NOT_CONFIGURED') return chosen;
  const standing = standings.find(({ integration }) => integration === chosen);
  if (standing !== undefined) return standing;
  throw new IntegrationError('AMBIGUOUS_INTEGRATION', { project, provider: provider.id });
}
