import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { DeliveryCause, DeliveryStage } from '../../gen/mobius/integrations/v1/event_pb.js';
import { ExplainDeliveryResponseSchema } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { capabilityMessage } from '../catalog/message.ts';
import { subscriptionMessage } from '../subscriptions/message.ts';
import type { ConsumerSeen, EndpointSeen } from './activity.ts';
import type { ExplainedIntegration, Explanation } from './explain.ts';
import type { ExplainedDelivery, Stop } from './explanation.ts';

const MAX_MESSAGE = 1024;
/** The contract's bound on an endpoint's name; one of an integration's own may be longer. */
const MAX_ENDPOINT = 63;

export function explanationMessage(explanation: Explanation) {
  const { eventType } = explanation;
  return create(ExplainDeliveryResponseSchema, {
    ...stopFields(explanation.stop),
    deliveries: explanation.deliveries.map(deliveryFields),
    endpoints: explanation.endpoints.map(endpointFields),
    subscriptions: explanation.subscriptions.map(subscriptionMessage),
    integrations: explanation.integrations.map(integrationFields),
    eventTypeReadiness: eventType && capabilityMessage({ kind: 'EVENT_TYPE', ...eventType }),
    consumers: explanation.consumers.map(consumerFields),
  });
}

function stopFields(stop: Stop | undefined) {
  if (stop === undefined) return { message: 'Everything went through.' };
  const { stage, cause, message, fix } = stop;
  return {
    stoppedAt: DeliveryStage[stage],
    cause: DeliveryCause[cause],
    message: message.slice(0, MAX_MESSAGE),
    fix: fix && { method: fix.method ?? '', arguments: { ...fix.arguments }, setting: fix.setting ?? '' },
  };
}

function deliveryFields({ stop, stages, time: _, ...delivery }: ExplainedDelivery) {
  return {
    ...delivery,
    stages: stages.map(({ stage, time, note }) => ({
      stage: DeliveryStage[stage],
      time: timestampFromDate(time),
      note,
    })),
    ...(stop === undefined ? {} : stopFields(stop)),
  };
}

function endpointFields(seen: EndpointSeen) {
  return {
    provider: seen.provider,
    endpoint: seen.endpoint.slice(-MAX_ENDPOINT),
    lastDeliveryTime: seen.deliveryTime && timestampFromDate(seen.deliveryTime),
    lastAcceptTime: seen.acceptTime && timestampFromDate(seen.acceptTime),
    rejectedCount: seen.rejectedCount,
    lastRejection: DeliveryCause[seen.lastRejection ?? 'UNSPECIFIED'],
  };
}

function integrationFields({ integration, statusThen }: ExplainedIntegration) {
  return {
    integrationId: integration.id,
    name: integration.name,
    account: integration.account,
    status: IntegrationStatus[statusThen ?? 'UNSPECIFIED'],
    currentStatus: IntegrationStatus[integration.status],
  };
}

export function consumerFields(seen: ConsumerSeen) {
  return {
    consumer: seen.consumer,
    streaming: seen.isStreaming,
    lastStreamTime: timestampFromDate(seen.lastStreamTime),
    patterns: [...seen.patterns],
    pendingCount: seen.pendingCount,
  };
}
