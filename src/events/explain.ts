import type { EntityManager } from '@mikro-orm/postgresql';
import { assess, type IntegrationStanding, type Verdict } from '../catalog/readiness.ts';
import { loadState, type ProjectState, standingOf } from '../catalog/state.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import type { EventType, Provider } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';
import { type ListedSubscription, subscriptionsOf } from '../subscriptions/list.ts';
import { type ConsumerSeen, consumersSeen, type EndpointSeen, endpointsSeen, overlaps } from './activity.ts';
import { type Delivered, type DeliveredFilter, findDelivered, findUndelivered, type Undelivered } from './delivered.ts';
import { explainAbsence } from './explain_absence.ts';
import { explainEvent, type Surroundings } from './explain_event.ts';
import { connectAgain, type ExplainedDelivery, refusal, type Stop } from './explanation.ts';
import type { RejectionCause } from './rejection.ts';

export type ExplainRequest = DeliveredFilter & { readonly project: string };

export type Explanation = {
  /** Undefined: all of it went through. */
  readonly stop: Stop | undefined;
  readonly deliveries: readonly ExplainedDelivery[];
  readonly endpoints: readonly EndpointSeen[];
  readonly integrations: readonly ExplainedIntegration[];
  /** What should have brought it. */
  readonly subscriptions: readonly ListedSubscription[];
  readonly eventType: { readonly name: string; readonly provider: string; readonly verdict: Verdict } | undefined;
  readonly consumers: readonly ConsumerSeen[];
};

export type ExplainedIntegration = {
  readonly integration: IntegrationStanding;
  /** Undefined: it was not there yet. */
  readonly statusThen: IntegrationStanding['status'] | undefined;
};

const MAX_DELIVERIES = 50;
const RANGE_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Why something did or did not reach the trigger engine. Throws EVENT_NOT_FOUND where a named event is not there. */
export async function explainDelivery(
  em: EntityManager,
  deps: Deps,
  caller: Caller,
  request: ExplainRequest,
): Promise<Explanation> {
  const { project } = request;
  const range = rangeOf(request, deps.now());
  const delivered = await findDelivered(em, project, filterOf(request, range), MAX_DELIVERIES);
  if (delivered.length === 0 && request.deliveryKey === undefined) {
    if (request.eventId !== undefined) {
      throw new IntegrationError('EVENT_NOT_FOUND', { project, event_id: request.eventId });
    }
    if (request.sourceEventId !== undefined) {
      throw new IntegrationError('SOURCE_EVENT_NOT_FOUND', { project, source_event_id: request.sourceEventId });
    }
  }
  const undelivered =
    request.deliveryKey === undefined ? [] : await findUndelivered(em, project, request.deliveryKey, MAX_DELIVERIES);
  const eventTypeName = request.eventType ?? only(delivered.map(d => d.eventType));
  const providerId =
    request.provider ?? only([...delivered, ...undelivered].map(d => d.provider)) ?? eventTypeName?.split('.')[0];
  const provider = providerId === undefined ? undefined : deps.catalog.provider(providerId);

  const state = await loadState(em, project, provider?.id);
  const consumers = await consumersSeen(em, project, undefined, deps.now());
  const deliveries = [
    ...delivered.map(event => explainEvent(event, surroundings(deps, project, consumers, event.eventType))),
    ...undelivered.map(one => explainUndelivered(project, one)),
  ]
    .toSorted((a, b) => b.time.getTime() - a.time.getTime())
    .slice(0, MAX_DELIVERIES);
  const wanted = integrationsOf(state, request.integrationId);
  const providers = provider === undefined ? [...state.keys()] : [provider.id];
  const day = { since: new Date(Math.min(range.since.getTime(), deps.now().getTime() - DAY_MS)), until: range.until };
  const fitting = { provider: provider?.id, integrationId: request.integrationId };
  const subscriptions = (await subscriptionsOf(em, project, fitting)).filter(
    ({ eventTypes }) => eventTypeName === undefined || overlaps(eventTypes, eventTypeName),
  );
  const eventType = readinessOf(deps, caller, project, state, eventTypeName);
  return {
    stop:
      deliveries.length > 0
        ? firstStop(deliveries)
        : explainAbsence({
            project,
            provider: provider?.id,
            displayName: provider?.displayName ?? '',
            eventType: eventTypeName,
            readiness: eventType?.verdict,
            isTriggerable: eventType?.item.triggerable ?? true,
            integrations: wanted,
            endpoints: await endpointsSeen(em, project, providers, range),
            subscriptions,
            range,
          }),
    deliveries,
    endpoints: await endpointsSeen(em, project, providers, day),
    subscriptions: subscriptions.slice(0, 50),
    integrations: wanted.slice(0, 50).map(integration => ({
      integration,
      statusThen: statusThen(integration, delivered, range.until),
    })),
    eventType: eventType && { name: eventType.item.name, provider: eventType.provider.id, verdict: eventType.verdict },
    consumers: consumers.filter(c => eventTypeName === undefined || overlaps(c.patterns, eventTypeName)).slice(0, 50),
  };
}

