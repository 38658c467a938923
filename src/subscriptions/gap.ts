import { storable } from '../events/payload.ts';
import { recordBatch } from '../events/record.ts';
import { findIntegration } from '../integrations/choose.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { BackfillPage } from '../providers/subscription.ts';
import { saveRow } from './lease.ts';
import { save, type Turn, targetOf } from './turn.ts';

/** Read in one turn; the next goes on. */
const PAGES_A_TURN = 20;
const TURN_MS = 60_000;
/**
 * Clocks differ, and vendors list what happened a little later: read on both sides; what was told is told once. Nothing is
 * told of the time before it was wanted, which vendors give in whole seconds.
 */
const MARGIN_MS = 120_000;

/** Reads what happened while there was no webhook, and records it as RECOVERED. True: there is more to read. */
export async function fillGap(turn: Turn): Promise<boolean> {
  const { deps, subscriptions, used } = turn;
  const endMs = deps.now().getTime() + TURN_MS;
  for (let pages = 0; turn.row.gapState === 'OPEN'; pages++) {
    const { gapStartTime, gapEndTime, gapCursor, createTime } = turn.row;
    if (subscriptions.backfill === undefined || !gapStartTime || !gapEndTime) return false;
    if (pages >= PAGES_A_TURN || deps.now().getTime() > endMs || deps.stopping.aborted) return true;
    const cursor = gapCursor ?? undefined;
    const gap = {
      target: targetOf(turn.row),
      since: new Date(Math.max(gapStartTime.getTime() - MARGIN_MS, Math.floor(createTime.getTime() / 1000) * 1000)),
      until: new Date(gapEndTime.getTime() + MARGIN_MS),
      ...(cursor !== undefined && { cursor }),
    };
    let page: BackfillPage;
    try {
      page = await subscriptions.backfill(used.call(), gap);
    } catch (error) {
      const kind = error instanceof ProviderError ? error.failure.kind : undefined;
      if (kind !== 'not_found' && kind !== 'rejected' && kind !== 'forbidden') throw error;
      await save(turn, { gap_state: 'LOST', gap_cursor: null });
      deps.log.warn({ provider: turn.row.provider, target: turn.row.label, cause: kind }, 'a gap could not be read');
      return false;
    }
    if (page.nextCursor !== undefined && page.nextCursor === cursor) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('a page names itself as the next'));
    }
    await keepPage(turn, page);
  }
  return false;
}

/** The events and where to go on are durable together: a page is told once, whenever a process dies. */
async function keepPage(turn: Turn, { events, nextCursor }: BackfillPage): Promise<void> {
  const { deps, row, holder, used } = turn;
  const kept = events.map(event => storable(deps, { ...event, deliveryKey: `recovered:${event.semanticKey}` }));
  await deps.store.em.fork().transactional(async tx => {
    await saveRow(tx, 'subscriptions', row, holder, {
      gap_cursor: nextCursor ?? null,
      gap_state: nextCursor === undefined ? 'RECOVERED' : 'OPEN',
    });
    const integration = await findIntegration(tx, row.project, row.integrationId);
    const received = {
      provider: used.provider.id,
      source: 'RECOVERED' as const,
      receiveTime: deps.now(),
      events: kept.filter(event => event !== undefined),
      integration,
    };
    if (received.events.length > 0) await recordBatch(tx, deps, [received], () => true);
  });
  await save(turn, {});
  deps.log.info({ provider: row.provider, target: row.label, events: kept.length }, 'events of a gap read');
}
