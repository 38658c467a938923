import type { Deps } from '../deps.ts';
import { storable } from '../events/payload.ts';
import { recordBatch } from '../events/record.ts';
import { findIntegration } from '../integrations/choose.ts';
import { feedFor } from '../providers/catalog_index.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { FeedPage, FeedPlace, Feed as ProviderFeed } from '../providers/subscription.ts';
import { type Feed, FeedEntity, SubscriptionEntity } from './entity.ts';
import { judgeFailure } from './failure.ts';
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
import { assertPlanned, openFor, type Used } from './open.ts';
import { presentHeld } from './turn.ts';

/** Read in one turn; the next goes on at once. */
const PAGES_A_TURN = 20;
const MAX_CURSOR_CHARS = 1024 * 1024;

type Turn = {
  readonly deps: Deps;
  readonly holder: string;
  readonly feed: ProviderFeed;
  readonly used: Used;
  readonly place: FeedPlace;
  row: Feed;
};

/** Reads one feed on from its cursor. Does nothing where another process does or it is not due. */
export function readFeed(deps: Deps, place: WorkPlace): Promise<void> {
  return deps.flights.join(`feeds/${place.project}/${place.id}`, async () => {
    const holder = await claimRow(deps.store.em.fork(), 'feeds', place, deps.now());
    if (holder === undefined) return;
    const row = await deps.store.em.fork().findOne(FeedEntity, { project: place.project, id: place.id });
    if (row === null) return;
    try {
      await work(deps, row, holder);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await fail(deps, row, holder, error);
    }
  });
}

async function work(deps: Deps, row: Feed, holder: string): Promise<void> {
  const used = await openFor(deps, row, provider => provider.feed);
  const feed = feedFor(used.provider, used.integration.authKind);
  if (feed === undefined) throw new Error('a feed of a provider that is not read');
  await assertPlanned(deps, used.integration);
  const { project, integrationId, target } = row;
  const where = { project, integrationId, target, state: 'ACTIVE' as const };
  const subscription = feed.rung && (await deps.store.em.fork().findOne(SubscriptionEntity, where));
  const release = (to: Date | null) =>
    releaseRow(deps.store.em.fork(), 'feeds', row, holder, { from: row.nextTime, to });
  // Made due again when it is there.
  if (feed.rung === 'OF_SUBSCRIPTION' && !subscription) return release(null);
  const held = subscription ? presentHeld(subscription) : undefined;
  const place = { target: placeTarget(row), ...(held && { subscription: held }) };
  const turn: Turn = { deps, holder, feed, used, place, row };
  const isAnew = feed.rung === 'OF_SUBSCRIPTION' && row.subscriptionVendorId !== subscription?.vendorId;
  const hasMore = await readOn(turn, isAnew ? undefined : (row.cursor ?? undefined));
  if (row.failures > 0) await noteEventHealth(deps, row);
  if (hasMore) return release(deps.now());
  // One with a version is read when that changes, which the plan sees.
  const everyMs = row.version === null || row.version === undefined ? feed.everyMs : undefined;
  await release(everyMs === undefined ? null : new Date(deps.now().getTime() + everyMs * (0.9 + deps.random() * 0.1)));
}

function placeTarget({ target: key, label, eventTypes, settings, version }: Feed): FeedPlace['target'] {
  return { key, label, eventTypes, settings, ...(version !== null && version !== undefined && { version }) };
}

/** True: there is more to read at once. */
async function readOn(turn: Turn, from: string | undefined): Promise<boolean> {
  const { feed, used, place, deps } = turn;
  if (from === undefined) {
    const cursor = await feed.start(used.call(), place);
    await keepPage(turn, { events: [], cursor, hasMore: false });
    // What rang while it began is not to wait for the next time.
    return feed.rung === 'OF_SUBSCRIPTION';
  }
  let cursor = from;
  for (let pages = 0; pages < PAGES_A_TURN && !deps.stopping.aborted; pages++) {
    const page = await feed.read(used.call(), place, cursor);
    await keepPage(turn, page);
    if (!page.hasMore) return false;
    if (page.cursor === cursor) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('a page names itself as the next'));
    }
    cursor = page.cursor;
  }
  return true;
}

/** The events and the cursor after them are durable together: a page is told once, whenever a process dies. */
async function keepPage({ deps, row, holder, place, used }: Turn, page: FeedPage): Promise<void> {
  if (page.cursor.length > MAX_CURSOR_CHARS) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('the cursor is too large to keep'));
  }
  const now = deps.now();
  const events = page.events.map(event => storable(deps, event)).filter(event => event !== undefined);
  const stages = await deps.store.em.fork().transactional(async tx => {
    await saveRow(tx, 'feeds', row, holder, {
      cursor: page.cursor,
      subscription_vendor_id: place.subscription?.id ?? null,
      read_time: now,
      ...(!page.hasMore && { read_version: row.version ?? null }),
      failure: null,
      failures: 0,
    });
    if (events.length === 0) return [];
    const integration = await findIntegration(tx, row.project, row.integrationId);
    const provider = used.provider.id;
    const received = { provider, source: 'POLL' as const, receiveTime: now, events, integration };
    return (await recordBatch(tx, deps, [received], () => true)).flat();
  });
  for (const stage of stages) deps.metrics.countDelivery(row.provider, stage.toLowerCase());
}

async function fail(deps: Deps, row: Feed, holder: string, error: unknown): Promise<void> {
  const em = deps.store.em.fork();
  const from = row.nextTime;
  const release = (to: Date | null, columns = {}) => releaseRow(em, 'feeds', row, holder, { from, to }, columns);
  try {
    if (deps.stopping.aborted) return await release(from ?? null);
    const failed = judgeFailure(deps, error, row.failures);
    deps.log.info({ provider: row.provider, target: row.label, cause: failed.kind }, 'a feed could not be read');
    await release(failed.retryTime, { failure: failed.kind, failures: row.failures + 1 });
    if (failed.holdsBack) {
      await holdBack(em, row.project, row.integrationId, failed.retryTime);
    }
    await noteEventHealth(deps, row);
  } catch (other) {
    if (other instanceof LeaseLost) return;
    await release(new Date(deps.now().getTime() + FAILED_RETRY_MS)).catch(unlessLost);
    throw other;
  }
}
