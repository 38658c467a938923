import type { Statements } from '../store/sql.ts';

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
  readonly createTime: string;
  readonly expireTime: string;
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
 * Decides of each lease whether it may be, and stores those that may, within the caller's transaction. The integrations
 * are locked against change until it ends: a freeze comes before, and is seen here, or waits for what was admitted.
 */
export async function admitLeases(em: Statements, leases: readonly LeaseRow[]): Promise<readonly Admission[]> {
  if (leases.length === 0) return [];
  const refused: ReadonlyMap<string, number> = hasBudget(leases) ? await overBudget(em, leases) : new Map();
  const within = leases.filter(lease => !refused.has(lease.id));
  const stored = await em.execute<{ id: string }[]>(
    `with wanted as (
       select * from jsonb_to_recordset(?::jsonb) as l (project text, id text, "integrationId" text, revision int,
         provider text, version int, caller text, purpose text, "runId" text, "createTime" timestamptz,
         "expireTime" timestamptz)),
     held as (
       select i.project, i.id, i.revision from integrations i
       where (i.project, i.id) in (select project, "integrationId" from wanted) and i.status = 'ACTIVE'
       order by i.project, i.id for share)
     insert into credential_leases (project, id, integration_id, provider, version, caller, purpose, run_id, create_time,
       expire_time)
     select w.project, w.id, w."integrationId", w.provider, w.version, w.caller, w.purpose, w."runId", w."createTime",
       w."expireTime"
     from wanted w
     where w."integrationId" = '' or exists (
       select 1 from held h join credentials c on c.project = h.project and c.integration_id = h.id
       where h.project = w.project and h.id = w."integrationId" and h.revision = w.revision
         and c.state = 'CURRENT' and c.version = w.version)
     returning id`,
    [JSON.stringify(within)],
  );
  const admitted = new Set(stored.map(row => row.id));
  return leases.map(({ id }) => {
    const retryDelayMs = refused.get(id);
    if (retryDelayMs !== undefined) return { kind: 'OVER_BUDGET', retryDelayMs };
    return { kind: admitted.has(id) ? 'ADMITTED' : 'STALE' };
  });
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
