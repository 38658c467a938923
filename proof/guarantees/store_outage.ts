import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../../src/dev/postgres.ts';
import { addIntegration, compose, happening, inParallel, post, type Sending, toldBy } from '../deliveries.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';

const project = 'outage';
const events = 2_000;
const outageMs = 10_000;

export const storeOutage: Guarantee = {
  name: 'store-outage',
  shows:
    'PostgreSQL stopped for 10 s under load: 503s, then every retried delivery in, 0 lost, 0 acknowledged before commit',
  prove: ground => ground.stage({ processes: 0, withSandbox: true }, prove),
};

/** On a PostgreSQL of its own: the others' must not stop. */
async function prove(stage: Stage): Promise<Figures> {
  const dataDir = join(stage.dir, 'postgres');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  chmodSync(stage.dir, 0o755);
  let postgres = await startPostgres({ dataDir });
  stage.onEnd(() => postgres.stop());
  const databaseUrl = await postgres.createDatabase('outage');
  const service = await stage.start({
    databaseUrl,
    environment: { MOBIUS_MIGRATION_DATABASE_URL: '', MOBIUS_LOG_LEVEL: 'warn' },
  });
  const db = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  db.on('error', () => undefined);
  stage.onEnd(() => db.end());
  await addIntegration(db, project, 'linear', stage.sandbox.seeds.linear.organizations[0]?.id ?? '');

  const answers = { taken: 0, unavailable: 0, broken: 0 };
  const acknowledged = new Set<string>();
  /** Acknowledged while the store was away: nothing could have been committed then. */
  let tooEarly = 0;
  let isAway = false;
  const deliver = async (one: Sending): Promise<void> => {
    for (;;) {
      const wasAway = isAway;
      const status = await post(service, one.provider, await compose(stage, one));
      if (status === 200) {
        if (wasAway && isAway) tooEarly++;
        acknowledged.add(`linear/${one.delivery.payload?.title}`);
        answers.taken++;
        return;
      }
      expect(status === 503 || status === 0, `a delivery was answered ${status}`);
      if (status === 503) answers.unavailable++;
      else answers.broken++;
      await delay(300 + 400 * Math.random());
    }
  };
  const outage = async (): Promise<void> => {
    await delay(2_000);
    await postgres.stop();
    isAway = true;
    await delay(outageMs);
    isAway = false;
    postgres = await startPostgres({ dataDir, port: postgres.port });
  };
  const sendings = Array.from({ length: events }, (_, n) => happening(stage, 'linear', n));
  const out = outage();
  // A steady load: some before, some during and some after.
  await inParallel(sendings, 24, async one => {
    await deliver(one);
    await delay(150);
  });
  await out;
  const { rows } = await db.query(`select payload from integration_events where project = $1 and stage = 'RECORDED'`, [
    project,
  ]);
  const recorded = rows.map(row => toldBy('linear', row.payload));
  expectEqual(new Set(recorded).size, recorded.length, 'recorded twice');
  expectEqual(
    [...acknowledged].filter(one => !recorded.includes(one)).slice(0, 3),
    [],
    'acknowledged and not recorded',
  );
  expectEqual(recorded.length, events, 'events recorded');
  expectEqual(tooEarly, 0, 'acknowledged while the store was away');
  expect(answers.unavailable > 0, 'no delivery met the outage');
  return {
    outage_seconds: outageMs / 1000,
    events,
    acknowledged: answers.taken,
    answered_503: answers.unavailable,
    lost: 0,
    acknowledged_before_commit: 0,
  };
}
