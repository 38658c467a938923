import type { ConsumerSeen } from './activity.ts';
import { overlaps } from './activity.ts';
import type { Delivered, HandedOver } from './delivered.ts';
import { type ExplainedDelivery, type Passage, replay, revive, type Stop, stream, switchOn } from './explanation.ts';

/** What is known beside the receipt. */
export type Surroundings = {
  readonly project: string;
  /** All that ever streamed of the project. */
  readonly consumers: readonly ConsumerSeen[];
  /** Undefined: the catalog does not list the type. */
  readonly eventType: { readonly isTriggerable: boolean } | undefined;
};

/** The way of one receipt: stage by stage, and the first thing that stopped it. */
export function explainEvent(event: Delivered, surroundings: Surroundings): ExplainedDelivery {
  return {
    deliveryKey: event.deliveryKey,
    eventId: event.id,
    eventType: event.eventType,
    stages: passages(event),
    stop: stopOf(event, surroundings),
    duplicateOf: event.duplicateOf ?? '',
    time: new Date(event.receiveMs),
  };
}

function passages(event: Delivered): readonly Passage[] {
  const all: Passage[] = [];
  const pass = (stage: Passage['stage'], ms: number | null, note = ''): void => {
    if (ms !== null) all.push({ stage, time: new Date(ms), note: note.slice(0, 512) });
  };
  const origin = event.replayOf === null ? '' : ` as a replay of ${event.replayOf}`;
  pass('RECEIVED', event.receiveMs, `${event.source}${origin}`);
  if (event.recordMs !== null) pass('UNMATCHED', event.receiveMs, 'no integration had its account then');
  pass('RECORDED', event.recordMs ?? event.receiveMs, `for ${event.integrationId}`);
  if (event.duplicateOf !== null) pass('DUPLICATE', event.receiveMs, `repeats ${event.duplicateOf}`);
  pass('PUBLISHED', event.publishMs, event.sourceEventId ?? '');
  // The contract's bound on stages.
  for (const handover of event.handovers.slice(0, 8)) {
    const { consumer, attempts, lastError } = handover;
    // The clocks of two processes differ.
    const deliverMs = handover.deliverMs && Math.max(handover.deliverMs, event.publishMs ?? 0);
    pass('DELIVERED', deliverMs, `to ${consumer}, hand-out ${attempts}`);
    const last = lastStage(handover);
    const runs = handover.runIds.length === 0 ? '' : `, runs ${handover.runIds.slice(0, 5).join(', ')}`;
    const said = lastError === null ? '' : `: ${lastError}`;
    if (last !== undefined) pass(last, handover.processMs ?? handover.deliverMs, `${consumer}${runs}${said}`);
  }
  return all;
}

function lastStage({ outcome, state, nacks }: HandedOver): Passage['stage'] | undefined {
  if (outcome === 'SUCCEEDED' || outcome === 'FILTERED') return 'SUCCEEDED';
  if (outcome === 'FAILED') return 'FAILED';
  if (state === 'DEAD') return 'DEAD';
  return outcome === 'RETRYING' || (state === 'WAITING' && nacks > 0) ? 'RETRYING' : undefined;
}

function stopOf(event: Delivered, surroundings: Surroundings): Stop | undefined {
  const { project, consumers } = surroundings;
  if (event.duplicateOf !== null) {
    return {
      stage: 'DUPLICATE',
      cause: 'DUPLICATE',
      message: `It repeats ${event.duplicateOf}, which was recorded before; nothing was published again. To have it once more, replay it.`,
      fix: replay(project, event.duplicateOf),
    };
  }
  if (event.sourceEventId === null) {
    return {
      stage: 'RECORDED',
      cause: 'INTEGRATION_UNUSABLE',
      message:
        'The integration was switched off when it came, so it was recorded and not published. Switch it on, then replay the event.',
      fix: switchOn(project, event.integrationId),
    };
  }
  if (event.handovers.length === 0) return notTaken(event, surroundings);
  // What the engine that asked last for it came to counts; another consumer's success does not hide a failure.
  const stops = event.handovers.map(handover => handoverStop(event, surroundings, handover));
  const missing = consumers.find(
    c =>
      c.isStreaming && overlaps(c.patterns, event.eventType) && !event.handovers.some(h => h.consumer === c.consumer),
  );
  return (
    stops.find(stop => stop !== undefined) ?? (missing && notTaken(event, { ...surroundings, consumers: [missing] }))
  );
}

