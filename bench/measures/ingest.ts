import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import { seedInstallations } from '../delivery.ts';
import type { DeliveryJob, DeliveryResult } from '../delivery_load.ts';
import { type Ground, webhookSecret } from '../ground.ts';
import { meter, metered } from '../meter.ts';
import { type Figure, inPairs, median, spreadOf } from '../results.ts';

const loadFile = fileURLToPath(new URL('../delivery_load.ts', import.meta.url));
const commitFile = fileURLToPath(new URL('../commit_load.ts', import.meta.url));

/** GitHub's deliveries over the edge: acknowledged after their commit, and handed on to a consumer. */
export async function measureIngest(ground: Ground): Promise<readonly Figure[]> {
  const service = await ground.startService();
  await seedInstallations(ground);
  const load = startChild(loadFile, { core: ground.cores.other });
  ground.onEnd(load.stop);
  await load.said;
  const job = (more: Pick<DeliveryJob, 'load' | 'durationMs' | 'consumer'>): DeliveryJob => ({
    url: `${service.addresses.edge}/v1/provider/github/webhook`,
    secret: webhookSecret,
    ...more,
  });
  const send = async (more: Parameters<typeof job>[0]): Promise<DeliveryResult> => {
    const result = (await load.ask(job(more))) as DeliveryResult;
    if (result.statuses[200] !== result.deliveries) throw new Error(`refused: ${JSON.stringify(result.statuses)}`);
    return result;
  };
  const full = { load: { connections: 64 }, durationMs: 2_500 };
  await send(full);
  let commits = 0;
  let deliveries = 0;
  const costs = [meter(service.cpuMs), meter(ground.postgresCpuMs), meter(load.cpuMs)] as const;
  const rate = await inPairs(
    5,
    async () => {
      const before = await commitsOf(ground);
      const result = await metered(costs, async () => {
        const sent = await send(full);
        return { ...sent, calls: sent.deliveries };
      });
      commits += (await commitsOf(ground)) - before;
      deliveries += result.deliveries;
      return (result.deliveries * 1000) / result.durationMs;
    },
    () => bareCommits(ground),
  );
  const [ours, postgres, sender] = costs.map(cost => cost.perCallUs().toFixed(0));
  const { ca, clients } = ground.development.certificates;
  const consumer = { url: `https://${service.addresses.internal}`, ca, ...clients.trigger };
  const passed: DeliveryResult[] = [];
  for (let i = 0; i < 5; i++) passed.push(await send({ load: { perSecond: 300 }, durationMs: 3_000, consumer }));
  const lost = passed.filter(p => p.received !== p.deliveries);
  if (lost.length > 0) throw new Error(`${lost[0]?.received} of ${lost[0]?.deliveries} events were received`);
  await Promise.all([load.stop(), service.stop()]);
  return [
    {
      name: 'ingest-ack',
      unit: '/s',
      ...rate,
      baseline: { name: '16 pg connections, single-row commits', value: rate.baseline },
      note: `8 kB, ${(commits / deliveries).toFixed(2)} commits each; CPU: service ${ours} µs, PostgreSQL ${postgres}, load ${sender}`,
    },
    ...(['p50', 'p99'] as const).map(which => ({
      name: `event-to-trigger ${which}`,
      unit: 'ms',
      value: median(passed.map(p => p.latencyMs[which])),
      baseline: undefined,
      ratio: undefined,
      spread: spreadOf(passed.map(p => p.latencyMs[which])),
      note: 'from the first byte sent to the consumer, open loop, 300/s',
    })),
  ];
}

/** On the server's core, in its place. */
async function bareCommits(ground: Ground): Promise<number> {
  const child = startChild(commitFile, {
    core: ground.cores.server,
    environment: { DATABASE_URL: ground.databaseUrl },
  });
  const { perSecond } = (await child.said) as { perSecond: number };
  await child.stop();
  return perSecond;
}

/** Transactions that wrote something, so far. */
async function commitsOf(ground: Ground): Promise<number> {
  const { rows } = await ground.db.query<{ n: number }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as n',
  );
  return rows[0]?.n ?? Number.NaN;
}
