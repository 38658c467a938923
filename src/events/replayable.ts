import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray } from '../store/sql.ts';
import { patternCondition } from './pattern.ts';

/** A receipt as far as publishing it again needs it. */
export type Replayable = {
  readonly id: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly objectKey: string | null;
  readonly sourceEventId: string | null;
  /** As the store writes it, to the microsecond. */
  readonly receiveTime: string;
};

export type ReplayFilter = {
  /** Not empty: these, and nothing else counts. */
  readonly eventIds: readonly string[];
  readonly provider: string | undefined;
  readonly integrationId: string | undefined;
  /** Exact, or with a trailing `.*`. */
  readonly eventType: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly onlyUnsuccessful: boolean;
};

const COUNT_TO = 100_000;
const SUCCEEDED = `exists (
  select 1 from source_events x join handovers h on h.project = x.project and h.source_event_id = x.id
  where x.project = e.project and h.outcome in ('SUCCEEDED', 'FILTERED')
    and (x.integration_event_id = e.id or x.replay_of = s.id))`;

/** The oldest first. */
export async function findReplayable(
  em: EntityManager,
  project: string,
  filter: ReplayFilter,
  limit: number,
): Promise<readonly Replayable[]> {
  const { sql, params } = conditionsOf(project, filter);
  return em.execute<Replayable[]>(
    `select e.id, e.integration_id as "integrationId", e.provider, e.event_type as "eventType",
       coalesce(e.meta, s.meta, '{}') as meta, e.object_key as "objectKey", s.id as "sourceEventId",
       e.receive_time::text as "receiveTime"
     from integration_events e left join source_events s on s.project = e.project and s.integration_event_id = e.id
     where ${sql} order by e.receive_time, s.publish_time, e.id limit ${limit}`,
    params,
  );
}

/** How many fit, replayed or not; counted to 100,000. */
export async function countReplayable(em: EntityManager, project: string, filter: ReplayFilter): Promise<number> {
  const { sql, params } = conditionsOf(project, filter);
  const [row] = await em.execute<{ n: number }[]>(
    `select count(*)::int as n from (
       select 1 from integration_events e
       left join source_events s on s.project = e.project and s.integration_event_id = e.id
       where ${sql} limit ${COUNT_TO}) m`,
    params,
  );
  return row?.n ?? 0;
}

/** By filter: originals only, of which repeats and replays are none. */
function conditionsOf(project: string, filter: ReplayFilter): { sql: string; params: string[] } {
  if (filter.eventIds.length > 0) {
    return { sql: 'e.project = ? and e.id = any(?::text[])', params: [project, pgArray(filter.eventIds)] };
  }
  const sql = ['e.project = ?', `e.stage <> 'DUPLICATE'`, 'e.replay_of is null'];
  const params = [project];
  const add = (condition: string, value: string | undefined): void => {
    if (value === undefined) return;
    sql.push(condition);
    params.push(value);
  };
  add('e.provider = ?', filter.provider);
  add('e.integration_id = ?', filter.integrationId);
  add('e.receive_time >= ?::timestamptz', filter.since?.toISOString());
  add('e.receive_time < ?::timestamptz', filter.until?.toISOString());
  if (filter.eventType !== undefined) {
    const pattern = patternCondition('e.event_type', [filter.eventType]);
    sql.push(pattern.sql);
    params.push(...pattern.params);
  }
  if (filter.onlyUnsuccessful) sql.push(`not ${SUCCEEDED}`);
  return { sql: sql.join(' and '), params };
}
