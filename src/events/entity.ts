import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

export type EventSource = 'WEBHOOK' | 'POLL' | 'SYNTHETIC' | 'RECOVERED';

export type DeliveryStage =
  | 'RECEIVED'
  | 'REJECTED'
  | 'DUPLICATE'
  | 'UNMATCHED'
  | 'RECORDED'
  | 'PUBLISHED'
  | 'DELIVERED'
  | 'SUCCEEDED'
  | 'RETRYING'
  | 'FAILED'
  | 'DEAD';

/** The receipt of one delivery for one integration. */
export const IntegrationEventEntity = defineEntity({
  name: 'IntegrationEvent',
  tableName: 'integration_events',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    integrationId: p.text(),
    provider: p.text(),
    eventType: p.text(),
    schemaVersion: p.integer(),
    source: p.text().$type<EventSource>(),
    deliveryKey: p.text(),
    semanticKey: p.text().nullable(),
    occurTime: p.datetime().nullable(),
    /** Partitions are by it. */
    receiveTime: p.datetime().primary(),
    /** RECORDED, DUPLICATE or UNMATCHED: how far the service itself came. What followed is the source event's. */
    stage: p.text().$type<DeliveryStage>(),
    payload: p.json<Record<string, unknown>>(),
    payloadTruncated: p.boolean(),
    duplicateOf: p.text().nullable(),
    replayOf: p.text().nullable(),
    /** Set: it came before its integration did, and was recorded then. */
    recordTime: p.datetime().nullable(),
    /** The integration's status when it was recorded. */
    integrationStatus: p.text().nullable(),
    meta: p.json<Record<string, string>>().nullable(),
    /** What it is about, within its integration; null: not known. */
    objectKey: p.text().nullable(),
  },
});
export type IntegrationEvent = InferEntity<typeof IntegrationEventEntity>;

/** The first receipt under a key; its uniqueness is what makes a repeat a duplicate. */
export const DeliveryKeyEntity = defineEntity({
  name: 'DeliveryKey',
  tableName: 'delivery_keys',
  properties: {
    project: p.text().primary(),
    integrationId: p.text().primary(),
    kind: p.text().$type<'TRANSPORT' | 'SEMANTIC'>().primary(),
    key: p.text().primary(),
    eventId: p.text(),
    receiveTime: p.datetime(),
  },
});
export type DeliveryKey = InferEntity<typeof DeliveryKeyEntity>;

/** What the trigger engine gets. */
export const SourceEventEntity = defineEntity({
  name: 'SourceEvent',
  tableName: 'source_events',
  properties: {
    project: p.text().primary(),
    id: p.text().primary(),
    integrationEventId: p.text(),
    integrationId: p.text(),
    provider: p.text(),
    eventType: p.text(),
    meta: p.json<Record<string, string>>(),
    publishTime: p.datetime(),
    /** Events with the same key keep their order: see orderingKey. */
    orderingKey: p.text(),
    /** Counts up in the order they were recorded. */
    number: p.bigint(),
    /** The source event it replays. */
    replayOf: p.text().nullable(),
    /** The receipt's. */
    receiveTime: p.datetime(),
  },
});
export type SourceEvent = InferEntity<typeof SourceEventEntity>;

export type HandoverOutcome = 'SUCCEEDED' | 'RETRYING' | 'FAILED' | 'FILTERED';
export type HandoverState = 'LEASED' | 'WAITING' | 'ACKNOWLEDGED' | 'DEAD';

/** One source event's way to one consumer: made when it is first handed out. */
export const HandoverEntity = defineEntity({
  name: 'Handover',
  tableName: 'handovers',
  properties: {
    project: p.text().primary(),
    sourceEventId: p.text().primary(),
    consumer: p.text().primary(),
    state: p.text().$type<HandoverState>(),
    /** The stream that holds it, or held it last. */
    stream: p.text().nullable(),
    leaseEndTime: p.datetime().nullable(),
    /** Not before then, while WAITING. */
    nextTime: p.datetime().nullable(),
    /** How often it was handed out. */
    attempts: p.integer(),
    /** How often the consumer handed it back; what the schedule of redelivery goes by. */
    nacks: p.integer(),
    outcome: p.text().$type<HandoverOutcome>().nullable(),
    lastError: p.text().nullable(),
    runIds: p.array(),
    processTime: p.datetime().nullable(),
    /** When it was last handed out. */
    deliverTime: p.datetime().nullable(),
    /** The source event's. */
    orderingKey: p.text(),
    number: p.bigint(),
    /** Handed to an ordered stream: its end lets the next of its key go. */
    isOrdered: p.boolean(),
  },
});
export type Handover = InferEntity<typeof HandoverEntity>;

/**
 * Where a consumer is in a project, for each set of patterns it streams with: below `lowWater` every matching event has
 * a handover, so that a search for new ones starts there. It never passes the last minutes: a transaction still open may
 * commit an earlier event.
 */
export const ConsumerEntity = defineEntity({
  name: 'Consumer',
  tableName: 'consumers',
  properties: {
    project: p.text().primary(),
    name: p.text().primary(),
    /** Stands for `patterns`: see patternKey. */
    patternKey: p.text().primary(),
    patterns: p.array(),
    lowWater: p.datetime(),
    lastStreamTime: p.datetime(),
  },
});
export type Consumer = InferEntity<typeof ConsumerEntity>;
