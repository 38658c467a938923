import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The tables whose rows one process at a time works at, by the columns that name a row. */
const KEYS = {
  subscription_plans: ['project', 'integration_id'],
  subscriptions: ['project', 'id'],
  feeds: ['project', 'id'],
} as const;

export type WorkTable = keyof typeof KEYS;
/** `id` of a plan is its integration's. */
export type WorkPlace = { readonly project: string; readonly id: string };

/** A vendor's call takes 10 s at most, and reads are tried three times; a process that died is replaced after this. */
const LEASE_SECONDS = 60;

/** The row is another's to work at now: what this process still has of it is thrown away. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** For what may come too late: whoever has the row now takes care of it. */
export function unlessLost(error: unknown): void {
  if (!(error instanceof LeaseLost)) throw error;
}

/** When work that failed in a way nobody foresaw is tried again. */
export const FAILED_RETRY_MS = 60_000;

/** Takes the right to work at the row, by the store's clock. Undefined where another has it or it is not due. */
export async function claimRow(
  em: EntityManager,
  table: WorkTable,
  place: WorkPlace,
  now: Date,
): Promise<string | undefined> {
  const holder = randomUUID();
  const claimed = await em.execute<unknown[]>(
    `update ${table} set holder = ?, lease_end_time = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where ${KEYS[table][0]} = ? and ${KEYS[table][1]} = ? and next_time <= ?
        and (lease_end_time is null or lease_end_time < clock_timestamp()) returning project`,
    [holder, place.project, place.id, now],
  );
  return claimed.length === 1 ? holder : undefined;
}

/** What a turn may set, beside the lease; names of columns. JSON is given as text; undefined leaves the column as it is. */
export type Columns = Readonly<Record<string, string | number | boolean | Buffer | Date | null | undefined>>;

/** Sets columns of a row that this process works at, and prolongs its lease. Throws LeaseLost where it went to another. */
export async function saveRow(
  em: EntityManager,
  table: WorkTable,
  place: WorkPlace,
  holder: string,
  columns: Columns,
): Promise<void> {
  const prolonged = `lease_end_time = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;
  const set = Object.entries(columns).filter(([, value]) => value !== undefined);
  const sets = [...set.map(([name]) => `${name} = ?`), prolonged];
  await update(
    em,
    table,
    place,
    holder,
    sets,
    set.map(([, value]) => value),
  );
}

/** The same, and the lease ends. What somebody made due meanwhile stays due: `nextTime` is from what the claim found to when. */
export async function releaseRow(
  em: EntityManager,
  table: WorkTable,
  place: WorkPlace,
  holder: string,
  nextTime: { readonly from: Date | null | undefined; readonly to: Date | null },
  columns: Columns = {},
): Promise<void> {
  const next =
    'next_time = case when next_time is not distinct from ?::timestamptz then ?::timestamptz else next_time end';
  const set = Object.entries(columns).filter(([, value]) => value !== undefined);
  const sets = [...set.map(([name]) => `${name} = ?`), next, 'holder = null', 'lease_end_time = null'];
  const given = [...set.map(([, value]) => value), nextTime.from ?? null, nextTime.to];
  await update(em, table, place, holder, sets, given);
}

async function update(
  em: EntityManager,
  table: WorkTable,
  place: WorkPlace,
  holder: string,
  sets: readonly string[],
  given: readonly unknown[],
): Promise<void> {
  const [project, id] = KEYS[table];
  const kept = await em.execute<unknown[]>(
    `update ${table} set ${sets.join(', ')} where ${project} = ? and ${id} = ? and holder = ? returning project`,
    [...given, place.project, place.id, holder],
  );
  if (kept.length === 0) throw new LeaseLost();
}

/** Rows that are due and nobody works at, in whichever project; the longest due first. */
export async function dueRows(
  em: EntityManager,
  table: WorkTable,
  now: Date,
  limit: number,
): Promise<readonly WorkPlace[]> {
  if (limit <= 0) return [];
  return em.execute<WorkPlace[]>(
    `select project, ${KEYS[table][1]} as id from ${table}
      where next_time <= ? and (lease_end_time is null or lease_end_time < clock_timestamp())
      order by next_time limit ?`,
    [now, limit],
  );
}

/** Whatever of the integration is due waits until then: vendors count the calls of an account, whatever they ask for. */
export async function holdBack(em: EntityManager, project: string, integrationId: string, until: Date): Promise<void> {
  for (const table of Object.keys(KEYS) as WorkTable[]) {
    await em.execute(
      `update ${table} set next_time = ? where project = ? and integration_id = ? and next_time < ? and lease_end_time is null`,
      [until, project, integrationId, until],
    );
  }
}
