import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray } from '../store/sql.ts';
import type { ReferenceFailure, ReferenceList } from './entity.ts';
import { findList, type ListPlace } from './lists.ts';

/** A page's call takes 10 s at most, and reads are tried three times; a process that died is replaced after this. */
const LEASE_SECONDS = 45;

/**
 * Takes the right to crawl the list, for one process at a time by the store's clock. Where no crawl is under way and one is
 * wanted, a new one begins; else the one under way goes on from its cursor, whoever began it. Undefined where another has
 * it or nothing is due. `eager`: due or not, except while the provider wants us to wait.
 */
export async function claimList(
  em: EntityManager,
  place: ListPlace,
  request: { readonly holder: string; readonly now: Date; readonly eager: boolean },
): Promise<ReferenceList | undefined> {
  const { holder, now, eager } = request;
  const begins = `(begin_time is null and (${eager ? 'true' : 'next_time <= ?'}))`;
  const when = eager ? [] : [now];
  const claimed = await em.execute<unknown[]>(
    `update reference_lists set holder = ?, lease_end_time = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
       begin_time = case when ${begins} then ? else begin_time end,
       is_listing = is_listing or ${begins}, cursor = case when ${begins} then null else cursor end,
       generation = generation + case when ${begins} then 1 else 0 end
     where project = ? and id = ? and next_time is not null
       and (lease_end_time is null or lease_end_time < clock_timestamp())
       and ${eager ? `(failure is distinct from 'RATE_LIMITED' or next_time <= ?)` : '(next_time <= ? or check_time <= ?)'}
     returning id`,
    [holder, ...when, now, ...when, ...when, ...when, place.project, place.id, now, ...(eager ? [] : [now])],
  );
  return claimed.length === 0 ? undefined : findList(em, place);
}

/** The list is another's to work at now; what this process still has of it is thrown away. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Prolongs the lease and locks the list's row. Throws LeaseLost where it went to another. */
export async function keepLease(tx: EntityManager, place: ListPlace, holder: string): Promise<void> {
  const kept = await tx.execute<unknown[]>(
    `update reference_lists set lease_end_time = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where project = ? and id = ? and holder = ? returning id`,
    [place.project, place.id, holder],
  );
  if (kept.length === 0) throw new LeaseLost();
}

/**
 * Ends the work of this process at the list, done or not. `retryTime`: not before then. A failure to ask for single
 * references says nothing of the list.
 */
export async function releaseList(
  em: EntityManager,
  place: ListPlace,
  holder: string,
  end: {
    readonly failure?: { readonly kind: ReferenceFailure; readonly scopes: readonly string[] };
    readonly retryTime?: Date;
  },
): Promise<void> {
  const { failure, retryTime } = end;
  const scopes = failure === undefined ? null : pgArray(failure.scopes);
  await em.execute(
    `update reference_lists set holder = null, lease_end_time = null,
       failure = case when begin_time is null then failure else coalesce(?, failure) end,
       failure_scopes = case when begin_time is null then failure_scopes else coalesce(?::text[], failure_scopes) end,
       failures = failures + ?,
       next_time = case when begin_time is null then next_time else coalesce(?::timestamptz, next_time) end,
       check_time = case when check_time is null then null else greatest(check_time, ?::timestamptz) end
     where project = ? and id = ? and holder = ?`,
    [
      ...[failure?.kind ?? null, scopes, failure === undefined ? 0 : 1, retryTime ?? null, retryTime ?? null],
      ...[place.project, place.id, holder],
    ],
  );
}

/** The lists of an integration wait together: providers count the calls of an account, whatever they ask for. */
export async function holdBack(em: EntityManager, list: ReferenceList, until: Date): Promise<void> {
  await em.execute(
    `update reference_lists set next_time = greatest(next_time, ?::timestamptz)
      where project = ? and integration_id = ? and next_time is not null and lease_end_time is null`,
    [until, list.project, list.integrationId],
  );
}
