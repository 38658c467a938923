import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray } from '../store/sql.ts';
import type { RejectionCause } from './rejection.ts';

/** What an address of ours saw lately. */
export type EndpointSeen = {
  readonly project: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly deliveryTime: Date | undefined;
  readonly acceptTime: Date | undefined;
  /** In the time asked for. */
  readonly rejectedCount: number;
  readonly lastRejection: RejectionCause | undefined;
  readonly lastDetail: string;
};

/** The provider's shared endpoints and the project's own ones, as far as anything ever arrived there. */
export async function endpointsSeen(
  em: EntityManager,
  project: string,
  providers: readonly string[],
  range: { readonly since: Date; readonly until: Date },
): Promise<readonly EndpointSeen[]> {
  const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
  const rows = await em.execute<Row[]>(
    `select a.project, a.provider, a.endpoint, ${ms('a.delivery_time')} as delivery_ms,
       ${ms('a.accept_time')} as accept_ms, r.count, l.cause, l.detail
     from endpoint_activity a
     cross join lateral (
       select coalesce(sum(r.count), 0)::int as count from rejected_deliveries r
       where r.project = a.project and r.provider = a.provider and r.endpoint = a.endpoint
         and r.receive_time >= ?::timestamptz and r.receive_time < ?::timestamptz) r
     left join lateral (
       select r.cause, r.detail from rejected_deliveries r
       where r.project = a.project and r.provider = a.provider and r.endpoint = a.endpoint
         and r.receive_time >= ?::timestamptz and r.receive_time < ?::timestamptz
       order by r.receive_time desc limit 1) l on true
     where a.project in ('', ?) and a.provider = any(?::text[])
     order by a.provider, a.endpoint limit 16`,
    [
      ...[range.since, range.until, range.since, range.until].map(time => time.toISOString()),
      project,
      pgArray(providers),
    ],
  );
  return rows.map(row => ({
    project: row.project,
    provider: row.provider,
    endpoint: row.endpoint,
    deliveryTime: new Date(row.delivery_ms),
    acceptTime: row.accept_ms === null ? undefined : new Date(row.accept_ms),
    rejectedCount: row.count,
    lastRejection: row.cause ?? undefined,
    lastDetail: row.detail ?? '',
  }));
}

type Row = {
  project: string;
  provider: string;
  endpoint: string;
  delivery_ms: number;
  accept_ms: number | null;
  count: number;
  cause: RejectionCause | null;
  detail: string | null;
};

export type ConsumerSeen = {
  readonly consumer: string;
  readonly patterns: readonly string[];
  readonly lastStreamTime: Date;
  readonly isStreaming: boolean;
  /** Of the project; of those never handed out at most 10,000 are counted. */
  readonly pendingCount: number;
};

/** A stream writes that it is open once a minute, and looks every quarter. */
const STREAMING_WITHIN_MS = 90_000;
const COUNT_TO = 10_000;

/** The consumers that ever streamed events of the project, or a type of them. */
export async function consumersSeen(
  em: EntityManager,
  project: string,
  eventType: string | undefined,
  now: Date,
): Promise<readonly ConsumerSeen[]> {
  const rows = await em.execute<{ name: string; patterns: string[]; last_ms: number; pending: number }[]>(
    `select c.name, c.patterns, (extract(epoch from c.last_stream_time) * 1000)::float8 as last_ms,
       ((select count(*) from handovers h
         where h.project = c.project and h.consumer = c.name and h.state in ('LEASED', 'WAITING'))
       + (select count(*) from (
         select 1 from source_events s
         where s.project = c.project and s.publish_time >= c.low_water
           and (c.patterns = '{}' or exists (
             select 1 from unnest(c.patterns) p
             where p = s.event_type or p like '%.*' and starts_with(s.event_type, left(p, -1))))
           and not exists (
             select 1 from handovers h
             where h.project = s.project and h.source_event_id = s.id and h.consumer = c.name offset 0)
         limit ${COUNT_TO}) n))::int as pending
     from consumers c where c.project = ? order by c.name, c.pattern_key limit 200`,
    [project],
  );
  return rows
    .filter(row => eventType === undefined || overlaps(row.patterns, eventType))
    .slice(0, 50)
    .map(row => ({
      consumer: row.name,
      patterns: row.patterns,
      lastStreamTime: new Date(row.last_ms),
      isStreaming: now.getTime() - row.last_ms < STREAMING_WITHIN_MS,
      pendingCount: row.pending,
    }));
}

/** Whether a consumer of these patterns gets events that a name or pattern stands for. */
export function overlaps(patterns: readonly string[], wanted: string): boolean {
  const covers = (pattern: string, name: string): boolean =>
    pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));
  const isPrefix = wanted.endsWith('.*');
  return patterns.length === 0 || patterns.some(p => covers(p, wanted) || (isPrefix && covers(wanted, p)));
}
