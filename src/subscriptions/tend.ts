import type { Deps } from '../deps.ts';
import { subscriptionsFor } from '../providers/catalog_index.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { HeldSubscription, SubscriptionCheck } from '../providers/subscription.ts';
import { addressOf } from './address.ts';
import type { Subscription } from './entity.ts';
import { judgeFailure } from './failure.ts';
import { fillGap } from './gap.ts';
import { noteEventHealth } from './health.ts';
import {
  claimRow,
  FAILED_RETRY_MS,
  holdBack,
  LeaseLost,
  releaseRow,
  saveRow,
  unlessLost,
  type WorkPlace,
} from './lease.ts';
import { expiryColumns, gapColumns, makeSubscription, removeQuietly } from './make.ts';
import { assertPlanned, openFor } from './open.ts';
import { allHeld, madeKeyOf, oldHeld, presentHeld, readSubscription, save, type Turn } from './turn.ts';

const CHECK_EVERY_MS = 3_600_000;
/** So many looks that nobody took mean that no process ran. */
const AWAY_CHECKS = 2.5;
const RENEW_AGAIN_MS = 60_000;
/** After so many vain tries one that is not wanted is left at the vendor: its deliveries are refused. */
const MAX_REMOVALS = 10;

/**
 * Brings one subscription to what it should be: made, looked for, renewed at half its life, made anew where it is gone, and
 * what happened without it read; or removed. Does nothing where another process works at it or it is not due.
 */
export function tendSubscription(deps: Deps, place: WorkPlace): Promise<void> {
  return deps.flights.join(`subscriptions/${place.project}/${place.id}`, async () => {
    const holder = await claimRow(deps.store.em.fork(), 'subscriptions', place, deps.now());
    if (holder === undefined) return;
    const row = await readSubscription(deps, place);
    try {
      await work(deps, row, holder);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await fail(deps, row, holder, error);
    }
  });
}

async function work(deps: Deps, row: Subscription, holder: string): Promise<void> {
  const used = await openFor(deps, row, provider => provider.subscriptions);
  const subscriptions = subscriptionsFor(used.provider, used.integration.authKind);
  if (subscriptions === undefined) throw new Error('a subscription of a provider that makes none');
  await assertPlanned(deps, used.integration);
  const turn: Turn = { deps, row, holder, used, subscriptions };
  if (!row.isWanted) return removeUnwanted(turn);
  const hadTrouble = row.failures > 0 || row.lapseTime !== null;
  await keep(turn);
  await removeOld(turn);
  if (hadTrouble) await noteEventHealth(deps, row);
  const isOpen = await fillGap(turn);
  await release(turn, row, isOpen ? deps.now() : nextLook(turn));
}

async function keep(turn: Turn): Promise<void> {
  const { deps, row, used, subscriptions } = turn;
  const held = presentHeld(row);
  if (held === undefined) return makeSubscription(turn);
  const now = deps.now();
  const isMoved = row.address !== addressOf(deps, used.provider, subscriptions, row) || row.madeKey !== madeKeyOf(row);
  const isDue = row.renewTime !== null && row.renewTime !== undefined && row.renewTime <= now;
  const isOver = row.expireTime !== null && row.expireTime !== undefined && row.expireTime <= now;
  const found = isOver ? 'GONE' : await look(turn, held, isDue);
  if (found === 'GONE' || found === 'STOPPED') return makeAnew(turn, held, found);
  const expireTime = found.expireTime ?? row.expireTime ?? undefined;
  const { renew_time, ...columns } = expiryColumns(turn, expireTime);
  // Only what was prolonged, or ends sooner than was known, has its half anew: else looking would put it off for ever.
  const wasRenewed = isDue && subscriptions.renew !== undefined;
  const endsSooner = expireTime !== undefined && (!row.expireTime || expireTime < row.expireTime);
  // It stood, and nobody of us was there to look: whoever was down took no deliveries either.
  const wasAway = now.getTime() - row.goodTime.getTime() > AWAY_CHECKS * checkEveryMs(turn);
  const renewal = wasRenewed || endsSooner ? { renew_time } : {};
  await save(turn, { ...columns, ...renewal, ...(wasAway && gapColumns(turn, now)) });
  if (isMoved || (isDue && subscriptions.renew === undefined)) await makeSubscription(turn);
}

