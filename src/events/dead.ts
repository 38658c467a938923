import type { EntityManager } from '@mikro-orm/postgresql';
import { IntegrationError } from '../errors.ts';
import { announce } from '../store/changes.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import { pgArray } from '../store/sql.ts';
import { type HandedOut, loadHandedOut } from './handed_out.ts';
import { patternCondition } from './pattern.ts';

export type DeadFilter = {
  readonly consumer: string | undefined;
  /** Exact, or with a trailing `.*`. */
  readonly eventType: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
};

export type DeadEvent = {
  readonly event: Omit<HandedOut, 'attempt' | 'leaseEndTime'>;
  readonly consumer: string;
  readonly attempts: number;
  readonly lastError: string;
  readonly deadTime: Date | undefined;
};

type Row = { id: string; consumer: string; attempts: number; last_error: string | null; dead_us: string };

/** What consumers never took, newest first. */
export async function listDead(
  em: EntityManager,
  project: string,
  filter: DeadFilter,
  page: { readonly pageSize: number; readonly pageToken: string },
): Promise<{ readonly events: readonly DeadEvent[]; readonly nextPageToken: string }> {
  const bound = [project, filter];
  const cursor = decodePageToken(bound, page.pageToken, 3);
  const size = pageSize(page.pageSize);
  const { sql, params } = conditionsOf(project, filter);
  if (cursor !== undefined) {
    sql.push(
      `(h.process_time, h.source_event_id, h.consumer) < (timestamptz 'epoch' + ?::text::bigint * interval '1 microsecond', ?, ?)`,
    );
    params.push(...cursor);
  }
  const rows = await em.execute<Row[]>(
    `select h.source_event_id as id, h.consumer, h.attempts, h.last_error,
       (extract(epoch from h.process_time) * 1000000)::bigint::text as dead_us
     from handovers h join source_events s on s.project = h.project and s.id = h.source_event_id
     where ${sql.join(' and ')}
     order by h.process_time desc, h.source_event_id desc, h.consumer desc limit ${size + 1}`,
    params,
  );
  const shown = rows.slice(0, size);
  const claims = shown.map(({ id }) => ({ project, sourceEventId: id, attempt: 0, leaseEndTime: new Date(0) }));
  const loaded = new Map((await loadHandedOut(em, claims)).map(event => [event.sourceEventId, event]));
  const last = shown.at(-1);
  const more = rows.length > size && last !== undefined;
  return {
    events: shown.flatMap(({ id, consumer, attempts, last_error, dead_us }) => {
      const event = loaded.get(id);
      if (event === undefined) return [];
      const deadTime = new Date(Number(BigInt(dead_us) / 1000n));
      return [{ event, consumer, attempts, lastError: last_error ?? '', deadTime }];
    }),
    nextPageToken: more ? encodePageToken(bound, [last.dead_us, last.id, last.consumer]) : '',
  };
}

/**
 * Hands dead events out again, their attempts counted from the start; answers how many. Throws SOURCE_EVENT_NOT_FOUND
 * where a named one is not there; one that is not dead is left as it is.
 */
export async function reviveDead(
  em: EntityManager,
  project: string,
  filter: DeadFilter & { readonly consumer: string },
  ids: readonly string[],
  dryRun: boolean,
): Promise<number> {
  if (ids.length > 0) await assertThere(em, project, ids);
  const { sql, params } = conditionsOf(project, filter);
  if (ids.length > 0) {
    sql.push('h.source_event_id = any(?::text[])');
    params.push(pgArray(ids));
  }
  const dead = `select h.project, h.source_event_id, h.consumer
    from handovers h join source_events s on s.project = h.project and s.id = h.source_event_id
    where ${sql.join(' and ')}`;
  if (dryRun) {
    const [row] = await em.execute<{ n: number }[]>(`select count(*)::int as n from (${dead}) d`, params);
    return row?.n ?? 0;
  }
  return await em.transactional(async tx => {
    const revived = await tx.execute<unknown[]>(
      `update handovers h set state = 'WAITING', next_time = clock_timestamp(), attempts = 0, nacks = 0, outcome = null
       from (${dead} for update of h) d
       where h.project = d.project and h.source_event_id = d.source_event_id and h.consumer = d.consumer
       returning h.source_event_id`,
      params,
    );
    if (revived.length > 0) await announce(tx, 'source_event_freed', project);
    return revived.length;
  });
}

async function assertThere(em: EntityManager, project: string, ids: readonly string[]): Promise<void> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from source_events where project = ? and id = any(?::text[])`,
    [project, pgArray(ids)],
  );
  const there = new Set(rows.map(({ id }) => id));
  const absent = ids.find(id => !there.has(id));
  if (absent !== undefined) throw new IntegrationError('SOURCE_EVENT_NOT_FOUND', { project, source_event_id: absent });
}

function conditionsOf(project: string, filter: DeadFilter): { sql: string[]; params: string[] } {
  const sql = ['h.project = ?', `h.state = 'DEAD'`];
  const params = [project];
  const add = (condition: string, value: string | undefined): void => {
    if (value === undefined) return;
    sql.push(condition);
    params.push(value);
  };
  add('h.consumer = ?', filter.consumer);
  add('h.process_time >= ?::timestamptz', filter.since?.toISOString());
  add('h.process_time < ?::timestamptz', filter.until?.toISOString());
  if (filter.eventType !== undefined) {
    const pattern = patternCondition('s.event_type', [filter.eventType]);
    sql.push(pattern.sql);
    params.push(...pattern.params);
  }
  return { sql, params };
}
