import type { Deps } from '../deps.ts';
import type { Provider } from '../providers/provider.ts';
import type { Subscriptions } from '../providers/subscription.ts';

/** What the last part of the path of a subscription's own address names. It opens nothing: the signature does. */
export type SubscriptionPath = { readonly project: string; readonly integrationId: string; readonly id: string };

const OWN_ADDRESS = /^([a-z0-9][a-z0-9-]{0,62})\.(intg_[0-9A-Za-z_-]{1,64})\.(sub_[0-9a-z]{26})$/;

export function subscriptionEndpoint({ project, integrationId, id }: SubscriptionPath): string {
  return `${project}.${integrationId}.${id}`;
}

/** Undefined: it is no such path. */
export function readSubscriptionEndpoint(endpoint: string): SubscriptionPath | undefined {
  const [, project, integrationId, id] = OWN_ADDRESS.exec(endpoint) ?? [];
  return project === undefined || integrationId === undefined || id === undefined
    ? undefined
    : { project, integrationId, id };
}

/** Where the vendor is to deliver to, as the internet sees it. */
export function addressOf(
  deps: Pick<Deps, 'publicUrl'>,
  provider: Provider,
  { address, endpoint }: Subscriptions,
  path: SubscriptionPath,
): string {
  const last = address === 'APP' ? endpoint : subscriptionEndpoint(path);
  return `${deps.publicUrl()}/v1/provider/${provider.id}/webhook${last && `/${last}`}`;
}
