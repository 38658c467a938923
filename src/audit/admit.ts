import { pgArray, type Statements } from '../store/sql.ts';

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
 * Decides of each lease whether it may be, within the caller's transaction. The integrations are locked against change
 * until it ends: a freeze comes before, and is seen here, or waits for what was admitted.
 */
export async function admitLeases(em: Statements, leases: readonly LeaseRow[]): Promise<readonly Admission[]> {
  if (leases.length === 0) return [];
  const refused: ReadonlyMap<string, number> = hasBudget(leases) ? await overBudget(em, leases) : new Map();
  const found = await holdIntegrations(em, leases);
  return leases.map((lease): Admission => {
    const retryDelayMs = refused.get(lease.id);
    if (retryDelayMs !== undefined) return { kind: 'OVER_BUDGET', retryDelayMs };
    if (lease.integrationId === '') return { kind: 'ADMITTED' };
    const now = found.get(integrationOf(lease));
    return { kind: now?.revision === lease.revision && now.version === lease.version ? 'ADMITTED' : 'STALE' };
  });
}

/**
 * The active ones among the leases' integrations, locked in the order of their keys, with the versions of their current
 * credentials. Subqueries that a planner cannot turn into joins: over statistics of whatever age it looks each row up by
 * its key. As one statement with joins, which also stored the leases, it took 80 µs a lease in batches of 64.
 */
async function holdIntegrations(em: Statements, leases: readonly LeaseRow[]): Promise<ReadonlyMap<string, Held>> {
  const wanted = new Map(leases.filter(l => l.integrationId !== '').map(l => [integrationOf(l), l]));
  if (wanted.size === 0) return new Map();
  const keys = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lease]) => lease);
  const rows = await em.execute<(Held & { project: string; id: string })[]>(
    `select w.project, w.id, i.revision, c.version
     from unnest(?::text[], ?::text[]) as w (project, id)
     cross join lateral (select revision from integrations i
       where i.project = w.project and i.id = w.id and i.status = 'ACTIVE' for share) i
     cross join lateral (select version from credentials c
       where c.project = w.project and c.integration_id = w.id and c.state = 'CURRENT' offset 0) c`,
    [pgArray(keys.map(l => l.project)), pgArray(keys.map(l => l.integrationId))],
  );
  return new Map(rows.map(({ project, id, ...held }) => [integrationOf({ project, integrationId: id }), held]));
}

type Held = { readonly revision: number; readonly version: number };

const integrationOf = ({ project, integrationId }: Pick<LeaseRow, 'project' | 'integrationId'>): string =>
  `${project}\0${integrationId}`;

/** Stores those that were admitted, in the transaction that admitted them. */
export async function storeLeases(em: Statements, leases: readonly LeaseRow[]): Promise<void> {
  const column = (read: (lease: LeaseRow) => string | number): string => pgArray(leases.map(l => String(read(l))));
  await em.execute(
    `insert into credential_leases (project, id, integration_id, provider, version, caller, purpose, run_id, create_time,
       expire_time)
     select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[],
       ?::timestamptz[], ?::timestamptz[])`,
    [
      column(l => l.project),
      column(l => l.id),
      column(l => l.integrationId),
      column(l => l.provider),
      column(l => l.version),
      column(l => l.caller),
      column(l => l.purpose),
      column(l => l.runId),
      column(l => l.createTime),
      column(l => l.expireTime),
    ],
  );
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
