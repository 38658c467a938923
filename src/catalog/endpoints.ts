import type { Deps } from '../deps.ts';
import { integrationEndpoint } from '../events/endpoint.ts';
import type { WebhookEndpoint } from '../providers/delivery.ts';
import type { Provider } from '../providers/provider.ts';
import { canVerify, type IntegrationStanding, isOff, type Standing, takesSecret } from './readiness.ts';

export type ListedEndpoint = {
  /** The last part of the path; '' is the bare one. */
  readonly suffix: string;
  /** Empty: there is no address yet. */
  readonly url: string;
  readonly signature: string;
  readonly notes: string;
  readonly status: 'CONFIGURED' | 'MISSING_SECRET' | 'UNAVAILABLE';
};

/** The contract's bound on the endpoints of a provider leaves room for the platform's. */
const MAX_OWN_ENDPOINTS = 12;

/** Our addresses for the provider's deliveries that people enter there: not those of webhooks that the service makes. */
export function listEndpoints(deps: Pick<Deps, 'publicUrl'>, standing: Standing): ListedEndpoint[] {
  const entered = (standing.provider.webhook?.endpoints ?? []).filter(({ secret }) => secret !== 'SUBSCRIPTION');
  return entered.flatMap(endpoint =>
    endpoint.secret === 'PLATFORM_APP'
      ? [platformEndpoint(deps, standing, endpoint)]
      : ownEndpoints(deps, standing, endpoint),
  );
}

function platformEndpoint(
  deps: Pick<Deps, 'publicUrl'>,
  standing: Standing,
  endpoint: WebhookEndpoint,
): ListedEndpoint {
  const { suffix, description: notes, signature } = endpoint;
  const url = webhookUrl(deps, standing.provider, suffix);
  return { suffix, url, signature, notes, status: endpointStatus(standing, endpoint, []) };
}

/** One address an integration; before there is one, what it will be for. */
function ownEndpoints(deps: Pick<Deps, 'publicUrl'>, standing: Standing, endpoint: WebhookEndpoint): ListedEndpoint[] {
  const { provider, project } = standing;
  const { description, signature, suffix } = endpoint;
  const owners = standing.integrations.filter(i => takesSecret(provider, i, endpoint)).slice(0, MAX_OWN_ENDPOINTS);
  if (owners.length === 0) {
    return [{ suffix, url: '', signature, notes: description, status: endpointStatus(standing, endpoint, []) }];
  }
  return owners.map(integration => {
    const own = integrationEndpoint({ project, id: integration.id });
    const notes = `${description}; for "${integration.name}"`;
    const status = endpointStatus(standing, endpoint, [integration]);
    return { suffix: own, url: webhookUrl(deps, provider, own), signature, notes, status };
  });
}

function webhookUrl(deps: Pick<Deps, 'publicUrl'>, provider: Provider, suffix: string): string {
  return `${deps.publicUrl()}/v1/provider/${provider.id}/webhook${suffix && `/${suffix}`}`;
}

function endpointStatus(
  standing: Standing,
  endpoint: WebhookEndpoint,
  integrations: readonly IntegrationStanding[],
): ListedEndpoint['status'] {
  if (isOff(standing)) return 'UNAVAILABLE';
  return canVerify(standing, endpoint, integrations) ? 'CONFIGURED' : 'MISSING_SECRET';
}
