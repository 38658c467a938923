import pg from 'pg';
import type { Ground } from '../ground.ts';
import { mutualTls, perSecond, startLoad } from '../grpc.ts';
import { type Figure, inPairs } from '../results.ts';
import { fill, OPENABLE, type Seeded, seedIntegrations } from '../seed.ts';
import { messageOf, path } from './resolve.ts';

const STORED = 1_000_000;

/** The same resolves where there are a thousand times as many integrations; and from two processes. */
export async function measureScale(ground: Ground, seeded: readonly Seeded[]): Promise<readonly Figure[]> {
  const load = await startLoad(ground);
  const job = (internal: string, messages = seeded.map(messageOf)) => ({
    url: `https://${internal}`,
    path,
    headers: {},
    tls: mutualTls(ground),
    messages,
    connections: 8,
    load: { streams: 16 },
    durationMs: 2_500,
  });
  const two = await Promise.all([1, 2].map(() => ground.startService({ core: undefined })));
  const loads = [load, await startLoad(ground)];
  const together = async (count: number): Promise<number> => {
    const rates = await Promise.all(
      two
        .slice(0, count)
        .map(async ({ addresses }, i) => perSecond(await (loads[i] ?? load).run(job(addresses.internal)))),
    );
    return rates.reduce((sum, rate) => sum + rate, 0);
  };
  await together(2);
  const processes = await inPairs(
    5,
    () => together(2),
    () => together(1),
  );
  await Promise.all([...two.map(service => service.stop()), loads[1]?.stop()]);

  const largeUrl = await ground.postgres.createDatabase('bench_large', 'template1');
  const db = new pg.Pool({ connectionString: largeUrl, max: 1 });
  await seedIntegrations({ ...ground, databaseUrl: largeUrl, db });
  await fill(db, OPENABLE, STORED);
  await db.end();
  const small = await ground.startService();
  const large = await ground.startService({ databaseUrl: largeUrl });
  const rate = async (service: typeof small): Promise<number> =>
    perSecond(await load.run(job(service.addresses.internal)));
  await rate(small);
  await rate(large);
  const scale = await inPairs(
    5,
    () => rate(large),
    () => rate(small),
  );
  await Promise.all([small.stop(), large.stop(), load.stop()]);
  return [
    {
      name: 'resolve-processes',
      unit: '/s',
      ...processes,
      baseline: { name: 'one process', value: processes.baseline },
      note: 'two processes, all on the same cores with load and PostgreSQL',
    },
    {
      name: 'resolve-scale',
      unit: '/s',
      ...scale,
      baseline: { name: `${OPENABLE.toLocaleString('en-US')} stored`, value: scale.baseline },
      note: `${STORED.toLocaleString('en-US')} integrations stored, ${OPENABLE.toLocaleString('en-US')} in use`,
    },
  ];
}
