import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createHistogram } from 'node:perf_hooks';
import { openLoop } from './open_loop.ts';

/** Loads a gRPC server with unary calls and tells how they went: a process of its own, one job a message. */
export type GrpcJob = {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Base64 messages, sent in turn. */
  readonly messages: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
  /** Closed: so many calls at once on each connection. Open: so many calls start each second, whatever became of those before. */
  readonly load: { readonly streams: number } | { readonly perSecond: number };
};

export type GrpcResult = {
  readonly calls: number;
  readonly durationMs: number;
  /** How many calls ended with each grpc-status; `none` where the stream ended without one. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From when a call was due to its end, in ms. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
};

process.on('message', (job: GrpcJob) => {
  run(job).then(result => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function run(job: GrpcJob): Promise<GrpcResult> {
  const frames = job.messages.map(message => frame(Buffer.from(message, 'base64')));
  const head = {
    ':method': 'POST',
    ':path': job.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...job.headers,
  };
  const sessions = await Promise.all(Array.from({ length: job.connections }, () => open(job)));
  const statuses: Record<string, number> = {};
  const latencies = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  let calls = 0;
  let sent = 0;
  const call = (session: ClientHttp2Session, dueMs: number): Promise<void> =>
    new Promise(resolve => {
      const stream = session.request(head);
      let status = 'none';
      const note = (fields: Record<string, unknown>): void => {
        if (fields['grpc-status'] !== undefined) status = String(fields['grpc-status']);
      };
      stream
        .on('response', note)
        .on('trailers', note)
        .on('error', () => undefined);
      stream.on('close', () => {
        calls++;
        statuses[status] = (statuses[status] ?? 0) + 1;
        latencies.record(Math.max(1, Math.round((performance.now() - dueMs) * 1000)));
        resolve();
      });
      stream.resume();
      stream.end(frames[sent++ % frames.length]);
    });

  const startMs = performance.now();
  const endMs = startMs + job.durationMs;
  if ('streams' in job.load) {
    const { streams } = job.load;
    const worker = async (session: ClientHttp2Session): Promise<void> => {
      while (performance.now() < endMs) await call(session, performance.now());
    };
    await Promise.all(sessions.flatMap(session => Array.from({ length: streams }, () => worker(session))));
  } else {
    await openLoop(job.load.perSecond, job.durationMs, (dueMs, i) =>
      call(sessions[i % sessions.length] as ClientHttp2Session, dueMs),
    );
  }
  const durationMs = performance.now() - startMs;
  for (const session of sessions) session.destroy();
  const at = (percentile: number): number => latencies.percentile(percentile) / 1000;
  return {
    calls,
    durationMs,
    statuses,
    latencyMs: { p50: at(50), p99: at(99), p999: at(99.9), max: latencies.max / 1000 },
  };
}

function open({ url, tls }: GrpcJob): Promise<ClientHttp2Session> {
  const files = tls && { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  const session = connect(url, { ...files, settings: { enablePush: false } });
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    // The server says how many streams it takes; more than that would wait in the client.
    session.once('remoteSettings', () => resolve(session));
  });
}

function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}
