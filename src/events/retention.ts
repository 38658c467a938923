import type { Deps } from '../deps.ts';
import { UNMATCHED_KEPT_MS } from './unmatched.ts';

const DAY_MS = 86_400_000;
/** So far ahead there is a partition for what comes: nobody need sweep for a week. */
const AHEAD_DAYS = 7;
/** Rows a statement removes, so that none holds locks for long. */
const BATCH = 5_000;

/** What is cleared away by age, by the column that tells it. */
const BY_ROW = [
  ['source_events', 'publish_time', 'project, id'],
  ['delivery_keys', 'receive_time', 'project, integration_id, kind, key'],
  ['rejected_deliveries', 'receive_time', 'project, id'],
] as const;

/**
 * Makes room for the receipts of the days to come, and clears away what is older than it is kept: receipts with their
 * payloads by whole days, the small rows beside them one by one.
 */
export async function retain(deps: Deps): Promise<void> {
  const em = deps.store.em.fork();
  const now = deps.now().getTime();
  const cutoff = new Date(now - deps.events.receiptDays * DAY_MS);
  await em.execute('select keep_event_partitions(?::date, ?::date)', [dayOf(now), dayOf(now + AHEAD_DAYS * DAY_MS)]);
  // A day is over when its last receipt is.
  await em.execute('select drop_event_partitions(?::date)', [dayOf(cutoff.getTime())]);
  await em.execute('delete from integration_events_rest where receive_time < ?::timestamptz', [cutoff.toISOString()]);
  const unmatchedSince = new Date(now - UNMATCHED_KEPT_MS).toISOString();
  await em.execute('delete from unmatched_events where receive_time < ?::timestamptz', [unmatchedSince]);
  for (const [table, column, key] of BY_ROW) {
    for (let removed = BATCH; removed === BATCH && !deps.stopping.aborted; ) {
      const rows = await em.execute<unknown[]>(
        `delete from ${table} where (${key}) in (
           select ${key} from ${table} where ${column} < ?::timestamptz limit ${BATCH} for update skip locked)
         returning 1`,
        [cutoff.toISOString()],
      );
      removed = rows.length;
    }
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
