import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import {
  CredentialService,
  ResolveCredentialRequestSchema,
  ResolveCredentialResponseSchema,
} from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import type { Ground, ServiceChild } from '../ground.ts';
import { mutualTls, perSecond, startEcho, startLoad } from '../grpc.ts';
import type { GrpcJob } from '../grpc_load.ts';
import { meter, metered } from '../meter.ts';
import { type Figure, inPairs, median } from '../results.ts';
import type { Seeded } from '../seed.ts';

export const path = '/mobius.integrations.internal.v1.CredentialService/ResolveCredential';
const echoName = '@grpc/grpc-js echo';

/** Warm resolves over internal with all that production has: mutual TLS, access, validation, lease and durable audit. */
export async function measureResolve(ground: Ground, seeded: readonly Seeded[]): Promise<readonly Figure[]> {
  const service = await ground.startService();
  const answer = await answerOf(ground, service, seeded[0] as Seeded);
  const answerFile = join(ground.dir, 'credential.bin');
  writeFileSync(answerFile, answer);
  const echo = await startEcho(ground, { path, answerFile, isSecure: true });
  const load = await startLoad(ground);
  const messages = seeded.map(messageOf);
  const job = (url: string, more: Pick<GrpcJob, 'load' | 'durationMs'>): GrpcJob => ({
    url,
    path,
    headers: {},
    tls: mutualTls(ground),
    messages,
    connections: 8,
    ...more,
  });
  const resolveUrl = `https://${service.addresses.internal}`;
  // More at once than a batch of audit records holds: with half as many the service waits for its batches a sixth of the time.
  const full = (url: string, durationMs = 2_500) => load.run(job(url, { load: { streams: 32 }, durationMs }));
  const steady = (url: string) => load.run(job(url, { load: { perSecond: 1_000 }, durationMs: 2_500 }), true);

  await full(resolveUrl, 5_000);
  await full(echo.url, 2_000);
  const costs = [meter(service.cpuMs), meter(ground.postgresCpuMs), meter(load.cpuMs)] as const;
  const echoCosts = [meter(echo.cpuMs), meter(load.cpuMs)] as const;
  const rate = await inPairs(
    5,
    async () => perSecond(await metered(costs, () => full(resolveUrl))),
    async () => perSecond(await metered(echoCosts, () => full(echo.url))),
  );
  const [ours, postgres, sender] = costs.map(cost => cost.perCallUs().toFixed(0));
  const [echoes, echoSender] = echoCosts.map(cost => cost.perCallUs().toFixed(0));
  const figures: Figure[] = [
    {
      name: 'resolve-grpc',
      unit: '/s',
      ...rate,
      baseline: { name: echoName, value: rate.baseline },
      note: `CPU a call: service ${ours} µs, PostgreSQL ${postgres}, load ${sender}; echo ${echoes}, load ${echoSender}`,
    },
  ];
  const latencies = [];
  let shed = 0;
  for (let i = 0; i < 5; i++) {
    const ours = await steady(resolveUrl);
    shed += ours.statuses['8'] ?? 0;
    latencies.push({ ours: ours.latencyMs, echo: (await steady(echo.url)).latencyMs });
  }
  for (const which of ['p50', 'p99'] as const) {
    const [value, base] = [median(latencies.map(l => l.ours[which])), median(latencies.map(l => l.echo[which]))];
    figures.push({
      name: `resolve-latency ${which}`,
      unit: 'ms',
      value,
      baseline: { name: echoName, value: base },
      ratio: value / base,
      spread: undefined,
      note: `open loop, 1,000/s${shed === 0 ? '' : `; ${shed} calls were shed: the machine was too busy`}`,
    });
  }
  await Promise.all([service.stop(), echo.stop(), load.stop()]);
  return figures;
}

export function messageOf({ project, id }: Seeded): string {
  const message = create(ResolveCredentialRequestSchema, {
    project,
    target: { case: 'integrationId', value: id },
    purpose: 'slack.message.post',
    runId: 'run_01hbenchbenchbenchbenchbench',
  });
  return Buffer.from(toBinary(ResolveCredentialRequestSchema, message)).toString('base64');
}

/** The bytes of one answer, which the echo answers too. */
async function answerOf(ground: Ground, service: ServiceChild, { project, id }: Seeded): Promise<Buffer> {
  const { ca, cert, key } = mutualTls(ground);
  const nodeOptions = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  const transport = createGrpcTransport({ baseUrl: `https://${service.addresses.internal}`, nodeOptions });
  const answer = await createClient(CredentialService, transport).resolveCredential({
    project,
    target: { case: 'integrationId', value: id },
    purpose: 'slack.message.post',
    runId: 'run_1',
  });
  if (!JSON.stringify(answer.credential?.headers).includes(id)) throw new Error('that is not the credential');
  return Buffer.from(toBinary(ResolveCredentialResponseSchema, answer));
}
