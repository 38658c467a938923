import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { create, toBinary } from '@bufbuild/protobuf';
import { stringify } from 'yaml';
import { type Child, startChild } from '../../bench/child.ts';
import { seedInstallations } from '../../bench/delivery.ts';
import type { DeliveryJob, DeliveryResult } from '../../bench/delivery_load.ts';
import type { GrpcJob, GrpcResult } from '../../bench/grpc_load.ts';
import {
  CredentialService,
  ResolveCredentialRequestSchema,
} from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import type { Certificates } from '../../src/dev/certificates.ts';
import { connect } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';

const grpcLoad = fileURLToPath(new URL('../../bench/grpc_load.ts', import.meta.url));
const deliveryLoad = fileURLToPath(new URL('../../bench/delivery_load.ts', import.meta.url));
const webhookSecret = 'proof-webhook-secret-71c40b';
const project = 'overloaded';

/** Of the measured capacity. */
const LOADS = { overload: 3, calm: 0.25 } as const;
const OVERLOAD_MS = 9_000;
const RECOVERY_MS = 2_000;
/** Good latency: no more than this times what it was before, or this. */
const GOOD = { times: 3, ms: 100 } as const;
/**
 * Between the first and the last third of the overload. V8 lets its old space grow by 70 %, some 45 MB, before it collects,
 * and the young one takes 16; a queue without an end would hold the 50,000 deliveries of 8 kB that are refused.
 */
const FLAT_MB = 64;
const quiet = { MOBIUS_LOG_LEVEL: 'warn' } as const;

export const overload: Guarantee = {
  name: 'overload',
  shows: 'at three times what it can do the service refuses the rest, holds no more memory, and is itself within 2 s',
  alone: true,
  prove: async ground => {
    const { certificates } = ground.development;
    const resolves = await ground.stage({ processes: 1, environment: quiet }, stage => resolvesIn(stage, certificates));
    const deliveries = await ground.stage({ processes: 0, environment: quiet }, deliveriesIn);
    return { ...resolves, ...deliveries };
  },
};

async function resolvesIn(stage: Stage, certificates: Certificates): Promise<Figures> {
  const service = first(stage.processes);
  await connect(service, project);
  const load = await startLoad(stage, grpcLoad);
  const { name, parent } = CredentialService.method.resolveCredential;
  const message = create(ResolveCredentialRequestSchema, {
    project,
    target: { case: 'provider', value: 'jira' },
    purpose: 'jira.proof.run',
    runId: 'run_1',
  });
  const run = async (connections: number, durationMs: number, how: GrpcJob['load']): Promise<GrpcResult> =>
    (await load.ask({
      url: `https://${service.addresses.internal}`,
      path: `/${parent.typeName}/${name}`,
      headers: {},
      tls: { ca: certificates.ca, ...certificates.clients.executor },
      messages: [Buffer.from(toBinary(ResolveCredentialRequestSchema, message)).toString('base64')],
      connections,
      durationMs,
      load: how,
    })) as GrpcResult;
  await run(4, 2_000, { streams: 32 });
  const full = await run(4, 3_000, { streams: 32 });
  expectEqual(Object.keys(full.statuses), ['0'], 'outcomes at capacity');
  const capacity = Math.floor((full.calls * 1000) / full.durationMs);
  const calm = () => run(4, RECOVERY_MS / 2, { perSecond: Math.ceil(capacity * LOADS.calm) });
  const before = await calm();

  const memory = watchMemory(stage, service.pid);
  const over = await run(16, OVERLOAD_MS, { perSecond: capacity * LOADS.overload });
  const growthMb = memory.growthMb();
  const { '0': good = 0, '8': shed = 0, ...others } = over.statuses;
  expectEqual(others, {}, 'outcomes that are neither an answer nor RESOURCE_EXHAUSTED');
  expect(shed > 0, 'nothing was refused at three times the capacity');
  expect(good > 0, 'nothing was answered at three times the capacity');
  expect(growthMb <= FLAT_MB, `memory grew by ${growthMb.toFixed(0)} MB during the overload`);
  // The first second may still be busy with what was taken.
  await calm();
  const after = await calm();
  const goodMs = Math.max(GOOD.ms, GOOD.times * before.latencyMs.p99);
  expectEqual(Object.keys(after.statuses), ['0'], 'outcomes after the overload');
  expect(after.latencyMs.p99 <= goodMs, `p99 ${after.latencyMs.p99} ms after, ${before.latencyMs.p99} ms before`);
  return {
    resolves_capacity: capacity,
    offered: Math.round((over.calls * 1000) / over.durationMs),
    answered: Math.round((good * 1000) / over.durationMs),
    refused: shed,
    growth_mb: Math.round(growthMb),
    p99_ms_before: Number(before.latencyMs.p99.toFixed(1)),
    p99_ms_after: Number(after.latencyMs.p99.toFixed(1)),
  };
}

