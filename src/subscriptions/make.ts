import { ProviderError } from '../providers/kit/error.ts';
import type { HeldSubscription, MadeSubscription, SubscriptionWish } from '../providers/subscription.ts';
import { reveal, Secret } from '../secret.ts';
import { addressOf } from './address.ts';
import { SubscriptionEntity } from './entity.ts';
import { type Columns, LeaseLost } from './lease.ts';
import { ringFeeds } from './ring.ts';
import { newSecret, sealSecret, signingSecrets } from './secret.ts';
import { madeKeyOf, readSubscription, save, type Turn, targetOf } from './turn.ts';

/** A first creation that takes no longer than this leaves nothing out worth asking for. */
const PROMPT_MS = 60_000;
/** The longest gap whose events are read afterwards. */
const MAX_GAP_MS = 7 * 86_400_000;

/**
 * Makes the webhook, or takes over the one whose creation's answer was lost. One that stands already is kept until the new
 * one does, and then removed, so that nothing is missed.
 */
export async function makeSubscription(turn: Turn): Promise<void> {
  const { deps, subscriptions, used } = turn;
  const isFirstTry = turn.row.tries === 0;
  const url = addressOf(deps, used.provider, subscriptions, turn.row);
  const secret = await prepareSecret(turn);
  // The intent is durable before the call: whoever comes after a lost answer looks for what it made.
  await save(turn, { tries: turn.row.tries + 1, ...(await secretColumns(turn, secret)) });
  const { id, tries } = turn.row;
  const target = targetOf(turn.row);
  const wish: SubscriptionWish = {
    target,
    url,
    id: `${id}-${turn.row.secretVersion}-${tries}`.slice(-64),
    secret: secret === undefined ? '' : reveal(secret),
  };
  const made = (isFirstTry ? undefined : await findLost(turn, wish)) ?? (await subscriptions.create(used.call(), wish));
  if (subscriptions.secret === 'VENDOR' && made.secret === undefined) {
    // It was told in a handshake, or not at all.
    turn.row = await readSubscription(deps, turn.row);
    if (!turn.row.sealedSecret) {
      await removeQuietly(turn, heldFrom(made, turn));
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('the vendor told no signing secret'));
    }
  }
  await keepMade(turn, made, url);
}

/** The secret that we choose stays the same for every webhook of a subscription. */
async function prepareSecret({ deps, subscriptions, row }: Turn): Promise<Secret | undefined> {
  if (subscriptions.secret !== 'OURS') return undefined;
  return (await signingSecrets(deps, row))[0] ?? newSecret();
}

async function secretColumns({ deps, row, subscriptions }: Turn, secret: Secret | undefined): Promise<Columns> {
  if (secret !== undefined) {
    return row.sealedSecret ? {} : { sealed_secret: await sealSecret(deps, row, row.secretVersion, secret) };
  }
  if (subscriptions.secret === 'APP' || !row.sealedSecret) return {};
  // The new webhook's secret is another one; the old one verifies the old webhook while it stands.
  const stands = row.handle !== null && row.handle !== undefined;
  return {
    old_sealed_secret: stands ? Buffer.from(row.sealedSecret) : null,
    sealed_secret: null,
    secret_version: row.secretVersion + 1,
  };
}

/** What an earlier try made. A secret that only its lost answer told is lost with it: then that webhook is removed. */
async function findLost(turn: Turn, wish: SubscriptionWish): Promise<MadeSubscription | undefined> {
  const { subscriptions, used, row } = turn;
  const found = (await subscriptions.find?.(used.call(), wish)) ?? [];
  const lost = found.filter(({ id }) => id !== row.vendorId);
  const isUsable = subscriptions.secret !== 'VENDOR';
  for (const one of isUsable ? lost.slice(1) : lost) await removeQuietly(turn, heldFrom(one, turn));
  return isUsable ? lost[0] : undefined;
}

function heldFrom({ id, handle = {} }: MadeSubscription, { row }: Turn): HeldSubscription {
  return { id, handle, target: targetOf(row) };
}

async function keepMade(turn: Turn, made: MadeSubscription, address: string): Promise<void> {
  const { deps, row, used } = turn;
  const now = deps.now();
  const version = row.secretVersion;
  const hadOne = row.handle !== null && row.handle !== undefined;
  const wasLapsed = row.lapseTime !== null || now.getTime() - row.goodTime.getTime() > PROMPT_MS;
  const sealed =
    made.secret === undefined ? {} : { sealed_secret: await sealSecret(deps, row, version, new Secret(made.secret)) };
  try {
    await save(turn, {
      ...sealed,
      ...(hadOne && { old_handle: JSON.stringify({ ...row.handle, id: row.vendorId ?? '' }) }),
      ...(!hadOne && wasLapsed && gapColumns(turn, now)),
      ...expiryColumns(turn, made.expireTime),
      state: 'ACTIVE',
      vendor_id: made.id.slice(0, 256),
      handle: JSON.stringify(made.handle ?? {}),
      address,
      made_key: madeKeyOf(row),
      tries: 0,
    });
  } catch (error) {
    if (error instanceof LeaseLost) await removeUnowned(turn, heldFrom(made, turn));
    throw error;
  }
  await ringFeeds(deps.store.em.fork(), row, used.provider.feed, now);
  deps.log.info({ provider: row.provider, integration: row.integrationId, target: row.label }, 'webhook made');
}

/** When it ends, and when to renew it: at half its life, or up to a tenth sooner, so that many do not fall due at once. */
export function expiryColumns({ deps }: Pick<Turn, 'deps'>, expireTime: Date | undefined): Columns {
  const now = deps.now();
  const common = { good_time: now, lapse_time: null, failure: null, failures: 0 };
  if (expireTime === undefined) return { ...common, expire_time: null, renew_time: null };
  const lifeMs = Math.max(0, expireTime.getTime() - now.getTime());
  const renewMs = (lifeMs / 2) * (0.9 + deps.random() * 0.1);
  return { ...common, expire_time: expireTime, renew_time: new Date(now.getTime() + renewMs) };
}

/** The time since it was last known to deliver, to be read; one that is still being read grows. */
export function gapColumns({ row, subscriptions, used }: Turn, now: Date): Columns {
  const since = row.gapState === 'OPEN' && row.gapStartTime ? row.gapStartTime : row.goodTime;
  const earliest = now.getTime() - MAX_GAP_MS;
  const catchesUp = used.provider.feed?.rung === 'ANY' ? 'RECOVERED' : 'LOST';
  return {
    gap_start_time: new Date(Math.max(since.getTime(), earliest)),
    gap_end_time: now,
    gap_state: subscriptions.backfill === undefined ? catchesUp : 'OPEN',
    gap_cursor: null,
  };
}

/** Made for a row that was deleted meanwhile: nobody would ever remove it. Another process's turn may have taken it over. */
async function removeUnowned(turn: Turn, held: HeldSubscription): Promise<void> {
  const { project, id } = turn.row;
  const row = await turn.deps.store.em.fork().findOne(SubscriptionEntity, { project, id });
  if (row === null || !row.isWanted) await removeQuietly(turn, held);
}

/** Removes at the vendor; where that fails it says so in the log, and the webhook is refused when it delivers. */
export async function removeQuietly(
  { deps, used, subscriptions, row }: Turn,
  held: HeldSubscription,
): Promise<boolean> {
  try {
    await subscriptions.remove(used.call(), held);
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.failure.kind === 'not_found') return true;
    deps.log.warn({ provider: row.provider, target: row.label, cause: error.failure.kind }, 'webhook not removed');
    return false;
  }
}
