import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { platformOf, platformText } from '../src/dev/platform.ts';
import { providers } from '../src/providers/index.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import type { Ground, Stage } from './ground.ts';
import type { Figures } from './guarantee.ts';
import type { ServiceProcess } from './service_process.ts';

/** Processes behind one address, and the providers' sandbox, on one clock that the proof sets. */
export type SubscriptionStage = Pick<Stage, 'db'> & {
  readonly sandbox: Sandbox;
  readonly alive: ServiceProcess[];
  readonly now: () => Date;
  /** Sets every clock forward; resolves when the background has done what fell due. `onArrival`: before it does. */
  pass(ms: number, onArrival?: () => void): Promise<void>;
  /** kill -9. */
  kill(process: ServiceProcess): Promise<void>;
  start(): Promise<ServiceProcess>;
};

export async function onSubscriptions(
  ground: Ground,
  processes: number,
  work: (stage: SubscriptionStage) => Promise<Figures>,
): Promise<Figures> {
  let offsetMs = 0;
  const now = (): Date => new Date(Date.now() + offsetMs);
  const alive: ServiceProcess[] = [];
  const sandbox = await startSandbox({ now });
  const entrance = await openEntrance(alive);
  const dir = mkdtempSync(join(tmpdir(), 'mobius-subscriptions-'));
  const platformFile = join(dir, 'platform.yaml');
  writeFileSync(platformFile, platformText(platformOf(sandbox, providers)), { mode: 0o600 });
  sandbox.useEdge(entrance.url);
  const environment = {
    MOBIUS_PLATFORM_FILE: platformFile,
    MOBIUS_PUBLIC_URL: entrance.url,
    MOBIUS_REFERENCE_CRAWL: 'off',
    MOBIUS_SUBSCRIPTIONS: 'on',
    MOBIUS_LOG_LEVEL: 'warn',
    // What came first is still to be counted at the end.
    MOBIUS_RECEIPT_DAYS: '60',
  };
  try {
    return await ground.stage({ processes, environment }, stage => {
      alive.push(...stage.processes);
      return work({
        db: stage.db,
        sandbox,
        alive,
        now,
        async pass(ms, onArrival) {
          offsetMs += ms;
          onArrival?.();
          await Promise.all(alive.map(process => process.advance(ms)));
          if (alive.length > 0) await settled(stage.db, now);
        },
        async kill(process) {
          alive.splice(alive.indexOf(process), 1);
          await process.kill();
        },
        async start() {
          const process = await stage.start({ clockOffsetMs: offsetMs });
          alive.push(process);
          await settled(stage.db, now);
          return process;
        },
      });
    });
  } finally {
    await sandbox.stop();
    await entrance.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Waits until nothing is due and nobody works at anything. */
async function settled(db: Pool, now: () => Date): Promise<void> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    const { rows } = await db.query(
      `select count(*)::int as n from (
         select next_time, holder from subscription_plans union all
         select next_time, holder from subscriptions union all
         select next_time, holder from feeds) w where next_time <= $1 or holder is not null`,
      [now()],
    );
    if (rows[0].n === 0) return;
    if (performance.now() > endMs) throw new Error('the background did not come to rest within a minute');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** One address in front of the processes that live; 502 where none does. */
async function openEntrance(alive: readonly ServiceProcess[]) {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const process = alive[turn++ % Math.max(1, alive.length)];
    if (process === undefined) return void outgoing.writeHead(502).end();
    const url = new URL(incoming.url ?? '/', process.addresses.edge);
    const { method, headers } = incoming;
    const onward = open(url, { ...(method && { method }), headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
