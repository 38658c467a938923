import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import type { HeldSubscription, Subscriptions, Target } from '../providers/subscription.ts';
import { type Subscription, SubscriptionEntity } from './entity.ts';
import { type Columns, LeaseLost, saveRow } from './lease.ts';
import type { Used } from './open.ts';

/** One process's turn at one subscription; `row` is as it was last saved. */
export type Turn = {
  readonly deps: Deps;
  readonly holder: string;
  row: Subscription;
  readonly used: Used;
  readonly subscriptions: Subscriptions;
};

export async function readSubscription(
  deps: Pick<Deps, 'store'>,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<Subscription> {
  const row = await deps.store.em.fork().findOne(SubscriptionEntity, { project, id });
  if (row === null) throw new LeaseLost();
  return row;
}

/** Throws LeaseLost where the row went to another. */
export async function save(turn: Turn, columns: Columns): Promise<void> {
  await saveRow(turn.deps.store.em.fork(), 'subscriptions', turn.row, turn.holder, columns);
  turn.row = await readSubscription(turn.deps, turn.row);
}

export function targetOf({ target: key, label, eventTypes, settings }: Subscription): Target {
  return { key, label, eventTypes, settings };
}

/** What a webhook is made with; where it differs, another is made. */
export function madeKeyOf({ eventTypes, settings }: Subscription): string {
  const made = JSON.stringify([eventTypes.toSorted(), Object.entries(settings).toSorted()]);
  return createHash('sha256').update(made).digest('base64url');
}

/** The present one at the vendor. */
export function presentHeld(row: Subscription): HeldSubscription | undefined {
  return row.handle ? { id: row.vendorId ?? '', handle: row.handle, target: targetOf(row) } : undefined;
}

/** The one that a newer one replaced. */
export function oldHeld(row: Subscription): HeldSubscription | undefined {
  if (!row.oldHandle) return undefined;
  const { id = '', ...handle } = row.oldHandle;
  return { id, handle, target: targetOf(row) };
}

/** All that may stand at the vendor. */
export function allHeld(row: Subscription): readonly HeldSubscription[] {
  return [presentHeld(row), oldHeld(row)].filter(held => held !== undefined);
}
