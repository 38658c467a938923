import type { EntityManager } from '@mikro-orm/postgresql';

export type Arrival = { readonly eventType: string; readonly count: number; readonly lastTime: Date };

/** The event types that arrived through the integration since then; repeats are not counted. */
export async function arrivalsOf(
  em: EntityManager,
  integration: { readonly project: string; readonly id: string },
  since: Date,
): Promise<readonly Arrival[]> {
  const rows = await em.execute<{ eventType: string; count: number; lastMs: number }[]>(
    `select event_type as "eventType", count(*)::int as count,
       (extract(epoch from max(receive_time)) * 1000)::float8 as "lastMs"
     from integration_events
     where project = ? and receive_time > ? and integration_id = ? and stage <> 'DUPLICATE'
     group by event_type`,
    [integration.project, since, integration.id],
  );
  return rows.map(({ lastMs, ...row }) => ({ ...row, lastTime: new Date(lastMs) }));
}
