import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { Greeting } from '../providers/delivery.ts';
import type { Provider } from '../providers/provider.ts';
import type { SubscriptionPath } from './address.ts';
import { type Subscription, SubscriptionEntity } from './entity.ts';
import { ringFeeds } from './ring.ts';
import { sealSecret } from './secret.ts';

/** A subscription's row is written for its deliveries this often at most. */
const NOTE_EVERY_MS = 60_000;

/** The subscription that an address of its own names. */
export async function findSubscription(em: EntityManager, path: SubscriptionPath): Promise<Subscription | undefined> {
  const { project, integrationId, id } = path;
  return (await em.findOne(SubscriptionEntity, { project, id, integrationId })) ?? undefined;
}

/** Keeps the secret that the vendor tells at the address, if one is being made there now and none was told yet. */
export async function keepToldSecret(
  deps: Pick<Deps, 'vault' | 'store'>,
  provider: Provider,
  subscription: Subscription,
  greeting: Greeting,
): Promise<void> {
  const told = provider.webhook?.tellsSecret?.(greeting);
  if (told === undefined || provider.subscriptions?.secret !== 'VENDOR') return;
  const { project, id, secretVersion } = subscription;
  const sealed = await sealSecret(deps, subscription, secretVersion, told);
  await deps.store.em.fork().execute(
    `update subscriptions set sealed_secret = ?
      where project = ? and id = ? and secret_version = ? and sealed_secret is null and tries > 0
        and lease_end_time > clock_timestamp()`,
    [sealed, project, id, secretVersion],
  );
}

/**
 * Notes a genuine delivery; `isBell`: it held no event, and says at most that there is something to read. That is durable
 * when this resolves.
 */
export async function noteArrival(
  deps: Pick<Deps, 'store'>,
  provider: Provider,
  subscription: Subscription,
  receiveTime: Date,
  isBell: boolean,
): Promise<void> {
  const { project, id, deliveryTime } = subscription;
  const em = deps.store.em.fork();
  if (isBell) await ringFeeds(em, subscription, provider.feed, receiveTime);
  if (receiveTime.getTime() - (deliveryTime?.getTime() ?? 0) < NOTE_EVERY_MS) return;
  await em.execute(
    `update subscriptions set delivery_time = ?,
       good_time = case when state = 'ACTIVE' then greatest(good_time, ?) else good_time end
      where project = ? and id = ?`,
    [receiveTime, receiveTime, project, id],
  );
}
