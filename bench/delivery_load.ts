import { readFileSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { AcknowledgementKind } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { createDeliveries } from './delivery.ts';
import { openLoop } from './open_loop.ts';
import { openPoster } from './poster.ts';

/** Sends signed deliveries, and may receive what comes of them: a process of its own, one job a message. */
export type DeliveryJob = {
  readonly url: string;
  readonly secret: string;
  readonly durationMs: number;
  /** Closed: each connection sends one after the other. Open: so many start each second, on as many connections as that takes, up to 1,500. */
  readonly load: { readonly connections: number } | { readonly perSecond: number };
  /** Set: a consumer of every event runs beside it, over mutual TLS. */
  readonly consumer?: { readonly url: string; readonly ca: string; readonly cert: string; readonly key: string };
};

export type DeliveryResult = {
  readonly deliveries: number;
  readonly durationMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the refused, those that were told when to come back. */
  readonly toldWhen: number;
  /** From the first byte sent to the consumer's receipt. */
  readonly received: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
};

let made = 0;
/** More than the service keeps waiting. */
const MOST_CONNECTIONS = 1_500;

process.on('message', (job: DeliveryJob) => {
  run(job).then(result => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function run(job: DeliveryJob): Promise<DeliveryResult> {
  const make = createDeliveries(job.secret);
  const connections = 'connections' in job.load ? job.load.connections : MOST_CONNECTIONS;
  const poster = openPoster(job.url, connections);
  const statuses: Record<string, number> = {};
  const latencies = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  const startTimes = new Map<number, number>();
  const halt = new AbortController();
  const consuming = job.consumer && consume(job.consumer, halt.signal, startTimes, latencies);
  if (consuming) await consuming.ready;
  let deliveries = 0;
  let toldWhen = 0;
  const one = async (dueMs = performance.now()): Promise<void> => {
    const n = ++made;
    const delivery = make(n);
    startTimes.set(n, dueMs);
    const { status, retryAfter } = await poster.post(delivery);
    deliveries++;
    if (status !== 200 && Number(retryAfter) > 0) toldWhen++;
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const startMs = performance.now();
  const endMs = startMs + job.durationMs;
  if ('connections' in job.load) {
    const worker = async (): Promise<void> => {
      while (performance.now() < endMs) await one();
    };
    await Promise.all(Array.from({ length: job.load.connections }, worker));
  } else {
    await openLoop(job.load.perSecond, job.durationMs, one);
  }
  const durationMs = performance.now() - startMs;
  if (consuming) {
    for (const until = performance.now() + 5_000; startTimes.size > 0 && performance.now() < until; ) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    halt.abort();
    await consuming.ended;
  }
  poster.close();
  const at = (percentile: number): number => latencies.percentile(percentile) / 1000;
  return {
    deliveries,
    durationMs,
    statuses,
    toldWhen,
    received: latencies.count,
    latencyMs: { p50: at(50), p99: at(99) },
  };
}

function consume(
  { url, ca, cert, key }: NonNullable<DeliveryJob['consumer']>,
  signal: AbortSignal,
  startTimes: Map<number, number>,
  latencies: { record(value: number): void },
) {
  const nodeOptions = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  const client = createClient(SourceEventService, createGrpcTransport({ baseUrl: url, nodeOptions }));
  const stream = client.streamSourceEvents(
    {
      consumer: 'bench',
      projects: ['*'],
      maxInFlight: 2_000,
      startTime: { seconds: BigInt(Math.floor(Date.now() / 1000)), nanos: 0 },
    },
    { signal },
  );
  const read = async (): Promise<void> => {
    let tokens: string[] = [];
    const acknowledge = async (): Promise<void> => {
      const batch = tokens;
      tokens = [];
      const acknowledgements = batch.map(ackToken => ({ ackToken, kind: AcknowledgementKind.ACK }));
      await client.acknowledgeSourceEvents({ consumer: 'bench', acknowledgements });
    };
    try {
      for await (const { sourceEvent, ackToken } of stream) {
        const { issue } = (sourceEvent?.event ?? {}) as { issue?: { number?: number } };
        const startMs = startTimes.get(issue?.number ?? 0);
        if (startMs !== undefined) latencies.record(Math.max(1, Math.round((performance.now() - startMs) * 1000)));
        startTimes.delete(issue?.number ?? 0);
        tokens.push(ackToken);
        if (tokens.length === 1) setTimeout(() => void acknowledge(), 50);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return { ready: new Promise(resolve => setTimeout(resolve, 500)), ended: read() };
}
