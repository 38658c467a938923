import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray, type Statements } from '../store/sql.ts';
import {
  type EnvelopeRow,
  envelopeColumns,
  type HandedOut,
  handedOut,
  joinReceipt,
  sourceColumns,
} from './handed_out.ts';
import { isFirstOfKey, isFirstUnfinished } from './order.ts';
import { patternCondition, patternKey } from './pattern.ts';

/** A stream that takes events for its consumer. */
export type Taker = {
  readonly consumer: string;
  readonly stream: string;
  readonly patterns: readonly string[];
  readonly leaseMs: number;
  /** Of events with the same ordering key it takes one at a time, the first recorded first. */
  readonly isOrdered: boolean;
};

/** An event handed to the stream. The lease goes by the store's clock, which all processes share. */
export type Claim = {
  readonly project: string;
  readonly sourceEventId: string;
  readonly attempt: number;
  readonly leaseEndTime: Date;
};

type Row = { project: string; id: string; attempts: number; lease_end_ms: number };

const LEASE_END = `clock_timestamp() + ?::float8 * interval '1 millisecond'`;
const LEASE_END_MS = '(extract(epoch from lease_end_time) * 1000)::float8 as lease_end_ms';

/** Takes what was handed out before and is due again: its lease ended, or its delay is over. */
export async function claimDue(
  em: EntityManager,
  taker: Taker,
  projects: '*' | readonly string[],
  limit: number,
  now: Date,
): Promise<readonly Claim[]> {
  const pattern = patternCondition('s.event_type', taker.patterns);
  const rows = await em.execute<Row[]>(
    `with due as (
       select h.project, h.source_event_id from handovers h
       cross join lateral (
         select s.id, s.publish_time, s.event_type from source_events s
         where s.project = h.project and s.id = h.source_event_id limit 1) s
       where h.consumer = ? and h.state in ('LEASED', 'WAITING')
         and coalesce(h.lease_end_time, h.next_time) <= statement_timestamp()
         and ${projects === '*' ? 'true' : 'h.project = any(?::text[])'} and ${pattern.sql}
         ${taker.isOrdered ? `and ${isFirstUnfinished('h')}` : ''}
       order by s.publish_time, s.id limit ${limit} for update of h skip locked)
     update handovers h
     set state = 'LEASED', stream = ?, lease_end_time = ${LEASE_END}, next_time = null, attempts = h.attempts + 1,
       deliver_time = ?::timestamptz, is_ordered = ${taker.isOrdered}
     from due where h.project = due.project and h.source_event_id = due.source_event_id and h.consumer = ?
     returning h.project, h.source_event_id as id, h.attempts, ${LEASE_END_MS}`,
    [
      taker.consumer,
      ...(projects === '*' ? [] : [pgArray(projects)]),
      ...pattern.params,
      taker.stream,
      taker.leaseMs,
      now.toISOString(),
      taker.consumer,
    ],
  );
  return rows.map(claimOf);
}

/** How far a search for new events came: `more` is where the next one goes on, undefined where nothing is left. */
export type NewClaims = { readonly events: readonly HandedOut[]; readonly more: Date | undefined };

/**
 * Takes events that the consumer was never handed, the oldest first, from `from` on or, where that is undefined, from
 * where the consumer is. Of two streams that find the same one the handover's key decides. One statement with what is
 * handed out: each more was a round trip, and made to wait for its turn of the processor. An ordered taker's has choices of
 * index that only statistics decide, and is not for a plan that is kept.
 */
export async function claimNew(
  em: Statements,
  taker: Taker,
  searches: readonly { readonly project: string; readonly from: Date | undefined }[],
  limit: number,
  now: Date,
): Promise<NewClaims> {
  const pattern = patternCondition('s.event_type', taker.patterns);
  const order = taker.isOrdered ? isFirstOfKey(taker) : { sql: 'true', params: [] };
  const columns = sourceColumns.map(column => `s.${column}`).join(', ');
  const rows = await em.execute<(Row & EnvelopeRow & { publish_ms: number; taken: boolean })[]>(
    `with candidate as materialized (
       select s.* from unnest(?::text[], ?::timestamptz[]) as w (project, "from")
       cross join lateral (
         select low_water from consumers where project = w.project and name = ? and pattern_key = ? offset 0) c
       cross join lateral (
         select ${columns}, s.number from source_events s
         where s.project = w.project and s.publish_time >= greatest(c.low_water, w."from") and ${pattern.sql}
           and not exists (
             select 1 from handovers h where h.project = s.project and h.source_event_id = s.id and h.consumer = ?
             offset 0)
           and ${order.sql}
         order by s.publish_time, s.id limit ?::int) s
       order by s.publish_time, s.id limit ?::int),
     taken as (
       insert into handovers (project, source_event_id, consumer, state, stream, lease_end_time, deliver_time,
         attempts, nacks, run_ids, ordering_key, number, is_ordered)
       select project, id, ?, 'LEASED', ?, ${LEASE_END}, ?::timestamptz, 1, 0, '{}', ordering_key, number,
         ${taker.isOrdered} from candidate order by project, id
       on conflict do nothing returning project, source_event_id, ${LEASE_END_MS})
     select ${envelopeColumns}, 1 as attempts, (extract(epoch from s.publish_time) * 1000)::float8 as publish_ms,
       t.source_event_id is not null as taken, t.lease_end_ms
     from candidate s left join taken t on t.project = s.project and t.source_event_id = s.id
     ${joinReceipt}
     order by s.publish_time, s.id`,
    [
      pgArray(searches.map(({ project }) => project)),
      `{${searches.map(({ from }) => from?.toISOString() ?? 'null').join(',')}}`,
      taker.consumer,
      patternKey(taker.patterns),
      ...pattern.params,
      taker.consumer,
      ...order.params,
      limit,
      limit,
      taker.consumer,
      taker.stream,
      taker.leaseMs,
      now.toISOString(),
    ],
  );
  const last = rows.at(-1);
  return {
    events: rows.flatMap(row => (row.taken ? handedOut(row, claimOf(row)) : [])),
    more: rows.length === limit && last !== undefined ? new Date(Math.floor(last.publish_ms)) : undefined,
  };
}

function claimOf({ project, id, attempts, lease_end_ms }: Row): Claim {
  return { project, sourceEventId: id, attempt: attempts, leaseEndTime: new Date(lease_end_ms) };
}

/** How many events the stream holds now. */
export async function countHeld(em: EntityManager, { consumer, stream }: Taker): Promise<number> {
  const [row] = await em.execute<{ held: number }[]>(
    `select count(*)::int as held from handovers
     where consumer = ? and stream = ? and state = 'LEASED'
       and coalesce(lease_end_time, next_time) > clock_timestamp()`,
    [consumer, stream],
  );
  return row?.held ?? 0;
}

/** Gives back what the stream holds, for others to take at once. Answers the projects it was of. */
export async function releaseHeld(em: EntityManager, { consumer, stream }: Taker): Promise<readonly string[]> {
  const rows = await em.execute<{ project: string }[]>(
    `update handovers set state = 'WAITING', lease_end_time = null, next_time = clock_timestamp()
     where consumer = ? and stream = ? and state = 'LEASED' returning project`,
    [consumer, stream],
  );
  return [...new Set(rows.map(row => row.project))];
}
