import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { DeliveryStage, EventSource, FireMode } from '../../gen/mobius/integrations/v1/event_pb.js';
import type { EventService } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { createSchemaCheck } from '../catalog/schema_check.ts';
import type { Deps } from '../deps.ts';
import { callerOf, given } from '../rpc/call.ts';
import type { EventSource as SourceName, DeliveryStage as StageName } from './entity.ts';
import { explainDelivery } from './explain.ts';
import { explanationMessage } from './explain_message.ts';
import { fireTestEvent } from './fire.ts';
import { findEvent, listEvents } from './list.ts';
import { eventMessage, firedMessage, sampleMessage } from './message.ts';
import { replayEvents } from './replay.ts';
import { listSamples } from './samples.ts';

export function serveEvents(deps: Deps): Partial<ServiceImpl<typeof EventService>> {
  const fork = () => deps.store.em.fork();
  const checkSchema = createSchemaCheck();
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
    async listEventSamples(request) {
      const { samples, nextPageToken } = listSamples(deps, {
        provider: given(request.provider),
        eventType: given(request.eventType),
        pageSize: request.pageSize,
        pageToken: request.pageToken,
      });
      return { samples: samples.map(sampleMessage), nextPageToken };
    },
    async fireTestEvent(request, context) {
      const isDelivered = request.mode === FireMode.DELIVER;
      const wanted = {
        project: request.project,
        caller: callerOf(context).identity,
        isDelivered,
        sampleId: given(request.sampleId),
        eventType: given(request.eventType),
        integrationId: given(request.integrationId),
        deliveryKey: given(request.deliveryKey),
        payload: request.payload,
        meta: request.meta,
        requestId: given(request.requestId),
      };
      return firedMessage(await fireTestEvent(fork(), deps, wanted, checkSchema), isDelivered);
    },
  };
}
