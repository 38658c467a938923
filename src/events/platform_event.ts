import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import type { Deps } from '../deps.ts';
import { announce } from '../store/changes.ts';

/** Something that the service itself has to tell automations. */
export type PlatformEvent = {
  readonly project: string;
  /** Empty where it is about no integration. */
  readonly integrationId: string;
  readonly provider: string;
  /** `integration.noun.verb`. */
  readonly eventType: string;
  readonly occurTime: Date;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, string>>;
  /** The same happening, told again, has the same key and is published once. */
  readonly key: string;
};

/** Publishes to the trigger engine, with a receipt, when and if the transaction commits. False: it was told before. */
export async function publishPlatformEvent(
  em: EntityManager,
  deps: Pick<Deps, 'now'>,
  event: PlatformEvent,
): Promise<boolean> {
  const { project, integrationId, provider, eventType, occurTime, payload, meta, key } = event;
  const now = deps.now().toISOString();
  const receiptId = typeid('ievt').toString();
  const first = await em.execute<unknown[]>(
    `insert into delivery_keys (project, integration_id, kind, key, event_id, receive_time)
     values (?, ?, 'SEMANTIC', ?, ?, ?) on conflict do nothing returning key`,
    [project, integrationId, key, receiptId, now],
  );
  if (first.length === 0) return false;
  await em.execute(
    `insert into integration_events (project, id, integration_id, provider, event_type, schema_version, source,
       delivery_key, semantic_key, occur_time, receive_time, stage, payload, payload_truncated, duplicate_of, replay_of)
     values (?, ?, ?, ?, ?, 1, 'SYNTHETIC', ?, ?, ?, ?, 'RECORDED', ?::jsonb, false, null, null)`,
    [
      ...[project, receiptId, integrationId, provider, eventType, key, key, occurTime.toISOString(), now],
      JSON.stringify(payload),
    ],
  );
  await em.execute(
    `insert into source_events (project, id, integration_event_id, integration_id, provider, event_type, meta,
       publish_time, receive_time)
     values (?, ?, ?, ?, ?, ?, ?::jsonb, greatest(?::timestamptz, clock_timestamp()), ?)`,
    [
      ...[project, typeid('sevt').toString(), receiptId, integrationId, provider, eventType],
      ...[JSON.stringify(meta), now, now],
    ],
  );
  await announce(em, 'source_event_published', project);
  return true;
}