function rangeOf({ since, until }: ExplainRequest, now: Date): { readonly since: Date; readonly until: Date } {
  // What is noted at this very moment is before it.
  const end = until ?? new Date(now.getTime() + 1);
  const start = since ?? new Date(end.getTime() - RANGE_MS);
  if (start >= end) throw invalidField('since', 'must be before until');
  return { since: start, until: end };
}

/** An id counts for itself; filters and times narrow nothing then. */
function filterOf(request: ExplainRequest, range: { readonly since: Date; readonly until: Date }): DeliveredFilter {
  const { deliveryKey, eventId, sourceEventId, provider, integrationId, eventType } = request;
  if (deliveryKey !== undefined) return { deliveryKey };
  if (eventId !== undefined) return { eventId };
  if (sourceEventId !== undefined) return { sourceEventId };
  return { provider, integrationId, eventType, ...range };
}

function surroundings(
  deps: Pick<Deps, 'catalog'>,
  project: string,
  consumers: readonly ConsumerSeen[],
  eventType: string,
): Surroundings {
  const listed = deps.catalog.eventType(eventType)?.eventType;
  const isTriggerable =
    listed !== undefined && (listed.triggerable || listed.waitable) && listed.runtimeState !== 'PLANNED';
  return { project, consumers, eventType: listed && { isTriggerable } };
}

/** A repeat is no failure while what it repeats is there too. */
function firstStop(deliveries: readonly ExplainedDelivery[]): Stop | undefined {
  const stops = deliveries.flatMap(({ stop }) => stop ?? []);
  const real = stops.find(({ cause }) => cause !== 'DUPLICATE');
  if (real !== undefined) return real;
  return deliveries.some(({ stop }) => stop === undefined) ? undefined : stops[0];
}

function explainUndelivered(project: string, one: Undelivered): ExplainedDelivery {
  const time = new Date(one.receiveMs);
  const isRefused = one.kind === 'REJECTED';
  const times = one.count > 1 ? `, one of ${one.count}` : '';
  const received = {
    stage: 'RECEIVED' as const,
    time,
    note: `at the endpoint "${one.endpoint}" of ${one.provider}${times}`,
  };
  const stop: Stop = isRefused
    ? refusal(one.cause as RejectionCause, one.detail, connectAgain(project, one.provider))
    : {
        stage: 'UNMATCHED',
        cause: 'NO_INTEGRATION',
        message:
          'It is genuine, and no integration of any project has its account. It is kept for a day: connect the account, and it is recorded then.',
        fix: connectAgain(project, one.provider),
      };
  return {
    deliveryKey: one.deliveryKey,
    eventId: '',
    eventType: one.eventType,
    stages: [received, { stage: stop.stage, time, note: one.detail }],
    stop,
    duplicateOf: '',
    time,
  };
}

function integrationsOf(state: ProjectState, id: string | undefined): readonly IntegrationStanding[] {
  return [...state.values()].flat().filter(integration => id === undefined || integration.id === id);
}

/** As its receipt of that time noted it; else as it is now, but for an end that came later. */
function statusThen(
  integration: IntegrationStanding,
  delivered: readonly Delivered[],
  until: Date,
): IntegrationStanding['status'] | undefined {
  const noted = delivered.find(d => d.integrationId === integration.id && d.integrationStatus !== null);
  if (noted?.integrationStatus) return noted.integrationStatus;
  if (integration.createTime >= until) return undefined;
  const { healthSince } = integration;
  return integration.status === 'EXPIRED' && healthSince !== undefined && healthSince >= until
    ? 'ACTIVE'
    : integration.status;
}

function readinessOf(
  deps: Deps,
  caller: Caller,
  project: string,
  state: ProjectState,
  name: string | undefined,
): { readonly provider: Provider; readonly item: EventType; readonly verdict: Verdict } | undefined {
  const listed = name === undefined ? undefined : deps.catalog.eventType(name);
  if (listed === undefined) return undefined;
  const standing = standingOf(deps, { project, caller, permission: 'catalog.read' }, listed.provider, state);
  const { eventType: item, provider } = listed;
  return { provider, item, verdict: assess(standing, { ...item, kind: 'EVENT_TYPE' }) };
}

function only(values: readonly string[]): string | undefined {
  const each = new Set(values);
  return each.size === 1 ? values[0] : undefined;
}
