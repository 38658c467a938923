import { durationMs, type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  AcknowledgementKind,
  AcknowledgementResult,
  SourceEventOutcome,
} from '../../gen/mobius/integrations/internal/v1/source_event_pb.js';
import type { SourceEventService } from '../../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { callerOf, given } from '../rpc/call.ts';
import { acknowledge } from './acknowledge.ts';
import { listDead, reviveDead } from './dead.ts';
import { streamSourceEvents } from './deliver.ts';
import type { HandoverOutcome } from './entity.ts';
import type { Answered } from './handover.ts';
import { JETSTREAM_CONSUMER } from './jetstream.ts';
import { deadMessage, handedOutMessage } from './message.ts';
import type { OpenStreams } from './open_streams.ts';
import { reportOutcome } from './outcome.ts';

export function serveSourceEvents(deps: Deps): Partial<ServiceImpl<typeof SourceEventService>> {
  const fork = () => deps.store.em.fork();
  const streams: OpenStreams = new Map();
  return {
    async *streamSourceEvents(request, context) {
      const { consumer, projects, patterns, maxInFlight, ordered, leaseDuration, startTime } = request;
      if (consumer === JETSTREAM_CONSUMER)
        throw invalidField('consumer', 'is what publishes to JetStream; take another name');
      const wanted = {
        consumer,
        projects,
        patterns,
        ordered,
        maxInFlight,
        leaseMs: leaseDuration && durationMs(leaseDuration),
        startTime: startTime && timestampDate(startTime),
      };
      const events = streamSourceEvents(deps, streams, callerOf(context), wanted, context.signal);
      for await (const event of events) yield handedOutMessage(event);
    },
    async acknowledgeSourceEvents({ consumer, acknowledgements }, context) {
      const results = await acknowledge(
        fork(),
        deps,
        streams,
        callerOf(context),
        consumer,
        acknowledgements.map(({ ackToken, kind, delay, error }) => ({
          ackToken,
          kind: AcknowledgementKind[kind] as Answered['kind'],
          delayMs: delay && durationMs(delay),
          error,
        })),
      );
      return { results: results.map(result => AcknowledgementResult[result]) };
    },
    async reportOutcome({ project, sourceEventId, consumer, outcome, message, runIds }) {
      const name = SourceEventOutcome[outcome] as HandoverOutcome;
      await reportOutcome(fork(), deps, { project, sourceEventId, consumer, outcome: name, message, runIds });
      return {};
    },
    async listDeadSourceEvents(request) {
      const { project, consumer, pageSize, pageToken } = request;
      const filter = { ...rangeOf(request), consumer: given(consumer) };
      const { events, nextPageToken } = await listDead(fork(), project, filter, { pageSize, pageToken });
      return { sourceEvents: events.map(deadMessage), nextPageToken };
    },
    async reviveSourceEvents(request) {
      const { project, consumer, sourceEventIds, dryRun } = request;
      const filter = { ...rangeOf(request), consumer };
      return { revivedCount: await reviveDead(fork(), project, filter, sourceEventIds, dryRun) };
    },
  };
}

function rangeOf({ eventType, since, until }: { eventType: string; since?: Timestamp; until?: Timestamp }) {
  return { eventType: given(eventType), since: since && timestampDate(since), until: until && timestampDate(until) };
}