async function look(turn: Turn, held: HeldSubscription, isDue: boolean): Promise<SubscriptionCheck> {
  const { subscriptions, used } = turn;
  try {
    if (isDue && subscriptions.renew !== undefined) return await subscriptions.renew(used.call(), held);
    return await subscriptions.check(used.call(), held);
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'not_found') return 'GONE';
    throw error;
  }
}

/** Durable first: that it lapsed is known and shown even where making another one fails. */
async function makeAnew(turn: Turn, held: HeldSubscription, found: 'GONE' | 'STOPPED'): Promise<void> {
  const { deps, row } = turn;
  deps.log.warn({ provider: row.provider, integration: row.integrationId, target: row.label, found }, 'webhook lapsed');
  if (found === 'STOPPED') await removeQuietly(turn, held);
  const lapse_time = row.lapseTime ?? lapseOf(row, deps.now());
  await save(turn, {
    state: 'CREATING',
    vendor_id: null,
    handle: null,
    expire_time: null,
    renew_time: null,
    lapse_time,
  });
  await makeSubscription(turn);
}

/** It delivered until it expired, if it did; else until when it was last known to. */
function lapseOf({ expireTime, goodTime }: Subscription, now: Date): Date {
  return expireTime && expireTime <= now && expireTime > goodTime ? expireTime : goodTime;
}

async function removeOld(turn: Turn): Promise<void> {
  const old = oldHeld(turn.row);
  if (old === undefined) return;
  await removeQuietly(turn, old);
  await save(turn, { old_handle: null, old_sealed_secret: null });
}

async function removeUnwanted(turn: Turn): Promise<void> {
  const { deps, row, holder, subscriptions, used } = turn;
  for (const held of allHeld(row)) {
    try {
      await subscriptions.remove(used.call(), held);
    } catch (error) {
      const isGone = error instanceof ProviderError && error.failure.kind === 'not_found';
      if (!isGone && row.failures < MAX_REMOVALS) throw error;
    }
  }
  const em = deps.store.em.fork();
  await em.execute('delete from subscriptions where project = ? and id = ? and holder = ?', [
    row.project,
    row.id,
    holder,
  ]);
  await noteEventHealth(deps, row);
}

const checkEveryMs = ({ subscriptions }: Turn): number => subscriptions.checkEveryMs ?? CHECK_EVERY_MS;

function nextLook(turn: Turn): Date {
  const { deps, row } = turn;
  const everyMs = checkEveryMs(turn) * (0.9 + deps.random() * 0.2);
  const now = deps.now().getTime();
  // A vendor that did not prolong it is not asked again at once.
  const renewMs = Math.max(row.renewTime?.getTime() ?? Number.POSITIVE_INFINITY, now + RENEW_AGAIN_MS);
  return new Date(Math.min(now + everyMs, renewMs));
}

/** `claimed`: as the row was at the beginning of the turn. */
async function release({ deps, row, holder }: Turn, claimed: Subscription, to: Date): Promise<void> {
  await releaseRow(deps.store.em.fork(), 'subscriptions', row, holder, { from: claimed.nextTime, to });
}

async function fail(deps: Deps, claimed: Subscription, holder: string, error: unknown): Promise<void> {
  const em = deps.store.em.fork();
  const from = claimed.nextTime;
  if (deps.stopping.aborted) {
    return releaseRow(em, 'subscriptions', claimed, holder, { from, to: from ?? null }).catch(unlessLost);
  }
  try {
    const row = await readSubscription(deps, claimed);
    const failed = judgeFailure(deps, error, row.failures);
    const now = deps.now();
    const { kind, retryTime } = failed;
    deps.log.info({ provider: row.provider, target: row.label, cause: kind }, 'webhook could not be looked after');
    const isGone = !row.handle || (row.expireTime && row.expireTime <= now);
    await saveRow(em, 'subscriptions', row, holder, {
      failure: kind,
      failures: row.failures + 1,
      ...(!row.handle && { state: 'FAILED' }),
      ...(isGone && { lapse_time: row.lapseTime ?? lapseOf(row, now) }),
    });
    await releaseRow(em, 'subscriptions', row, holder, { from, to: retryTime });
    if (failed.holdsBack) await holdBack(em, row.project, row.integrationId, retryTime);
    await noteEventHealth(deps, row);
  } catch (other) {
    if (other instanceof LeaseLost) return;
    const retryTime = new Date(deps.now().getTime() + FAILED_RETRY_MS);
    await releaseRow(em, 'subscriptions', claimed, holder, { from, to: retryTime }).catch(unlessLost);
    throw other;
  }
}