function notTaken(event: Delivered, { project, consumers, eventType }: Surroundings): Stop {
  if (eventType?.isTriggerable === false) return notTriggerable(event, 'PUBLISHED');
  const wanting = consumers.filter(c => overlaps(c.patterns, event.eventType));
  const behind = wanting.find(c => c.isStreaming);
  if (behind !== undefined) {
    return {
      stage: 'PUBLISHED',
      cause: 'CONSUMER_BEHIND',
      message: `${behind.consumer} streams such events and has not taken it yet; ${behind.pendingCount} wait for it. It takes more once it acknowledges what it has.`,
    };
  }
  const last = wanting[0];
  const others = consumers.length === 0 ? '' : ` Those that stream the project ask for other types.`;
  return {
    stage: 'PUBLISHED',
    cause: 'NO_CONSUMER',
    message:
      last === undefined
        ? `No consumer streams ${event.eventType}.${others} Open a stream whose patterns include it.`
        : `No consumer streams ${event.eventType} now; ${last.consumer} did last at ${last.lastStreamTime.toISOString()}. It gets the event once it streams again.`,
    fix: stream(last?.consumer ?? '', project),
  };
}

function notTriggerable(event: Delivered, stage: Stop['stage']): Stop {
  return {
    stage,
    cause: 'NOT_TRIGGERABLE',
    message: `${event.eventType} is not a type that triggers; choose one that ListEventTypes marks as triggerable.`,
    fix: { method: 'mobius.integrations.v1.CatalogService/ListEventTypes' },
  };
}

function handoverStop(event: Delivered, { project, eventType }: Surroundings, handover: HandedOver): Stop | undefined {
  const { consumer, state, outcome, attempts, lastError, nextMs, leaseEndMs } = handover;
  const said = lastError === null ? 'It gave no reason.' : `It said: ${lastError.slice(0, 600)}`;
  const next = nextMs === null ? '' : ` It is handed out again at ${new Date(nextMs).toISOString()}.`;
  if (outcome === 'SUCCEEDED') return undefined;
  if (outcome === 'FILTERED') {
    if (eventType?.isTriggerable === false) return notTriggerable(event, 'SUCCEEDED');
    return {
      stage: 'SUCCEEDED',
      cause: 'FILTERED',
      message: `${consumer} took it, and no trigger or wait matched. Compare the trigger's event type and filter with the event.`,
      fix: {
        method: 'mobius.integrations.v1.EventService/GetIntegrationEvent',
        arguments: { project, event_id: event.id },
      },
    };
  }
  if (outcome === 'FAILED') {
    return {
      stage: 'FAILED',
      cause: 'CONSUMER_FAILED',
      message: `${consumer} reported failure for good. ${said} Mend that, then replay the event.`,
      fix: replay(project, event.id),
    };
  }
  if (state === 'DEAD') {
    return {
      stage: 'DEAD',
      cause: 'ATTEMPTS_EXHAUSTED',
      message: `It was handed to ${consumer} ${attempts} times and always handed back. ${said} Mend that, then revive the event.`,
      fix: revive(project, consumer, event.sourceEventId ?? ''),
    };
  }
  if (outcome === 'RETRYING' || (state === 'WAITING' && handover.nacks > 0)) {
    return { stage: 'RETRYING', cause: 'CONSUMER_FAILED', message: `${consumer} could not take it. ${said}${next}` };
  }
  if (state === 'ACKNOWLEDGED') return undefined;
  const lease =
    leaseEndMs === null ? '' : ` Its lease ends at ${new Date(leaseEndMs).toISOString()}; then it is handed out again.`;
  return {
    stage: 'DELIVERED',
    cause: 'CONSUMER_BEHIND',
    message: `${consumer} has it (hand-out ${attempts}) and has not answered yet.${lease}${next}`,
  };
}
