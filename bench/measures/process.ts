import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Ground } from '../ground.ts';
import { mutualTls, startLoad } from '../grpc.ts';
import { type Figure, median, spreadOf } from '../results.ts';
import type { Seeded } from '../seed.ts';
import { messageOf, path } from './resolve.ts';

const RESOLVES = 1_000_000;
const LONGEST_MS = 75_000;

/** How long a process takes to start, and what it holds. */
export async function measureProcess(ground: Ground, seeded: readonly Seeded[]): Promise<readonly Figure[]> {
  const startMs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    const service = await ground.startService();
    startMs.push(performance.now() - began);
    await service.stop();
  }
  const service = await ground.startService();
  await sleep(3_000);
  const idleMb = service.memoryMb();
  const load = await startLoad(ground);
  const job = {
    url: `https://${service.addresses.internal}`,
    path,
    headers: {},
    tls: mutualTls(ground),
    messages: seeded.map(messageOf),
    connections: 8,
    load: { streams: 16 },
  };
  let calls = 0;
  for (const until = performance.now() + LONGEST_MS; calls < RESOLVES && performance.now() < until; ) {
    calls += (await load.run({ ...job, durationMs: 5_000 })).calls;
  }
  await sleep(3_000);
  const afterMb = service.memoryMb();
  await Promise.all([service.stop(), load.stop()]);
  const plain = { baseline: undefined, ratio: undefined, spread: undefined };
  return [
    {
      ...plain,
      name: 'cold-start',
      unit: 'ms',
      value: median(startMs),
      spread: spreadOf(startMs),
      note: 'exec to ready, existing database',
    },
    { ...plain, name: 'memory idle', unit: 'MB', value: idleMb, note: 'resident' },
    {
      name: 'memory growth',
      unit: 'MB',
      value: afterMb - idleMb,
      baseline: { name: 'idle', value: idleMb },
      ratio: (afterMb - idleMb) / idleMb,
      spread: undefined,
      note: `after ${calls.toLocaleString('en-US')} resolves`,
    },
  ];
}

type Lock = { packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }> };

/** What a production install holds, by the lockfile and what is installed here. */
export async function measureInstall(): Promise<readonly Figure[]> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as Lock;
  const production = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true && existsSync(root + path))
    .map(([path]) => path);
  const outer = production.filter(path => !production.some(other => path.startsWith(`${other}/`)));
  const du = spawnSync('du', ['-cks', ...outer], { cwd: root, encoding: 'utf8' }).stdout;
  const megabytes = Number(/(\d+)\s+total/.exec(du)?.[1]) / 1024;
  const plain = { baseline: undefined, ratio: undefined, spread: undefined, name: 'install', value: megabytes };
  return [{ ...plain, unit: 'MB', note: `${production.length} packages without those of development, Node included` }];
}
