/**
 * What the trigger engine writes: take source events as they come, start runs, say what came of them.
 *
 *     node --env-file=.data/dev.env examples/trigger-engine.ts
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import {
  AcknowledgementKind,
  type SourceEvent,
  SourceEventOutcome,
  SourceEventService,
} from '@mobius/integrations/contract';

const { MOBIUS_INTERNAL_ADDR, MOBIUS_CA, MOBIUS_TRIGGER_CERT, MOBIUS_TRIGGER_KEY } = process.env;
/** What was acknowledged is remembered under this name, whatever becomes of the process. */
const consumer = 'trigger-engine';

const transport = createGrpcTransport({
  baseUrl: `https://${MOBIUS_INTERNAL_ADDR}`,
  nodeOptions: {
    ca: readFileSync(MOBIUS_CA!),
    cert: readFileSync(MOBIUS_TRIGGER_CERT!),
    key: readFileSync(MOBIUS_TRIGGER_KEY!),
  },
  // A connection that died without a word is noticed.
  pingIntervalMs: 20_000,
});
const sourceEvents = createClient(SourceEventService, transport);

/** Runs by source event: an event comes at least once, under the same id each time, and starts its runs once. */
const started = new Map<string, string[]>();

/** Stands for matching triggers and waits; a real engine writes the runs down before it returns. */
function startRuns({ meta, project }: SourceEvent): string[] {
  const { id = '', eventType } = meta ?? {};
  const runIds = started.get(id) ?? (eventType === 'github.issues.opened' ? [`run-${project}-${id}`] : []);
  started.set(id, runIds);
  return runIds;
}

/** Acknowledged only when the runs are safe with us; refused events come again by the service's schedule. */
async function take(event: SourceEvent, ackToken: string): Promise<void> {
  const { project, meta } = event;
  const acknowledge = (kind: AcknowledgementKind, error = '') =>
    sourceEvents.acknowledgeSourceEvents({ consumer, acknowledgements: [{ ackToken, kind, error }] });
  let runIds: string[];
  try {
    runIds = startRuns(event);
  } catch (error) {
    await acknowledge(AcknowledgementKind.NACK, String(error));
    return;
  }
  await acknowledge(AcknowledgementKind.ACK);
  const outcome = runIds.length > 0 ? SourceEventOutcome.SUCCEEDED : SourceEventOutcome.FILTERED;
  await sourceEvents.reportOutcome({ project, sourceEventId: meta?.id, consumer, outcome, runIds });
  console.log(JSON.stringify({ took: meta?.id, type: meta?.eventType, attributes: meta?.attributes, runIds }));
}

for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 10_000)) {
  try {
    const stream = sourceEvents.streamSourceEvents({ consumer, projects: ['*'], maxInFlight: 64 });
    for await (const { sourceEvent, ackToken } of stream) {
      if (sourceEvent !== undefined) await take(sourceEvent, ackToken);
      waitMs = 125;
    }
  } catch (error) {
    // The stream ends when the service stops or the network breaks; nothing is lost, what was not acknowledged comes again.
    console.error(`stream ended: ${ConnectError.from(error).message}`);
  }
  await delay(waitMs);
}
