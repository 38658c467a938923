import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimNew } from '../src/events/claim.ts';
import { finishHeld } from '../src/events/finish.ts';
import { openKeyed } from '../src/store/open.ts';
import { type Statements, statementsOn } from '../src/store/sql.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let pool: Pool;

beforeAll(async () => {
  world = await startWorld();
  pool = openKeyed(world.serviceDatabaseUrl, { warn: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await world.stop();
});

/** The plan of the one statement that `run` executes. */
async function planOf(run: (keyed: Statements) => Promise<unknown>): Promise<string> {
  const { execute } = statementsOn(pool);
  let plan = '';
  const explain = async (statement: string, values: unknown[]): Promise<unknown> => {
    const rows = await execute<{ 'QUERY PLAN': string }[]>(`explain ${statement}`, values);
    plan = rows.map(row => row['QUERY PLAN']).join('\n');
    return [];
  };
  await run({ execute: explain as Statements['execute'] });
  return plan;
}

const stream = `strm_${'0'.repeat(26)}`;
const taker = { consumer: 'engine', stream, patterns: ['linear.*'], leaseMs: 30_000 };
const handOut = { project: 'p', sourceEventId: 'sevt_0', stream, attempt: 1 };

describe('over tables of a page or none, as they may be when a plan is made', () => {
  beforeAll(async () => {
    for (const table of ['source_events', 'handovers', 'consumers', 'integration_events']) {
      await world.db.query(`vacuum analyze ${table}`);
    }
  });

  test.each([
    [
      'a claim',
      (keyed: Statements) => claimNew(keyed, { ...taker, isOrdered: false }, [], 64, new Date()),
      ['consumers_pkey', 'source_events_queue', 'handovers_pkey', 'integration_events_pkey'],
    ],
    ['an acknowledgement', (keyed: Statements) => finishHeld(keyed, 'engine', [handOut]), ['handovers_pkey']],
  ])('%s looks each row up by its key', async (_, run, indexes) => {
    const plan = await planOf(run);
    expect(plan).not.toMatch(/Seq Scan|Bitmap/);
    const used = [...plan.matchAll(/ using (\w+)/g)].map(([, index = '']) => index.replace(/_(?:\d{8}|rest)_/, '_'));
    expect(new Set(used)).toEqual(new Set(indexes));
  });
});
