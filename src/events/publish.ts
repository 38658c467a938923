import { announceAll } from '../store/changes.ts';
import type { Statements } from '../store/sql.ts';

/** A source event as it is published. */
export type Publication = {
  readonly project: string;
  readonly id: string;
  readonly integrationEventId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly meta: Readonly<Record<string, string>>;
  /** What it is about, within the integration. */
  readonly objectKey: string | null;
  /** The source event it replays. */
  readonly replayOf: string | null;
  /** The receipt's. */
  readonly receiveTime: Date;
};

/**
 * What is published in one transaction keeps its order: each is published a microsecond after the one before. Never before
 * the store's own time: positions do not pass that, and a process whose clock is slow would publish behind them.
 */
export async function publish(em: Statements, events: readonly Publication[], now: Date): Promise<void> {
  if (events.length === 0) return;
  const inserting = em.execute(
    `insert into source_events (project, id, integration_event_id, integration_id, provider, event_type, meta, ordering_key,
       replay_of, receive_time, publish_time)
     select r.project, r.id, r."integrationEventId", r."integrationId", r.provider, r."eventType", r.meta, r."orderingKey",
       r."replayOf", r."receiveTime",
       greatest(?::timestamptz, clock_timestamp()) + r.index * interval '1 microsecond'
     from jsonb_to_recordset(?::jsonb) as r (project text, id text, "integrationEventId" text, "integrationId" text,
       provider text, "eventType" text, meta jsonb, "orderingKey" text, "replayOf" text, "receiveTime" timestamptz, index int) order by r.index`,
    [
      now.toISOString(),
      JSON.stringify(events.map((event, index) => ({ ...event, orderingKey: orderingKey(event), index }))),
    ],
  );
  const announcing = announceAll(em, 'source_event_published', [...new Set(events.map(event => event.project))]);
  await Promise.all([inserting, announcing]);
}

/** What tells of no object keeps its order with all of its integration that does not either. */
function orderingKey({ integrationId, objectKey }: Publication): string {
  return objectKey === null ? integrationId : `${integrationId}/${objectKey}`;
}
