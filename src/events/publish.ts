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
 * Publishes the rows, in the order of their index. What is published in one transaction keeps its order: each is published a
 * microsecond after the one before. Never before the store's own time: positions do not pass that, and a process whose clock is
 * slow would publish behind them. Its one place is for the process's time.
 */
export function insertPublished(rows: string): string {
  return `insert into source_events (project, id, integration_event_id, integration_id, provider, event_type, meta,
      ordering_key, replay_of, receive_time, publish_time)
    select s.project, s.published_id, s.integration_event_id, s.integration_id, s.provider, s.event_type, s.meta,
      s.ordering_key, s.replay_of, s.receive_time,
      greatest(?::timestamptz, clock_timestamp()) + s.index * interval '1 microsecond'
    from ${rows} as s order by s.index`;
}

export async function publish(em: Statements, events: readonly Publication[], now: Date): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event, index) => ({
    index,
    project: event.project,
    published_id: event.id,
    integration_event_id: event.integrationEventId,
    integration_id: event.integrationId,
    provider: event.provider,
    event_type: event.eventType,
    meta: event.meta,
    ordering_key: orderingKey(event),
    replay_of: event.replayOf,
    receive_time: event.receiveTime,
  }));
  await em.execute(
    `with r as (
       select * from jsonb_to_recordset(?::jsonb) as r (index int, project text, published_id text,
         integration_event_id text, integration_id text, provider text, event_type text, meta jsonb, ordering_key text,
         replay_of text, receive_time timestamptz))
     ${insertPublished('r')}`,
    [JSON.stringify(rows), now.toISOString()],
  );
  await announcePublished(
    em,
    events.map(event => event.project),
  );
}

export async function announcePublished(em: Statements, projects: readonly string[]): Promise<void> {
  await announceAll(em, 'source_event_published', [...new Set(projects)]);
}

/** What tells of no object keeps its order with all of its integration that does not either. */
export function orderingKey(of: { readonly integrationId: string; readonly objectKey?: string | null }): string {
  return of.objectKey == null ? of.integrationId : `${of.integrationId}/${of.objectKey}`;
}
