import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditChange } from '../audit/entity.ts';
import { openCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Integration } from '../integrations/entity.ts';
import { subscriptionsFor } from '../providers/catalog_index.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { HeldSubscription, Subscriptions } from '../providers/subscription.ts';
import { type Subscription, SubscriptionEntity } from './entity.ts';
import { allHeld } from './turn.ts';

const CONCURRENCY = 8;
/** Whoever deletes or revokes waits no longer: what is left delivers to an address that refuses it. */
const MAX_TIME_MS = 10_000;

export type Removal = { readonly removed: number; readonly left: number };

/** For the record of whatever removed them. */
export function removalChanges({ removed, left }: Removal): readonly AuditChange[] {
  if (removed + left === 0) return [];
  return [{ field: 'webhooks', before: String(removed + left), after: String(left) }];
}

/**
 * Removes the integration's webhooks at the vendor, while its credential still works; no process makes another one. To be
 * called when the integration is out of use, before its credentials are revoked.
 */
export async function removeSubscriptions(deps: Deps, integration: Integration): Promise<Removal> {
  const rows = await retire(deps.store.em.fork(), integration);
  const held = rows.flatMap(allHeld);
  const provider = deps.catalog.provider(integration.provider);
  const subscriptions = provider && subscriptionsFor(provider, integration.authKind);
  if (held.length === 0 || subscriptions === undefined) return { removed: 0, left: held.length };
  const removed = await removeAll(deps, integration, subscriptions, held);
  const left = held.length - removed;
  if (left === 0) await forgetSubscriptions(deps.store.em.fork(), integration);
  deps.log.info({ integration: integration.id, removed, left }, 'webhooks removed');
  return { removed, left };
}

/** From its commit on whoever works at them has lost them, and nobody begins. */
async function retire(em: EntityManager, { project, id }: Integration): Promise<readonly Subscription[]> {
  for (const table of ['subscription_plans', 'feeds']) {
    await em.execute(
      `update ${table} set holder = null, lease_end_time = null, next_time = null where project = ? and integration_id = ?`,
      [project, id],
    );
  }
  await em.execute(
    `update subscriptions set is_wanted = false, holder = null, lease_end_time = null, next_time = null
      where project = ? and integration_id = ?`,
    [project, id],
  );
  return em.find(SubscriptionEntity, { project, integrationId: id });
}

/** Answers how many are gone. */
async function removeAll(
  deps: Deps,
  integration: Integration,
  subscriptions: Subscriptions,
  held: readonly HeldSubscription[],
): Promise<number> {
  const signal = AbortSignal.any([deps.stopping, AbortSignal.timeout(MAX_TIME_MS)]);
  let removed = 0;
  let next = 0;
  try {
    const opened = await openCredential(deps, deps.store.em.fork(), integration, undefined, signal);
    const worker = async (): Promise<void> => {
      for (let one = held[next++]; one !== undefined && !signal.aborted; one = held[next++]) {
        if (await isRemoved(deps, () => subscriptions.remove(opened.call(signal), one as HeldSubscription)))
          removed += 1;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  } catch (error) {
    // A credential that does not open removes nothing, and must not keep the integration alive.
    if (!(error instanceof IntegrationError || error instanceof ProviderError || signal.aborted)) throw error;
  }
  return removed;
}

async function isRemoved(deps: Deps, remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.failure.kind !== 'not_found') deps.log.warn({ cause: error.failure.kind }, 'a webhook was not removed');
    return error.failure.kind === 'not_found';
  }
}

/** Of one integration, or of the whole project: what stands at vendors delivers to addresses that refuse it. */
export async function forgetSubscriptions(
  em: EntityManager,
  { project, id }: { readonly project: string; readonly id?: string },
): Promise<void> {
  for (const table of ['subscriptions', 'feeds', 'subscription_plans']) {
    await em.execute(`delete from ${table} where project = ? ${id === undefined ? '' : 'and integration_id = ?'}`, [
      project,
      ...(id === undefined ? [] : [id]),
    ]);
  }
}
