import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { retain } from '../src/events/retention.ts';
import { addIntegration, arrived, deliver, openStream } from './event_stage.ts';
import { startWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;

let world: World;
const project = 'kept';
const account = randomUUID();

beforeAll(async () => {
  world = await startWorld({ environment: { MOBIUS_RECEIPT_DAYS: '3' } });
  await addIntegration(world, project, account);
});
afterAll(() => world.stop());

async function partitionOf(): Promise<string[]> {
  const { rows } = await world.db.query(
    'select tableoid::regclass::text as partition from integration_events where project = $1 order by receive_time',
    [project],
  );
  return rows.map(row => row.partition);
}

const dayOf = (date: Date) => date.toISOString().slice(0, 10).replaceAll('-', '');

async function count(table: string): Promise<number> {
  const { rows } = await world.db.query(`select count(*)::int as n from ${table} where project = $1`, [project]);
  return rows[0].n;
}

test('a receipt lies in the partition of its day, which the service makes though it owns no table', async () => {
  await deliver(world, account);
  expect(await partitionOf()).toEqual([`integration_events_${dayOf(world.clock.now())}`]);
  const { rows } = await world.db.query(
    `select tableowner <> 'mobius_service' as foreign from pg_tables where tablename = 'integration_events'`,
  );
  expect(rows).toEqual([{ foreign: true }]);
});

test('receipts go with their day, source events, keys and rejections with their age, and nothing younger', async () => {
  await deliver(world, account, { secret: 'not-the-secret' });
  await expect.poll(async () => (await world.db.query('select 1 from rejected_deliveries')).rows.length).toBe(1);
  world.clock.advance(2 * DAY_MS);
  await retain(world.service.deps);
  await deliver(world, account);
  expect(await count('integration_events')).toBe(2);
  const [first = ''] = await partitionOf();
  // The day itself is over, and the day of its last receipt too.
  world.clock.advance(2 * DAY_MS);
  await retain(world.service.deps);
  expect(await count('integration_events')).toBe(1);
  expect(await count('source_events')).toBe(1);
  expect(await count('delivery_keys')).toBe(1);
  expect((await world.db.query('select 1 from rejected_deliveries')).rows).toEqual([]);
  expect(await partitionOf()).not.toContain(first);
  const { rows } = await world.db.query('select to_regclass($1) as partition', [first]);
  expect(rows).toEqual([{ partition: null }]);
  expect((await world.rpc(EventService).listIntegrationEvents({ project })).events).toHaveLength(1);
});

test('what comes on a day without a partition is kept, and goes by its age', async () => {
  world.clock.advance(40 * DAY_MS);
  await deliver(world, account);
  expect(await partitionOf()).toContain('integration_events_rest');
  await retain(world.service.deps);
  expect(await partitionOf()).toEqual(['integration_events_rest']);
  const stream = openStream(world, { projects: [project] });
  await arrived(stream, 1);
  await stream.close();
  world.clock.advance(4 * DAY_MS);
  await retain(world.service.deps);
  expect(await count('integration_events')).toBe(0);
});

test('an event whose receipt is gone already is handed out without its payload, and holds nobody up', async () => {
  await deliver(world, account);
  await world.db.query('delete from integration_events where project = $1', [project]);
  const stream = openStream(world, { projects: [project], consumer: 'late' });
  await arrived(stream, 1);
  expect(stream.received[0]?.sourceEvent?.event).toEqual({});
  await stream.close();
});