/** GitHub's deliveries over the edge, with no limit but what the process can do. */
async function deliveriesIn(stage: Stage): Promise<Figures> {
  const platform = join(stage.dir, 'github.yaml');
  writeFileSync(platform, stringify({ providers: { github: { app: githubApp } } }), { mode: 0o600 });
  const unlimited = '1000000';
  const service = await stage.start({
    environment: {
      MOBIUS_PLATFORM_FILE: platform,
      MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND: unlimited,
      MOBIUS_PROJECT_DELIVERIES_PER_SECOND: unlimited,
    },
  });
  await seedInstallations(stage);
  const load = await startLoad(stage, deliveryLoad);
  const url = `${service.addresses.edge}/v1/provider/github/webhook`;
  const run = async (durationMs: number, how: DeliveryJob['load']): Promise<DeliveryResult> =>
    (await load.ask({ url, secret: webhookSecret, durationMs, load: how })) as DeliveryResult;
  await run(2_000, { connections: 64 });
  const full = await run(3_000, { connections: 64 });
  expectEqual(Object.keys(full.statuses), ['200'], 'deliveries at capacity');
  const capacity = Math.floor((full.deliveries * 1000) / full.durationMs);
  const memory = watchMemory(stage, service.pid);
  const over = await run(OVERLOAD_MS, { perSecond: capacity * LOADS.overload });
  const growthMb = memory.growthMb();
  const { '200': taken = 0, '429': refused = 0, ...others } = over.statuses;
  expectEqual(others, {}, 'deliveries neither taken nor 429');
  expect(refused > 0, 'no delivery was refused at three times the capacity');
  expectEqual(over.toldWhen, refused, 'refused deliveries that were told when to come back');
  expect(growthMb <= FLAT_MB, `memory grew by ${growthMb.toFixed(0)} MB while deliveries were too many`);
  const { rows } = await stage.db.query<{ n: number }>('select count(*)::int as n from integration_events');
  const sent = [full.deliveries, taken].reduce((sum, n) => sum + n, 0);
  expect((rows[0]?.n ?? 0) >= sent, `${rows[0]?.n} recorded of ${sent} that were taken`);
  await sleep(RECOVERY_MS / 2);
  const after = await run(RECOVERY_MS / 2, { perSecond: Math.ceil(capacity * LOADS.calm) });
  expectEqual(Object.keys(after.statuses), ['200'], 'deliveries after the overload');
  return { deliveries_capacity: capacity, deliveries_taken: taken, deliveries_refused: refused };
}

const githubApp = {
  app_id: '1',
  slug: 'proof',
  client_id: 'proof',
  client_secret: 'proof-client-secret',
  private_key: 'proof-private-key',
  webhook_secret: webhookSecret,
};

async function startLoad(stage: Stage, file: string): Promise<Child> {
  const child = startChild(file, { core: undefined });
  stage.onEnd(child.stop);
  await child.said;
  return child;
}

function first(processes: readonly ServiceProcess[]): ServiceProcess {
  const [process] = processes;
  if (process === undefined) throw new Error('no process');
  return process;
}

/** Resident memory from now on; asked for, the most of its last third over the most of its first. */
function watchMemory(stage: Stage, pid: number): { growthMb(): number } {
  const taken: number[] = [];
  const timer = setInterval(() => {
    taken.push(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
  }, 200);
  stage.onEnd(() => clearInterval(timer));
  return {
    growthMb: () => {
      clearInterval(timer);
      const third = Math.ceil(taken.length / 3);
      return Math.max(...taken.slice(-third)) - Math.max(...taken.slice(0, third));
    },
  };
}
