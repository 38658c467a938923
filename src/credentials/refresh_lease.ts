import type { EntityManager } from '@mikro-orm/postgresql';
import { APP_NOT_REFUSED } from './app_incident.ts';
import { type Refresh, RefreshEntity } from './entity.ts';

/** The credential version to refresh, under the consent that made it. */
export type RefreshTarget = {
  readonly project: string;
  readonly integrationId: string;
  readonly version: number;
  readonly generation: number;
};

/** Longer than the hard deadline of the provider call, by what a process may stall before its answer is kept. */
const LEASE_SECONDS = 60;
const MAX_TRIES_A_DAY = 100;

/**
 * Takes the right to refresh, and with it writes the intent: both durable before the token leaves, and proof that the
 * store can be written. The lease runs by the store's clock, so that processes whose clocks differ agree. False where
 * another holds it, it is not time yet, the version is no longer current, the provider refuses our app, or the outcome of
 * an earlier try is unknown and the vendor does not let a token come twice.
 */
export async function claimRefresh(
  em: EntityManager,
  target: RefreshTarget,
  request: { readonly holder: string; readonly now: Date; readonly mayResend: boolean },
): Promise<boolean> {
  const { project, integrationId, version, generation } = target;
  const rows = await em.execute<{ holder: string }[]>(
    `insert into refreshes as r (project, integration_id, version, generation, state, holder, lease_end_time, failures,
       day_start_time, day_tries)
     select i.project, i.id, c.version, i.generation, 'INTENT', ?, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
       0, ?, 1
     from integrations i
     join credentials c on c.project = i.project and c.integration_id = i.id and c.state = 'CURRENT'
     where i.project = ? and i.id = ? and i.generation = ? and i.status = 'ACTIVE' and c.version = ?
       and ${APP_NOT_REFUSED}
     on conflict (project, integration_id) do update set
       version = excluded.version, generation = excluded.generation, state = 'INTENT', holder = excluded.holder,
       lease_end_time = excluded.lease_end_time, sealed_answer = null, next_time = null,
       failures = case when (r.version, r.generation) = (excluded.version, excluded.generation) then r.failures else 0 end,
       day_start_time = case when r.day_start_time > ?::timestamptz - interval '1 day' then r.day_start_time
         else excluded.day_start_time end,
       day_tries = case when r.day_start_time > ?::timestamptz - interval '1 day' then r.day_tries + 1 else 1 end
     where (excluded.version, excluded.generation) > (r.version, r.generation)
       or (r.state = 'IDLE' and (r.next_time is null or r.next_time <= ?)
         and (r.day_tries < ${MAX_TRIES_A_DAY} or r.day_start_time <= ?::timestamptz - interval '1 day'))
       or (r.state = 'INTENT' and r.lease_end_time < clock_timestamp() and ?)
     returning holder`,
    [
      request.holder,
      request.now,
      project,
      integrationId,
      generation,
      version,
      request.now,
      request.now,
      request.now,
      request.now,
      request.now,
      request.mayResend,
    ],
  );
  return rows.length === 1;
}

type StandingRefresh = Refresh & { readonly isLeaseOver: boolean };

/** How the refresh of this version stands; undefined where none was tried. */
export async function readRefresh(em: EntityManager, target: RefreshTarget): Promise<StandingRefresh | undefined> {
  const latest = await readLatestRefresh(em, target);
  return latest?.version === target.version && latest.generation === target.generation ? latest : undefined;
}

/** The same of the integration's last refresh, whichever version and consent it was of. */
export async function readLatestRefresh(
  em: EntityManager,
  { project, integrationId }: Pick<RefreshTarget, 'project' | 'integrationId'>,
): Promise<StandingRefresh | undefined> {
  const row = await em.findOne(RefreshEntity, { project, integrationId }, { refresh: true });
  if (row === null) return undefined;
  const [lease] = await em.execute<{ over: boolean }[]>(
    'select lease_end_time < clock_timestamp() as over from refreshes where project = ? and integration_id = ?',
    [project, integrationId],
  );
  return Object.assign(row, { isLeaseOver: lease?.over === true });
}

/** The first act on the vendor's answer. False where the lease went to another, who then has an answer too. */
export async function keepAnswer(
  em: EntityManager,
  target: RefreshTarget,
  holder: string,
  sealedAnswer: Buffer,
): Promise<boolean> {
  const states = { $in: ['INTENT' as const, 'UNKNOWN' as const] };
  return (
    (await em.nativeUpdate(
      RefreshEntity,
      { ...target, holder, state: states },
      { state: 'ANSWERED', sealedAnswer },
    )) === 1
  );
}

/** Ends a try that gave no token; false where the lease went to another. */
export async function releaseLease(
  em: EntityManager,
  target: RefreshTarget,
  holder: string,
  outcome: { readonly failure: string; readonly failures: number; readonly nextTime: Date | null },
): Promise<boolean> {
  const where = { ...target, holder, state: 'INTENT' as const };
  return (await em.nativeUpdate(RefreshEntity, where, { state: 'IDLE', ...outcome })) === 1;
}
