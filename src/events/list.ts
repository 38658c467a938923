import type { EntityManager } from '@mikro-orm/postgresql';
import { IntegrationError, invalidField } from '../errors.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import type { DeliveryStage, EventSource } from './entity.ts';
import { patternCondition } from './pattern.ts';
import { PROGRESS_JOIN, STAGE } from './stage.ts';

/** A receipt with what became of it. */
export type ListedEvent = {
  readonly id: string;
  readonly project: string;
  readonly provider: string;
  readonly integrationId: string;
  readonly eventType: string;
  readonly schemaVersion: number;
  readonly source: EventSource;
  readonly deliveryKey: string;
  readonly semanticKey: string | undefined;
  readonly occurTime: Date | undefined;
  readonly receiveTime: Date;
  readonly stage: DeliveryStage;
  /** Undefined: not asked for. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  readonly payloadTruncated: boolean;
  readonly duplicateOf: string | undefined;
  readonly replayOf: string | undefined;
  readonly sourceEvent: ListedSourceEvent | undefined;
};

export type ListedSourceEvent = {
  readonly id: string;
  readonly stage: DeliveryStage;
  readonly attempts: number;
  readonly lastError: string;
  readonly processTime: Date | undefined;
  readonly runIds: readonly string[];
};

export type EventFilter = {
  readonly provider?: string;
  readonly integrationId?: string;
  /** Exact, or with a trailing `.*`. */
  readonly eventType?: string;
  readonly source?: EventSource;
  readonly stage?: DeliveryStage;
  readonly since?: Date;
  readonly until?: Date;
};

export type EventQuery = {
  readonly project: string;
  readonly filter: EventFilter;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly includePayload: boolean;
};

/** The project's receipts, newest first. */
export async function listEvents(
  em: EntityManager,
  query: EventQuery,
): Promise<{ readonly events: readonly ListedEvent[]; readonly nextPageToken: string }> {
  const bound = [query.project, query.filter];
  const cursor = readCursor(decodePageToken(bound, query.pageToken, 2));
  const size = pageSize(query.pageSize);
  const { sql, params } = conditionsOf(query);
  if (cursor !== undefined) {
    sql.push('(e.receive_time, e.id) < (to_timestamp(?::float8 / 1000), ?)');
    params.push(...cursor);
  }
  const rows = await em.execute<Row[]>(
    `select ${columns(query.includePayload)} from integration_events e ${PROGRESS_JOIN}
     where ${sql.join(' and ')} order by e.receive_time desc, e.id desc limit ${size + 1}`,
    params,
  );
  const events = rows.slice(0, size).map(toListed);
  const last = events.at(-1);
  const more = rows.length > size && last !== undefined;
  return {
    events,
    nextPageToken: more ? encodePageToken(bound, [String(last.receiveTime.getTime()), last.id]) : '',
  };
}

function readCursor(cursor: readonly string[] | undefined): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const [time = '', id = ''] = cursor;
  if (!/^\d{1,15}$/.test(time) || !/^ievt_[0-9A-Za-z_-]{1,64}$/.test(id)) {
    throw invalidField('page_token', 'is not a token that this list gave');
  }
  return cursor;
}

/** Throws EVENT_NOT_FOUND. */
export async function findEvent(
  em: EntityManager,
  project: string,
  id: string,
  includePayload: boolean,
): Promise<ListedEvent> {
  const [row] = await em.execute<Row[]>(
    `select ${columns(includePayload)} from integration_events e ${PROGRESS_JOIN} where e.project = ? and e.id = ?`,
    [project, id],
  );
  if (row === undefined) throw new IntegrationError('EVENT_NOT_FOUND', { project, event_id: id });
  return toListed(row);
}

function conditionsOf({ project, filter }: EventQuery): { sql: string[]; params: string[] } {
  const sql = ['e.project = ?'];
  const params = [project];
  const add = (condition: string, value: string | undefined): void => {
    if (value === undefined) return;
    sql.push(condition);
    params.push(value);
  };
  add('e.provider = ?', filter.provider);
  add('e.integration_id = ?', filter.integrationId);
  add('e.source = ?', filter.source);
  add(`${STAGE} = ?`, filter.stage);
  add('e.receive_time >= ?::timestamptz', filter.since?.toISOString());
  add('e.receive_time < ?::timestamptz', filter.until?.toISOString());
  if (filter.eventType !== undefined) {
    const pattern = patternCondition('e.event_type', [filter.eventType]);
    sql.push(pattern.sql);
    params.push(...pattern.params);
  }
  return { sql, params };
}

type Row = {
  id: string;
  project: string;
  provider: string;
  integration_id: string;
  event_type: string;
  schema_version: number;
  source: EventSource;
  delivery_key: string;
  semantic_key: string | null;
  occur_ms: number | null;
  receive_ms: number;
  stage: DeliveryStage;
  payload: Record<string, unknown> | null;
  payload_truncated: boolean;
  duplicate_of: string | null;
  replay_of: string | null;
  source_event_id: string | null;
  attempts: number | null;
  last_error: string | null;
  process_ms: number | null;
  run_ids: string[] | null;
};

function columns(includePayload: boolean): string {
  return `e.id, e.project, e.provider, e.integration_id, e.event_type, e.schema_version, e.source, e.delivery_key,
    e.semantic_key, ${ms('e.occur_time')} as occur_ms, ${ms('e.receive_time')} as receive_ms, ${STAGE} as stage,
    ${includePayload ? 'e.payload' : 'null'} as payload, e.payload_truncated, e.duplicate_of, e.replay_of,
    s.id as source_event_id, t.attempts, t.last_error, ${ms('t.process_time')} as process_ms, t.run_ids`;
}

function ms(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}

function toListed(row: Row): ListedEvent {
  return {
    id: row.id,
    project: row.project,
    provider: row.provider,
    integrationId: row.integration_id,
    eventType: row.event_type,
    schemaVersion: row.schema_version,
    source: row.source,
    deliveryKey: row.delivery_key,
    semanticKey: row.semantic_key ?? undefined,
    occurTime: row.occur_ms === null ? undefined : new Date(row.occur_ms),
    receiveTime: new Date(row.receive_ms),
    stage: row.stage,
    payload: row.payload ?? undefined,
    payloadTruncated: row.payload_truncated,
    duplicateOf: row.duplicate_of ?? undefined,
    replayOf: row.replay_of ?? undefined,
    sourceEvent:
      row.source_event_id === null
        ? undefined
        : {
            id: row.source_event_id,
            stage: row.stage,
            attempts: row.attempts ?? 0,
            lastError: row.last_error ?? '',
            processTime: row.process_ms === null ? undefined : new Date(row.process_ms),
            runIds: row.run_ids ?? [],
          },
  };
}
