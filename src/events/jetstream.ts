import { setTimeout as delay } from 'node:timers/promises';
import { create, toJsonString } from '@bufbuild/protobuf';
import type * as JetStream from '@nats-io/jetstream';
import type * as Transport from '@nats-io/transport-node';
import { typeid } from 'typeid-js';
import { SourceEventSchema } from '../../gen/mobius/integrations/internal/v1/source_event_pb.js';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { reveal, type Secret } from '../secret.ts';
import { settle } from './acknowledge.ts';
import { type HandedOutToStream, handOut } from './deliver.ts';
import { DEFAULT_LEASE_MS } from './handover.ts';
import { sourceEventFields } from './message.ts';

type Packages = {
  readonly transport: typeof Transport;
  readonly jetstream: typeof JetStream;
};

/** The name under which the publisher's own progress is kept; a caller's stream must not use it. */
export const JETSTREAM_CONSUMER = 'nats-jetstream';
const STREAM = 'MOBIUS_SOURCE_EVENTS';
const SUBJECTS = 'mobius.source_events';
/** As long as the longest delay between two tries to publish one event: within it JetStream drops what it has already. */
const DUPLICATE_WINDOW_MS = 3_600_000 + 600_000;
const WINDOW = 64;
const PUBLISH_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 2_000;

/**
 * Publishes every source event to NATS JetStream too, with its id as message id, under
 * `mobius.source_events.{project}.{event type}`: at least once each, in order of its key, by one process at a time.
 * Answers the way to stop. Throws where the packages are not installed.
 */
export async function startJetStream(deps: Deps, url: Secret): Promise<() => Promise<void>> {
  const packages = await loadPackages();
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, deps.stopping]);
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      let connection: Transport.NatsConnection | undefined;
      try {
        connection = await packages.transport.connect({
          servers: [reveal(url)],
          name: 'mobius-integrations',
          maxReconnectAttempts: -1,
        });
        await publishAll(deps, await openStream(packages, connection), signal);
      } catch (error) {
        if (signal.aborted || (error instanceof IntegrationError && error.reason === 'SHUTTING_DOWN')) return;
        // Its message may name the server with its password.
        deps.log.warn({ cause: error instanceof Error ? error.name : 'unknown' }, 'JetStream cannot be reached');
        await delay(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
      } finally {
        await connection?.close();
      }
    }
  };
  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}

async function loadPackages(): Promise<Packages> {
  try {
    return {
      transport: await load('@nats-io/transport-node'),
      jetstream: await load('@nats-io/jetstream'),
    };
  } catch (cause) {
    throw new Error('MOBIUS_NATS_URL needs optional packages; npm ci without --omit=optional installs them', { cause });
  }
}

/** By a name that is not written at the import: production may be without it. */
async function load<Package>(name: string): Promise<Package> {
  return (await import(name)) as Package;
}

/** Makes the JetStream stream where it is not there; one that an operator made, with limits of their own, stays. */
async function openStream(
  { jetstream }: Packages,
  connection: Transport.NatsConnection,
): Promise<JetStream.JetStreamClient> {
  const manager = await jetstream.jetstreamManager(connection);
  const subject = `${SUBJECTS}.>`;
  const names = await manager.streams.names(subject).next();
  if (names.length === 0) {
    await manager.streams.add({
      name: STREAM,
      subjects: [subject],
      duplicate_window: DUPLICATE_WINDOW_MS * 1_000_000,
    });
  }
  return jetstream.jetstream(connection);
}

async function publishAll(deps: Deps, client: JetStream.JetStreamClient, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  const publishing = new Set<Promise<void>>();
  const events = handOut(deps, new Map(), ending, {
    taker: {
      consumer: JETSTREAM_CONSUMER,
      patterns: [],
      leaseMs: DEFAULT_LEASE_MS,
      isOrdered: true,
      stream: typeid('strm').toString(),
    },
    window: WINDOW,
    startTime: undefined,
    isOf: () => true,
    projectsNow: () => '*',
  });
  for await (const event of events) {
    const one = publishOne(deps, client, event)
      .catch(() => failed.abort())
      .finally(() => publishing.delete(one));
    publishing.add(one);
  }
  await Promise.all(publishing);
  // What was not acknowledged is handed out again, here or in another process.
  if (failed.signal.aborted) throw new Error('JetStream did not take an event');
}

async function publishOne(deps: Deps, client: JetStream.JetStreamClient, event: HandedOutToStream): Promise<void> {
  const body = toJsonString(SourceEventSchema, create(SourceEventSchema, sourceEventFields(event)), {
    useProtoFieldName: true,
  });
  await client.publish(`${SUBJECTS}.${event.project}.${event.eventType}`, body, {
    msgID: event.sourceEventId,
    timeout: PUBLISH_TIMEOUT_MS,
  });
  await settle(deps.store.em.fork(), deps, JETSTREAM_CONSUMER, [
    { handOut: event, answered: { kind: 'ACK', delayMs: undefined, error: '' } },
  ]);
}
