import { intArray, textArray, timestampArray } from '../store/binary_array.ts';
import type { Statements } from '../store/sql.ts';
import type { Insert } from './append.ts';

/** A lease goes to the store with the record that tells of it. */
export type LeaseRow = {
  readonly project: string;
  readonly id: string;
  /** Empty: the operator's own credential. */
  readonly integrationId: string;
  /** The integration's, as it was when it was chosen: any change of it since, a new default too, is a reason to read again. */
  readonly revision: number;
  readonly provider: string;
  readonly version: number;
  readonly caller: string;
  readonly purpose: string;
  readonly runId: string;
  readonly createTime: Date;
  readonly expireTime: Date;
  /** The caller's budget in the project; absent: none is set. */
  readonly perMinute: number | undefined;
};

/**
 * ADMITTED: the lease is on record. STALE: the integration or its current credential is no longer as it was read; nothing was put on record.
 * OVER_BUDGET: the caller has used up its minute.
 */
export type Admission =
  | { readonly kind: 'ADMITTED' }
  | { readonly kind: 'STALE' }
  | { readonly kind: 'OVER_BUDGET'; readonly retryDelayMs: number };

/**
 * Decides of each lease whether it may be, within the caller's transaction. The integrations are locked against change
 * until it ends: a freeze comes before, and is seen here, or waits for what was admitted.
 */
export async function admitLeases(em: Statements, leases: readonly LeaseRow[]): Promise<readonly Admission[]> {
  if (leases.length === 0) return [];
  const refused: ReadonlyMap<string, number> = hasBudget(leases) ? await overBudget(em, leases) : new Map();
  const stale = await changedSince(em, leases);
  return leases.map((lease): Admission => {
    const retryDelayMs = refused.get(lease.id);
    if (retryDelayMs !== undefined) return { kind: 'OVER_BUDGET', retryDelayMs };
    return stale.has(lease.id) ? STALE : ADMITTED;
  });
}

const ADMITTED = { kind: 'ADMITTED' } as const;
const STALE = { kind: 'STALE' } as const;

/**
 * The leases whose integration is no longer active or whose credential is another than was read. The integrations are
 * locked in the order of their keys. Subqueries that a planner cannot turn into joins: over statistics of whatever age it
 * looks each row up by its key. As one statement with joins, which also stored the leases, it took 80 µs a lease in
 * batches of 64.
 */
async function changedSince(em: Statements, leases: readonly LeaseRow[]): Promise<ReadonlySet<string>> {
  const held = leases.filter(lease => lease.integrationId !== '').sort(byPlace);
  if (held.length === 0) return new Set();
  const rows = await em.execute<{ id: string }[]>(
    `select w.id
     from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::int[]) as w (id, project, integration_id, revision, version)
     left join lateral (select revision from integrations i
       where i.project = w.project and i.id = w.integration_id and i.status = 'ACTIVE' for share) i on true
     left join lateral (select version from credentials c
       where c.project = w.project and c.integration_id = w.integration_id and c.state = 'CURRENT' offset 0) c on true
     where i.revision is distinct from w.revision or c.version is distinct from w.version`,
    [
      textArray(held.map(l => l.id)),
      textArray(held.map(l => l.project)),
      textArray(held.map(l => l.integrationId)),
      intArray(held.map(l => l.revision)),
      intArray(held.map(l => l.version)),
    ],
  );
  return new Set(rows.map(row => row.id));
}

function byPlace(a: LeaseRow, b: LeaseRow): number {
  if (a.project !== b.project) return a.project < b.project ? -1 : 1;
  if (a.integrationId === b.integrationId) return 0;
  return a.integrationId < b.integrationId ? -1 : 1;
}

/** Stores those that were admitted, in the transaction that admitted them. */
export function leaseInsert(leases: readonly LeaseRow[]): Insert {
  const texts = (read: (lease: LeaseRow) => string): Buffer => textArray(leases.map(read));
  return {
    sql: `insert into credential_leases (project, id, integration_id, provider, version, caller, purpose, run_id, create_time,
        expire_time)
      select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[],
        ?::timestamptz[], ?::timestamptz[])`,
    values: [
      texts(l => l.project),
      texts(l => l.id),
      texts(l => l.integrationId),
      texts(l => l.provider),
      intArray(leases.map(l => l.version)),
      texts(l => l.caller),
      texts(l => l.purpose),
      texts(l => l.runId),
      timestampArray(leases.map(l => l.createTime)),
      timestampArray(leases.map(l => l.expireTime)),
    ],
  };
}

export const hasBudget = (leases: readonly LeaseRow[]): boolean => leases.some(lease => lease.perMinute !== undefined);

/**
 * Counts the leases against their callers' budgets, all processes together, and answers those beyond, each with how long
 * its minute still lasts. The first of a batch go first. By the store's clock: processes whose clocks differ agree.
 */
async function overBudget(em: Statements, leases: readonly LeaseRow[]): Promise<ReadonlyMap<string, number>> {
  const beyond = new Map<string, number>();
  const keyOf = (row: { project: string; caller: string }): string => JSON.stringify([row.project, row.caller]);
  const groups = Map.groupBy(
    leases.filter(lease => lease.perMinute !== undefined),
    keyOf,
  );
  const asked = [...groups.values()].map(([first, ...rest]) => ({
    project: first?.project,
    caller: first?.caller,
    count: rest.length + 1,
  }));
  const counted = await em.execute<{ project: string; caller: string; used: number; leftMs: number }[]>(
    `insert into resolve_budgets as b (project, caller, start_time, used)
     select w.project, w.caller, clock_timestamp(), w.count
     from jsonb_to_recordset(?::jsonb) as w (project text, caller text, count int)
     order by w.project, w.caller
     on conflict (project, caller) do update set
       start_time = case when b.start_time > excluded.start_time - interval '1 minute' then b.start_time
         else excluded.start_time end,
       used = case when b.start_time > excluded.start_time - interval '1 minute' then least(b.used, 1000000000)
         else 0 end + excluded.used
     returning project, caller, used,
       ceil(extract(epoch from start_time + interval '1 minute' - clock_timestamp()) * 1000)::float8 as "leftMs"`,
    [JSON.stringify(asked)],
  );
  for (const row of counted) {
    const group = groups.get(keyOf(row)) ?? [];
    const usedBefore = row.used - group.length;
    group.forEach(({ id, perMinute }, place) => {
      if (perMinute !== undefined && usedBefore + place >= perMinute) beyond.set(id, Math.max(1, row.leftMs));
    });
  }
  return beyond;
}
