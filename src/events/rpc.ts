import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { DeliveryStage, EventSource } from '../../gen/mobius/integrations/v1/event_pb.js';
import type { EventService } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import type { Deps } from '../deps.ts';
import { callerOf, given } from '../rpc/call.ts';
import type { EventSource as SourceName, DeliveryStage as StageName } from './entity.ts';
import { explainDelivery } from './explain.ts';
import { explanationMessage } from './explain_message.ts';
import { findEvent, listEvents } from './list.ts';
import { eventMessage } from './message.ts';
import { replayEvents } from './replay.ts';

export function serveEvents(deps: Deps): Partial<ServiceImpl<typeof EventService>> {
  const fork = () => deps.store.em.fork();
  return {
    async listIntegrationEvents(request) {
      const { source, stage, since, until } = request;
      const { events, nextPageToken } = await listEvents(fork(), {
        project: request.project,
        filter: {
          provider: given(request.provider),
          integrationId: given(request.integrationId),
          eventType: given(request.eventType),
          source: source === EventSource.UNSPECIFIED ? undefined : (EventSource[source] as SourceName),
          stage: stage === DeliveryStage.UNSPECIFIED ? undefined : (DeliveryStage[stage] as StageName),
          since: since && timestampDate(since),
          until: until && timestampDate(until),
        },
        pageSize: request.pageSize,
        pageToken: request.pageToken,
        includePayload: request.includePayload,
      });
      return { events: events.map(eventMessage), nextPageToken };
    },
    async getIntegrationEvent({ project, eventId, includePayload }) {
      return { event: eventMessage(await findEvent(fork(), project, eventId, includePayload)) };
    },
    async explainDelivery(request, context) {
      const { since, until } = request;
      const explanation = await explainDelivery(fork(), deps, callerOf(context), {
        project: request.project,
        deliveryKey: given(request.deliveryKey),
        eventId: given(request.eventId),
        sourceEventId: given(request.sourceEventId),
        provider: given(request.provider),
        integrationId: given(request.integrationId),
        eventType: given(request.eventType),
        since: since && timestampDate(since),
        until: until && timestampDate(until),
      });
      return explanationMessage(explanation);
    },
    async replayIntegrationEvents(request, context) {
      const { since, until } = request;
      const { events, matchedCount } = await replayEvents(fork(), deps, {
        project: request.project,
        caller: callerOf(context).identity,
        eventIds: request.eventIds,
        provider: given(request.provider),
        integrationId: given(request.integrationId),
        eventType: given(request.eventType),
        since: since && timestampDate(since),
        until: until && timestampDate(until),
        onlyUnsuccessful: request.onlyUnsuccessful,
        maxEvents: request.maxEvents,
        dryRun: request.dryRun,
        requestId: given(request.requestId),
      });
      return { events: [...events], matchedCount };
    },
  };
}
