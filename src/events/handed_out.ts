import type { EntityManager } from '@mikro-orm/postgresql';
import { executePrepared } from '../store/sql.ts';
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

/** The claimed events, in the order they were published. */
export async function loadHandedOut(em: EntityManager, claims: readonly Claim[]): Promise<readonly HandedOut[]> {
  const keys = claims.map(({ project, sourceEventId: id }) => ({ project, id }));
  const rows = await executePrepared<Row>(
    em,
    `select s.project, s.id, s.integration_event_id, s.integration_id, s.provider, s.event_type, s.meta,
       s.ordering_key, s.replay_of,
       coalesce(e.payload, '{}') as payload, coalesce(e.schema_version, 1) as schema_version,
       (extract(epoch from coalesce(e.occur_time, e.receive_time, s.publish_time)) * 1000)::float8 as occur_ms,
       (extract(epoch from coalesce(e.receive_time, s.publish_time)) * 1000)::float8 as receive_ms
     from jsonb_to_recordset(?::jsonb) as w (project text, id text)
     join source_events s on s.project = w.project and s.id = w.id
     left join integration_events e on e.project = s.project and e.receive_time = s.receive_time
       and e.id = s.integration_event_id
     order by s.publish_time, s.id`,
    [JSON.stringify(keys)],
  );
  const claimed = new Map(claims.map(claim => [`${claim.project}/${claim.sourceEventId}`, claim]));
  return rows.flatMap(row => {
    const claim = claimed.get(`${row.project}/${row.id}`);
    if (claim === undefined) return [];
    return [
      {
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
      },
    ];
  });
}

type Row = {
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
