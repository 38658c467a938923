import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  DeadSourceEventSchema,
  type SourceEventSchema,
} from '../../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { StreamSourceEventsResponseSchema } from '../../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import {
  DeliveryStage,
  EventSampleSchema,
  EventSource,
  FireMode,
  IntegrationEventSchema,
} from '../../gen/mobius/integrations/v1/event_pb.js';
import { FireTestEventResponseSchema } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { encodeAckToken } from './ack_token.ts';
import type { DeadEvent } from './dead.ts';
import type { HandedOutToStream } from './deliver.ts';
import { consumerFields } from './explain_message.ts';
import type { Fired } from './fire.ts';
import type { ListedEvent } from './list.ts';
import type { ListedSample } from './samples.ts';

export function eventMessage(event: ListedEvent) {
  const { sourceEvent } = event;
  return create(IntegrationEventSchema, {
    id: event.id,
    project: event.project,
    provider: event.provider,
    integrationId: event.integrationId,
    eventType: event.eventType,
    schemaVersion: event.schemaVersion,
    source: EventSource[event.source],
    deliveryKey: event.deliveryKey,
    semanticKey: event.semanticKey ?? '',
    occurTime: event.occurTime && timestampFromDate(event.occurTime),
    receiveTime: timestampFromDate(event.receiveTime),
    stage: DeliveryStage[event.stage],
    payload: event.payload as JsonObject | undefined,
    payloadTruncated: event.payloadTruncated,
    sourceEvent: sourceEvent && {
      id: sourceEvent.id,
      stage: DeliveryStage[sourceEvent.stage],
      attempts: sourceEvent.attempts,
      lastError: sourceEvent.lastError,
      processTime: sourceEvent.processTime && timestampFromDate(sourceEvent.processTime),
      runIds: [...sourceEvent.runIds],
    },
    duplicateOf: event.duplicateOf ?? '',
    replayOf: event.replayOf ?? '',
  });
}

export function sampleMessage({ id, provider, sample }: ListedSample) {
  const { eventType, name, description, payload, meta } = sample;
  return create(EventSampleSchema, {
    id,
    provider: provider.id,
    eventType,
    name,
    description,
    payload: payload as JsonObject,
    meta,
  });
}

const MAX_FINDINGS = 50;

export function firedMessage(fired: Fired, isDelivered: boolean) {
  const findings = fired.findings.map(({ field, message }) =>
    `${field === '' ? '/' : field}: ${message}`.slice(0, 512),
  );
  return create(FireTestEventResponseSchema, {
    mode: isDelivered ? FireMode.DELIVER : FireMode.PREVIEW,
    event: eventMessage(fired.event),
    meta: fired.meta,
    duplicate: fired.isDuplicate,
    consumers: fired.consumers.map(consumerFields),
    payloadValid: findings.length === 0,
    payloadFindings: [...new Set(findings)].slice(0, MAX_FINDINGS),
  });
}

export function handedOutMessage(event: HandedOutToStream) {
  return create(StreamSourceEventsResponseSchema, {
    sourceEvent: sourceEventFields(event),
    ackToken: encodeAckToken(event),
    attempt: event.attempt,
    leaseExpireTime: timestampFromDate(event.leaseEndTime),
  });
}

export function deadMessage({ event, consumer, attempts, lastError, deadTime }: DeadEvent) {
  return create(DeadSourceEventSchema, {
    sourceEvent: sourceEventFields(event),
    consumer,
    attempts,
    lastError,
    deadTime: deadTime && timestampFromDate(deadTime),
  });
}

/** The public envelope. */
export function sourceEventFields(event: DeadEvent['event']): MessageInitShape<typeof SourceEventSchema> {
  return {
    event: event.payload as JsonObject,
    meta: {
      id: event.sourceEventId,
      eventType: event.eventType,
      sourceKind: 'integration',
      sourceId: event.integrationId,
      provider: event.provider,
      integrationId: event.integrationId,
      occurredAt: timestampFromDate(event.occurTime),
      receivedAt: timestampFromDate(event.receiveTime),
      schemaVersion: event.schemaVersion,
      attributes: event.attributes,
    },
    project: event.project,
    integrationEventId: event.integrationEventId,
    replayOf: event.replayOf ?? '',
    orderingKey: event.orderingKey,
  };
}
