import { openCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { assertScopes, assertUsable, findIntegration, notOffered } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import type { Provider, ProviderCall } from '../providers/provider.ts';

/** One vendor call of a subscription or feed with its retries. */
const CALL_MS = 30_000;

/** An integration that may be used now, and its vendor; `call` is for one provider function. */
export type Used = {
  readonly integration: Integration;
  readonly provider: Provider;
  readonly call: () => ProviderCall;
};

/** Opens the integration for its webhooks or feeds. Throws where it may not be used for them now. */
export async function openFor(
  deps: Deps,
  place: { readonly project: string; readonly integrationId: string },
  ability: (
    provider: Provider,
  ) => { readonly authKinds: readonly string[]; readonly scopes: readonly string[] } | undefined,
): Promise<Used> {
  const em = deps.store.em.fork();
  const integration = await findIntegration(em, place.project, place.integrationId);
  const provider = deps.catalog.provider(integration.provider);
  const wanted = provider && ability(provider);
  if (provider === undefined || !wanted?.authKinds.includes(integration.authKind)) {
    throw notOffered(integration);
  }
  if (isSwitchedOff(deps, provider, place.project)) {
    throw new IntegrationError('DISABLED_BY_ENVIRONMENT', { provider: provider.id });
  }
  assertUsable(integration);
  assertScopes(integration, wanted.scopes);
  const opened = await openCredential(deps, em, integration);
  return {
    integration,
    provider,
    call: () => opened.call(AbortSignal.any([deps.stopping, AbortSignal.timeout(CALL_MS)])),
  };
}

/** By the operator or the project's plan. */
export function isSwitchedOff(deps: Pick<Deps, 'platform'>, provider: Provider, project: string): boolean {
  return deps.platform.isDisabled(provider) || !deps.platform.isInPlan(provider, project);
}

/** Throws where the integration has come back as another account: what there is was planned for the one before. */
export async function assertPlanned(deps: Pick<Deps, 'store'>, integration: Integration): Promise<void> {
  const { project, id, provider, accountId } = integration;
  const plans = await deps.store.em
    .fork()
    .execute<unknown[]>(
      'select 1 from subscription_plans where project = ? and integration_id = ? and account_id = ?',
      [project, id, accountId],
    );
  if (plans.length === 0) throw new IntegrationError('INACTIVE', { project, provider, integration: id });
}
