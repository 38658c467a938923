import type { EntityManager } from '@mikro-orm/postgresql';
import { type SigningSecret, webhookSecretsOf } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { findIntegration } from '../integrations/choose.ts';
import type { IntegrationStatus } from '../integrations/entity.ts';
import type { Webhook } from '../providers/delivery.ts';
import type { Provider } from '../providers/provider.ts';
import type { Secret } from '../secret.ts';
import { readSubscriptionEndpoint, type SubscriptionPath } from '../subscriptions/address.ts';
import { findSubscription } from '../subscriptions/arrival.ts';
import type { Subscription } from '../subscriptions/entity.ts';
import { signingSecrets } from '../subscriptions/secret.ts';

/** The two free parts of `/v1/provider/{provider}/webhook[/{endpoint}]`. */
export type EndpointPath = { readonly provider: string; readonly endpoint: string };

/** Where deliveries arrive, and what proves them genuine. */
export type Endpoint = {
  readonly provider: Provider;
  readonly webhook: Webhook;
  readonly suffix: string;
  /** Empty and without a key set: nothing is accepted here. */
  readonly secrets: readonly Secret[];
  /** Set where tokens of the vendor for this audience, signed by a key that it publishes there, prove a delivery. */
  readonly keySet?: { readonly url: string; readonly claims: Readonly<Record<string, string>> };
  /** Set on an integration's own endpoint: all that arrives is its own. */
  readonly integration?: { readonly project: string; readonly id: string; readonly status: IntegrationStatus };
  /** The integration's own secrets, by version. */
  readonly signing?: readonly SigningSecret[];
  /** Set on the address of one webhook that the service made. */
  readonly subscription?: Subscription;
};

export function readEndpointPath(url: string): EndpointPath | undefined {
  const match = /^\/v1\/provider\/([^/?]+)\/webhook(?:\/([^?]*))?(?:\?|$)/.exec(url);
  return match?.[1] === undefined ? undefined : { provider: match[1], endpoint: match[2] ?? '' };
}

/** The last part of the path of an integration's own endpoint. It names and opens nothing: the signature does. */
export function integrationEndpoint(integration: { readonly project: string; readonly id: string }): string {
  return `${integration.project}.${integration.id}`;
}

const OWN_ENDPOINT = /^([a-z0-9][a-z0-9-]{0,62})\.(intg_[0-9A-Za-z_-]{1,64})$/;

/** The integration that such a path names; undefined: it is not one. */
export function readOwnEndpoint(endpoint: string): { readonly project: string; readonly id: string } | undefined {
  const [, project, id] = OWN_ENDPOINT.exec(endpoint) ?? [];
  return project === undefined || id === undefined ? undefined : { project, id };
}

/** Undefined: the provider has no such endpoint, or there is no such integration of it. */
export async function findEndpoint(deps: Deps, provider: Provider, endpoint: string): Promise<Endpoint | undefined> {
  const { webhook } = provider;
  if (webhook === undefined) return undefined;
  const named = webhook.endpoints.find(e => e.secret === 'PLATFORM_APP' && e.suffix === endpoint);
  if (named?.keySetUrl !== undefined) {
    const fields = deps.platform.appOf(provider)?.fields ?? {};
    const audience = fields[named.secretField];
    const url = named.keySetUrl(deps.platform.endpointsOf(provider, {}));
    const keySet = audience === undefined ? undefined : { url, claims: { ...fields, audience } };
    return { provider, webhook, suffix: named.suffix, secrets: [], ...(keySet && { keySet }) };
  }
  if (named !== undefined) {
    const secrets = deps.platform.appOf(provider)?.secrets[named.secretField] ?? [];
    return { provider, webhook, suffix: named.suffix, secrets };
  }
  const em = deps.store.em.fork();
  const made = readSubscriptionEndpoint(endpoint);
  if (made !== undefined) return await findMade(deps, em, provider, made);
  const path = readOwnEndpoint(endpoint);
  const own = webhook.endpoints.find(e => e.secret === 'INTEGRATION');
  if (own === undefined || path === undefined) return undefined;
  const integration = await findOrAbsent(em, path.project, path.id);
  if (integration === undefined || integration.provider !== provider.id) return undefined;
  const signing = await webhookSecretsOf(deps, em, integration, own.secretField);
  const secrets = signing.map(({ secret }) => secret);
  return { provider, webhook, suffix: own.suffix, secrets, integration, signing };
}

/** The address of a webhook that the service made: verified as the provider says, with that one's secret or the app's. */
async function findMade(
  deps: Deps,
  em: EntityManager,
  provider: Provider,
  path: SubscriptionPath,
): Promise<Endpoint | undefined> {
  const { webhook, subscriptions } = provider;
  const endpoint = webhook?.endpoints.find(({ suffix }) => suffix === subscriptions?.endpoint);
  if (webhook === undefined || endpoint === undefined || subscriptions?.address !== 'OWN') return undefined;
  const subscription = await findSubscription(em, path);
  const integration = subscription && (await findOrAbsent(em, path.project, path.integrationId));
  if (subscription === undefined || integration === undefined || integration.provider !== provider.id) return undefined;
  const secrets =
    subscriptions.secret === 'APP'
      ? (deps.platform.appOf(provider)?.secrets[endpoint.secretField] ?? [])
      : await signingSecrets(deps, subscription);
  return { provider, webhook, suffix: endpoint.suffix, secrets, integration, subscription };
}

async function findOrAbsent(em: EntityManager, project: string, id: string) {
  try {
    return await findIntegration(em, project, id);
  } catch (error) {
    if (error instanceof IntegrationError && error.reason === 'INTEGRATION_NOT_FOUND') return undefined;
    throw error;
  }
}
