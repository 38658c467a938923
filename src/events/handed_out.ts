import type { Statements } from '../store/sql.ts';
import type { Claim } from './claim.ts';

/** A source event as a consumer gets it. */
export type HandedOut = Claim & {
  readonly integrationEventId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly schemaVersion: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly occurTime: Date;
  readonly receiveTime: Date;
  readonly orderingKey: string;
  /** The source event it replays. */
  readonly replayOf: string | undefined;
};

/** The columns of a source event that an envelope is made of, and that lead to its receipt. */
export const sourceColumns = [
  'project',
  'id',
  'integration_event_id',
  'integration_id',
  'provider',
  'event_type',
  'meta',
  'ordering_key',
  'replay_of',
  'receive_time',
  'publish_time',
];

/**
 * Joins the receipt of a source event `s`, whose partition its time leads to, as `e`. Bounds of the whole key, in its order,
 * leave a planner no index but the key's: over an empty partition all cost the same, and a plan is kept while it grows.
 */
export const joinReceipt = `left join lateral (
    select payload, schema_version, occur_time, receive_time from integration_events
    where receive_time = s.receive_time
      and (project, id, receive_time) >= (s.project, s.integration_event_id, s.receive_time)
      and (project, id, receive_time) <= (s.project, s.integration_event_id, s.receive_time)
    order by project, id limit 1) e on true`;

/** What an envelope is made of, of a source event `s` and its receipt `e`. */
export const envelopeColumns = `s.project, s.id, s.integration_event_id, s.integration_id, s.provider, s.event_type, s.meta,
  s.ordering_key, s.replay_of, coalesce(e.payload, '{}') as payload, coalesce(e.schema_version, 1) as schema_version,
  (extract(epoch from coalesce(e.occur_time, e.receive_time, s.publish_time)) * 1000)::float8 as occur_ms,
  (extract(epoch from coalesce(e.receive_time, s.publish_time)) * 1000)::float8 as receive_ms`;

export type EnvelopeRow = {
  project: string;
  id: string;
  integration_event_id: string;
  integration_id: string;
  provider: string;
  event_type: string;
  meta: Record<string, string>;
  payload: Record<string, unknown>;
  schema_version: number;
  occur_ms: number;
  receive_ms: number;
  ordering_key: string;
  replay_of: string | null;
};

export function handedOut(row: EnvelopeRow, claim: Claim): HandedOut {
  return {
    ...claim,
    integrationEventId: row.integration_event_id,
    integrationId: row.integration_id,
    provider: row.provider,
    eventType: row.event_type,
    schemaVersion: row.schema_version,
    payload: row.payload,
    attributes: row.meta,
    occurTime: new Date(row.occur_ms),
    receiveTime: new Date(row.receive_ms),
    orderingKey: row.ordering_key,
    replayOf: row.replay_of ?? undefined,
  };
}

/** The claimed events, in the order they were published. */
export async function loadHandedOut(em: Statements, claims: readonly Claim[]): Promise<readonly HandedOut[]> {
  if (claims.length === 0) return [];
  const keys = claims.map(({ project, sourceEventId: id }) => ({ project, id }));
  const rows = await em.execute<EnvelopeRow[]>(
    `select ${envelopeColumns}
     from jsonb_to_recordset(?::jsonb) as w (project text, id text)
     cross join lateral (
       select ${sourceColumns.join(', ')} from source_events where project = w.project and id = w.id offset 0) s
     ${joinReceipt}
     order by s.publish_time, s.id`,
    [JSON.stringify(keys)],
  );
  const claimed = new Map(claims.map(claim => [`${claim.project}/${claim.sourceEventId}`, claim]));
  return rows.flatMap(row => {
    const claim = claimed.get(`${row.project}/${row.id}`);
    return claim === undefined ? [] : [handedOut(row, claim)];
  });
}
