import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray } from '../store/sql.ts';
import { patternCondition, patternKey } from './pattern.ts';

/** A consumer's stream, as far as its positions go. */
export type Position = { readonly consumer: string; readonly patterns: readonly string[] };

/** Where a consumer new to a project begins. */
const FIRST_LOOK_BACK_MS = 86_400_000;
/** A transaction still open may commit an event that is this old. */
const SETTLED_AFTER_MS = 300_000;
/** The same by the store's clock: whatever a process takes for now, nothing is published before that. */
const SETTLED = `clock_timestamp() - interval '${SETTLED_AFTER_MS} milliseconds'`;
/** Positions are written when they are this far behind, and not at every look. */
const WRITE_EVERY = '1 minute';

/** Makes positions where the consumer has none; the others stay where they are. */
export async function enrol(
  em: EntityManager,
  { consumer, patterns }: Position,
  projects: readonly string[],
  startTime: Date | undefined,
  now: Date,
): Promise<void> {
  const start = startTime ?? new Date(now.getTime() - FIRST_LOOK_BACK_MS);
  await em.execute(
    `insert into consumers (project, name, pattern_key, patterns, low_water, last_stream_time)
     select p, ?, ?, ?::text[], ?::timestamptz, ?::timestamptz from unnest(?::text[]) p order by p
     on conflict do nothing`,
    [
      consumer,
      patternKey(patterns),
      pgArray(patterns),
      start.toISOString(),
      now.toISOString(),
      pgArray(projects.toSorted()),
    ],
  );
}

/** Notes that the consumer streams, and that it was handed everything before `handedOut`, if that is given. */
export async function advance(
  em: EntityManager,
  { consumer, patterns }: Position,
  projects: readonly string[],
  handedOut: Date | undefined,
  now: Date,
): Promise<void> {
  const settledMs = now.getTime() - SETTLED_AFTER_MS;
  const lowWater = new Date(handedOut === undefined ? 0 : Math.min(handedOut.getTime(), settledMs)).toISOString();
  await em.execute(
    `update consumers set low_water = greatest(low_water, least(?::timestamptz, ${SETTLED})),
       last_stream_time = ?::timestamptz
     where name = ? and pattern_key = ? and project = any(?::text[])
       and (last_stream_time < ?::timestamptz - interval '${WRITE_EVERY}'
         or low_water < ?::timestamptz - interval '${WRITE_EVERY}')`,
    [lowWater, now.toISOString(), consumer, patternKey(patterns), pgArray(projects), now.toISOString(), lowWater],
  );
}

/**
 * The same for an ordered stream, which leaves out what waits for an earlier one of its key: everything before the first
 * event that is still to be handed out was. Looked up in the store, as the stream itself cannot tell.
 */
export async function advanceOrdered(
  em: EntityManager,
  { consumer, patterns }: Position,
  projects: readonly string[],
  now: Date,
): Promise<void> {
  const pattern = patternCondition('s.event_type', patterns);
  const settled = new Date(now.getTime() - SETTLED_AFTER_MS).toISOString();
  await em.execute(
    `update consumers c set last_stream_time = ?::timestamptz,
       low_water = greatest(c.low_water, least(?::timestamptz, ${SETTLED}, (
       select s.publish_time from source_events s
       where s.project = c.project and s.publish_time >= c.low_water and ${pattern.sql} and not exists (
         select 1 from handovers h where h.project = s.project and h.source_event_id = s.id and h.consumer = c.name
         offset 0)
       order by s.publish_time limit 1)))
     where c.name = ? and c.pattern_key = ? and c.project = any(?::text[])
       and c.last_stream_time < ?::timestamptz - interval '10 seconds'`,
    [
      now.toISOString(),
      settled,
      ...pattern.params,
      consumer,
      patternKey(patterns),
      pgArray(projects),
      now.toISOString(),
    ],
  );
}

/** Every project that ever published, found by skipping from one to the next in the index. */
export async function publishingProjects(em: EntityManager): Promise<readonly string[]> {
  const rows = await em.execute<{ project: string }[]>(
    `with recursive p (project) as (
       (select min(project) from source_events)
       union all
       select (select min(s.project) from source_events s where s.project > p.project) from p where p.project is not null)
     select project from p where project is not null`,
  );
  return rows.map(row => row.project);
}
