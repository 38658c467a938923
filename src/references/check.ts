import type { Deps } from '../deps.ts';
import { pgArray, type Statements } from '../store/sql.ts';
import type { Turn } from './crawl.ts';
import { keepLease } from './crawl_lease.ts';
import { dropValues, putItems } from './items.ts';
import type { ListPlace } from './lists.ts';

/** Some vendors resolve one value a call: a batch that is throttled in its middle is asked for again whole. */
const BATCH = 20;

/** Asks the provider about the next of those in doubt; false where none is left. */
export async function checkDoubtful(deps: Deps, turn: Turn): Promise<boolean> {
  const { list, type, holder } = turn;
  const askTime = deps.now();
  const rows = await deps.store.em.fork().execute<{ value: string }[]>(
    `select value from indexed_references where project = ? and list = ? and check_time <= ?
      order by check_time, value limit ${BATCH}`,
    [list.project, list.id, askTime],
  );
  if (rows.length === 0) return false;
  const values = rows.map(row => row.value);
  const found = await type.resolve(await turn.open(), { values, dependsOn: list.dependsOn });
  await deps.store.em.fork().transactional(async tx => {
    await keepLease(tx, list, holder);
    const known = found.filter(item => values.includes(item.value));
    const there = new Set(known.map(item => item.value));
    const gone = values.filter(value => !there.has(value));
    const delta =
      (await putItems(tx, list, known, { generation: list.generation, askTime })) +
      (await dropValues(tx, list, gone, askTime));
    const broken = [...gone, ...known.filter(item => item.state !== 'PRESENT').map(item => item.value)];
    await recheckWatched(tx, list, broken, askTime);
    await tx.execute(
      `update reference_lists set known = known + ?, failure = null, failure_scopes = null, failures = 0
        where project = ? and id = ?`,
      [delta, list.project, list.id],
    );
  });
  return true;
}

/** What automations hold of these is looked at in the next round instead of the next day. */
export async function recheckWatched(
  tx: Statements,
  { project, id }: ListPlace,
  values: readonly string[],
  now: Date,
): Promise<void> {
  if (values.length === 0) return;
  await tx.execute(
    `update watched_references set next_time = least(next_time, ?::timestamptz)
      where project = ? and list = ? and value = any(?::text[])`,
    [now, project, id, pgArray(values)],
  );
}
