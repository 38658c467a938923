import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { Command } from 'commander';
import {
  DeliveryCause,
  DeliveryStage,
  EventSource,
  type IntegrationEvent,
} from '../../gen/mobius/integrations/v1/event_pb.js';
import {
  EventService,
  type ExplainDeliveryResponse,
  ExplainDeliveryResponseSchema,
  GetIntegrationEventResponseSchema,
  ListIntegrationEventsResponseSchema,
  type ReplayedEvent,
  ReplayIntegrationEventsResponseSchema,
} from '../../gen/mobius/integrations/v1/event_service_pb.js';
import {
  addPageOptions,
  count,
  enumOption,
  moment,
  moreOf,
  nameOf,
  type PageOptions,
  readPages,
  timeOf,
} from './options.ts';
import { openSession } from './session.ts';
import { formatFields } from './table.ts';

type Filter = { provider?: string; integration?: string; type?: string; since?: Timestamp; until?: Timestamp };
type ListOptions = PageOptions & Filter & { source?: EventSource; stage?: DeliveryStage; payload?: boolean };
type ExplainOptions = Filter & { deliveryKey?: string; event?: string; sourceEvent?: string };
type ReplayOptions = Filter & { onlyUnsuccessful?: boolean; dryRun?: boolean; max?: number; requestId?: string };

export function addEventCommands(program: Command): void {
  const events = program.command('events').description('what providers delivered and what came of it');

  addPageOptions(addFilterOptions(events.command('list')))
    .description('receipts, newest first')
    .addOption(enumOption('--source <source>', 'only from this source', EventSource))
    .addOption(enumOption('--stage <stage>', 'only at this stage', DeliveryStage))
    .option('--payload', 'with the payloads (for --json)')
    .action(async (options: ListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const filter = { ...filterOf(options), source: options.source, stage: options.stage };
      const answered = await readPages(
        options,
        page =>
          client(EventService).listIntegrationEvents({ project, ...filter, includePayload: options.payload, ...page }),
        page => page.events,
      );
      answer(
        ListIntegrationEventsResponseSchema,
        answered,
        () => table<IntegrationEvent>(answered.events, eventColumns) + moreOf(answered),
      );
    });

  events
    .command('get')
    .description('one receipt')
    .argument('<event>', 'id, `ievt_…`')
    .option('--payload', 'with the payload')
    .action(async (eventId: string, { payload }: { payload?: boolean }, command: Command) => {
      const { project, client, answer } = openSession(command);
      const answered = await client(EventService).getIntegrationEvent({ project, eventId, includePayload: payload });
      answer(GetIntegrationEventResponseSchema, answered, () => describeEvent(answered.event));
    });

  addFilterOptions(events.command('explain'))
    .description('how far deliveries got, and why no further')
    .option('--delivery-key <key>', "the provider's id of the delivery")
    .option('--event <id>', 'a receipt')
    .option('--source-event <id>', 'a source event')
    .action(async (options: ExplainOptions, command: Command) => {
      const { project, client, answer } = openSession(command);
      const { deliveryKey, event: eventId, sourceEvent: sourceEventId } = options;
      const wanted = { project, deliveryKey, eventId, sourceEventId, ...filterOf(options) };
      const answered = await client(EventService).explainDelivery(wanted);
      answer(ExplainDeliveryResponseSchema, answered, () => describeExplanation(answered));
    });

  addFilterOptions(events.command('replay'))
    .description('publish receipts again')
    .argument('[events...]', 'ids; without any, what the flags choose')
    .option('--only-unsuccessful', 'only those that no consumer succeeded with')
    .option('--max <number>', 'at most so many', count)
    .option('--dry-run', 'say what would be replayed')
    .option('--request-id <id>', 'makes the call repeatable for a day')
    .action(async (eventIds: string[], options: ReplayOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { onlyUnsuccessful, dryRun, requestId, max: maxEvents } = options;
      const wanted = { project, eventIds, ...filterOf(options), onlyUnsuccessful, maxEvents, dryRun, requestId };
      const answered = await client(EventService).replayIntegrationEvents(wanted);
      answer(
        ReplayIntegrationEventsResponseSchema,
        answered,
        () => `${answered.matchedCount} matched\n${table<ReplayedEvent>(answered.events, replayColumns)}`,
      );
    });
}

function addFilterOptions(command: Command): Command {
  return command
    .option('--provider <id>', 'only of this provider')
    .option('--integration <id>', 'only of this integration')
    .option('--type <name>', 'only of this event type; `provider.resource.*` matches all that begin so')
    .option('--since <time>', 'from then on', moment)
    .option('--until <time>', 'before then', moment);
}

function filterOf({ provider, integration: integrationId, type: eventType, since, until }: Filter) {
  return { provider, integrationId, eventType, since, until };
}

const eventColumns = [
  ['EVENT', (e: IntegrationEvent) => e.id],
  ['RECEIVED', (e: IntegrationEvent) => timeOf(e.receiveTime)],
  ['TYPE', (e: IntegrationEvent) => e.eventType],
  ['STAGE', stageOf],
  ['DELIVERY KEY', (e: IntegrationEvent) => e.deliveryKey],
  ['INTEGRATION', (e: IntegrationEvent) => e.integrationId],
] as const;

const replayColumns = [
  ['EVENT', (e: ReplayedEvent) => e.eventId],
  ['REPLAY', (e: ReplayedEvent) => e.replayEventId],
  ['SOURCE EVENT', (e: ReplayedEvent) => e.sourceEventId],
] as const;

function stageOf({ stage }: IntegrationEvent): string {
  return nameOf(DeliveryStage, stage);
}

function describeEvent(event: IntegrationEvent | undefined): string {
  if (event === undefined) return '';
  const { sourceEvent: source } = event;
  const fields = formatFields([
    ['id', event.id],
    ['type', `${event.eventType} (schema ${event.schemaVersion})`],
    ['provider', event.provider],
    ['integration', event.integrationId],
    ['source', nameOf(EventSource, event.source)],
    ['stage', stageOf(event)],
    ['delivery key', event.deliveryKey],
    ['semantic key', event.semanticKey],
    ['occurred', timeOf(event.occurTime)],
    ['received', timeOf(event.receiveTime)],
    ['duplicate of', event.duplicateOf],
    ['replay of', event.replayOf],
    ['source event', source?.id],
    ['attempts', source && String(source.attempts)],
    ['last error', source?.lastError],
    ['processed', timeOf(source?.processTime)],
    ['runs', source?.runIds.join(' ')],
    ['payload', event.payloadTruncated ? 'cut at 256 KiB' : ''],
  ]);
  return event.payload === undefined ? fields : `${fields}\n${JSON.stringify(event.payload, undefined, 2)}\n`;
}

function describeExplanation({ stoppedAt, cause, message, deliveries }: ExplainDeliveryResponse): string {
  const head = formatFields([
    ['stopped at', nameOf(DeliveryStage, stoppedAt) || 'it went through'],
    ['cause', nameOf(DeliveryCause, cause)],
    ['message', message],
  ]);
  const stages = deliveries.map(delivery => {
    const passed = delivery.stages.map(({ stage, time }) => {
      const at = time === undefined ? '' : ` ${timestampDate(time).toISOString()}`;
      return `  ${nameOf(DeliveryStage, stage)}${at}\n`;
    });
    return `\n${delivery.deliveryKey || delivery.eventId} ${delivery.eventType}\n${passed.join('')}`;
  });
  return head + stages.join('');
}
