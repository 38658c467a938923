import type { Statements } from '../store/sql.ts';
import type { Receipt } from './attribute.ts';
import { FIRST, keyPrefix } from './duplicates.ts';
import { insertPublished, orderingKey } from './publish.ts';

/**
 * Writes receipts whose keys were claimed and publishes what is new, in one statement. Answers, for each receipt that repeats, the
 * id of the one that was first.
 */
export async function writeReceipts(
  em: Statements,
  receipts: readonly Receipt[],
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  // An account connected in many projects has one payload and many receipts.
  const events = [...new Set(receipts.map(receipt => receipt.event))];
  const numberOf = new Map(events.map((event, number) => [event, number]));
  const rows = receipts.map(
    ({ project, id, integrationId, event, received, integrationStatus, sourceEventId }, index) => ({
      index,
      project,
      id,
      integration_id: integrationId,
      provider: received.provider,
      event_type: event.eventType,
      schema_version: event.schemaVersion,
      source: received.source,
      key_prefix: keyPrefix(received.source === 'SYNTHETIC'),
      delivery_key: event.deliveryKey,
      semantic_key: event.semanticKey,
      occur_time: event.occurTime,
      receive_time: received.receiveTime,
      payload: numberOf.get(event),
      payload_truncated: event.payloadTruncated,
      integration_status: integrationStatus,
      meta: event.meta,
      object_key: event.objectKey,
      record_time: received.isLate === true ? now : undefined,
      source_event_id: sourceEventId,
      ordering_key: orderingKey({ integrationId, objectKey: event.objectKey }),
    }),
  );
  // Each payload is a parameter of its own: as one document they were read twice. Room for a power of two of them, so that there are
  // few statements to prepare.
  const room = 2 ** Math.ceil(Math.log2(events.length));
  const payloads = Array.from({ length: room }, (_, number) => `(${number}, ?::json)`).join(', ');
  const repeats = await em.execute<{ id: string; first: string }[]>(
    `with r as materialized (
       select r.*, ${FIRST} as first
       from jsonb_to_recordset(?::jsonb) as r (index int, project text, id text, integration_id text, provider text,
         event_type text, schema_version int, source text, key_prefix text, delivery_key text, semantic_key text,
         occur_time timestamptz, receive_time timestamptz, payload int, payload_truncated boolean,
         integration_status text, meta jsonb, object_key text, record_time timestamptz, source_event_id text,
         ordering_key text)),
     recorded as (
       insert into integration_events (project, id, integration_id, provider, event_type, schema_version, source,
         delivery_key, semantic_key, occur_time, receive_time, stage, payload, payload_truncated, duplicate_of,
         record_time, integration_status, meta, object_key)
       select r.project, r.id, r.integration_id, r.provider, r.event_type, r.schema_version, r.source,
         r.delivery_key, r.semantic_key, r.occur_time, r.receive_time,
         case when r.first is null then 'RECORDED' else 'DUPLICATE' end, p.value, r.payload_truncated, r.first,
         r.record_time, r.integration_status, r.meta, r.object_key
       from r join (values ${payloads}) as p (number, value) on p.number = r.payload),
     published as (
       ${insertPublished(`(
         select r.*, r.source_event_id as published_id, null::text as replay_of, r.id as integration_event_id
         from r where r.first is null and r.source_event_id is not null)`)})
     select id, first from r where first is not null`,
    [
      JSON.stringify(rows),
      ...Array.from({ length: room }, (_, number) => events[number]?.payloadJson),
      now.toISOString(),
    ],
  );
  return new Map(repeats.map(({ id, first }) => [id, first]));
}
