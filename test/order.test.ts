import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AcknowledgementKind } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import {
  SourceEventService,
  type StreamSourceEventsResponse,
} from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { REDELIVERY_MS } from '../src/events/handover.ts';
import {
  addIntegration,
  answer,
  arrived,
  deliver,
  letPass,
  type OpenedStream,
  openStream,
  tokensOf,
  type Wanted,
} from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const { ACK, NACK } = AcknowledgementKind;

let world: World;
let project: string;
let account: string;
let count = 0;
let opened: OpenedStream[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await Promise.all(opened.map(stream => stream.close()));
  opened = [];
  project = `o${++count}`;
  account = randomUUID();
  await addIntegration(world, project, account);
});

function stream(wanted: Partial<Wanted> = {}, of = world): OpenedStream {
  const one = openStream(of, { projects: [project], ordered: true, ...wanted });
  opened.push(one);
  return one;
}

/** The n-th change of an object. */
const change = (object: string, n: number) =>
  deliver(world, account, { more: { data: { id: object, updatedAt: `${n}`, n } } });

const changeOf = ({ sourceEvent }: StreamSourceEventsResponse): [string, number] => {
  const { id, n } = (sourceEvent?.event?.data ?? {}) as { id: string; n: number };
  return [id, n];
};

describe('an ordered stream', () => {
  test('hands out one event of an object at a time, and other objects’ meanwhile', async () => {
    for (const [object, n] of [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['a', 3],
      ['b', 2],
    ] as const)
      await change(object, n);
    const one = stream();
    await arrived(one, 2);
    expect(one.received.map(changeOf)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(new Set(one.received.map(r => r.sourceEvent?.orderingKey)).size).toBe(2);
    await answer(world, tokensOf(one).slice(0, 1));
    await arrived(one, 3);
    expect(changeOf(one.received[2]!)).toEqual(['a', 2]);
    await answer(world, tokensOf(one).slice(1));
    await arrived(one, 5);
    expect(one.received.slice(3).map(changeOf)).toEqual(
      expect.arrayContaining([
        ['a', 3],
        ['b', 2],
      ]),
    );
  });

  test('holds the rest of an object back while one is handed back, and lets it go when that is dead', async () => {
    await change('a', 1);
    await change('a', 2);
    const one = stream();
    for (const [n, delayMs] of REDELIVERY_MS.entries()) {
      await arrived(one, n + 1);
      await answer(world, tokensOf(one).slice(-1), NACK, { error: 'no' });
      await letPass(world, project, delayMs);
    }
    await arrived(one, REDELIVERY_MS.length + 1);
    expect(new Set(one.received.map(r => changeOf(r)[1]))).toEqual(new Set([1]));
    await answer(world, tokensOf(one).slice(-1), NACK, { error: 'no' });
    await arrived(one, REDELIVERY_MS.length + 2);
    expect(changeOf(one.received.at(-1)!)).toEqual(['a', 2]);
  });

  test('keeps the order over several streams and processes that stop and begin anew', async () => {
    const other = await startWorld({ environment: { DATABASE_URL: world.serviceDatabaseUrl } });
    const objects = ['a', 'b', 'c', 'd'];
    const perObject = 12;
    for (let n = 1; n <= perObject; n++) await Promise.all(objects.map(object => change(object, n)));
    const acknowledged: [string, number][] = [];
    const work = async (of: World): Promise<void> => {
      while (acknowledged.length < objects.length * perObject) {
        const one = stream({ maxInFlight: 3 }, of);
        // Takes a few, acknowledges all but what comes last, and goes.
        for (let taken = 0; taken < 4 && acknowledged.length < objects.length * perObject; taken++) {
          await expect
            .poll(() => one.received.length > taken || acknowledged.length >= objects.length * perObject, {
              timeout: 10_000,
              interval: 10,
            })
            .toBe(true);
          const response = one.received[taken];
          if (response === undefined || taken === 3) break;
          const [result] = await answer(of, [response.ackToken], ACK);
          if (result === 1) acknowledged.push(changeOf(response));
        }
        await one.close();
      }
    };
    try {
      await Promise.all([work(world), work(other)]);
    } finally {
      await other.stop();
    }
    for (const object of objects) {
      const order = acknowledged.filter(([of]) => of === object).map(([, n]) => n);
      expect(order).toEqual(Array.from({ length: perObject }, (_, i) => i + 1));
    }
  }, 60_000);

  test('skips nothing that it left out, however far the consumer came meanwhile', async () => {
    await change('a', 1);
    await change('a', 2);
    const one = stream({ leaseDuration: { seconds: 600n } });
    await arrived(one, 1);
    // Long after, with events of others handed out and acknowledged.
    world.clock.advance(3_600_000);
    for (let n = 1; n <= 3; n++) await change(`x${n}`, 1);
    await arrived(one, 4);
    await answer(world, tokensOf(one).slice(1));
    await one.close();
    const next = stream();
    await arrived(next, 1);
    expect(changeOf(next.received[0]!)).toEqual(['a', 1]);
    await answer(world, tokensOf(next));
    await arrived(next, 2);
    expect(changeOf(next.received[1]!)).toEqual(['a', 2]);
  });
});

describe('dead source events', () => {
  const dead = (wanted: object = {}) =>
    world.internal(SourceEventService, 'trigger').listDeadSourceEvents({ project, ...wanted });
  const revive = (wanted: object = {}) =>
    world.internal(SourceEventService, 'trigger').reviveSourceEvents({ project, consumer: 'engine', ...wanted });

  async function makeDead(n: number): Promise<OpenedStream> {
    const one = stream({ ordered: false });
    for (let i = 0; i < n; i++) await change(`d${i}`, 1);
    await arrived(one, n);
    await world.db.query(`update handovers set nacks = $2 where project = $1`, [project, REDELIVERY_MS.length]);
    for (const token of tokensOf(one)) await answer(world, [token], NACK, { error: 'the engine is broken' });
    return one;
  }

  test('are listed newest first, in pages, with who did not take them and why', async () => {
    const one = await makeDead(5);
    const { sourceEvents } = await dead();
    expect(sourceEvents.map(d => d.sourceEvent?.meta?.id)).toEqual(one.ids().toReversed());
    expect(sourceEvents[0]).toMatchObject({ consumer: 'engine', attempts: 1, lastError: 'the engine is broken' });
    expect(sourceEvents[0]?.sourceEvent).toEqual(one.received[4]?.sourceEvent);
    const ids: (string | undefined)[] = [];
    let pageToken = '';
    do {
      const page = await dead({ pageSize: 2, pageToken });
      ids.push(...page.sourceEvents.map(d => d.sourceEvent?.meta?.id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(ids).toEqual(one.ids().toReversed());
    expect((await dead({ consumer: 'another' })).sourceEvents).toEqual([]);
    expect((await dead({ eventType: 'linear.issue.*' })).sourceEvents).toHaveLength(5);
    expect((await dead({ eventType: 'slack.*' })).sourceEvents).toEqual([]);
    expect((await dead({ until: sourceEvents.at(-1)?.deadTime })).sourceEvents).toEqual([]);
    expect((await dead({ since: sourceEvents[0]?.deadTime })).sourceEvents.length).toBeGreaterThan(0);
  });

  test('are revived by name or filter and handed out again, their attempts counted anew', async () => {
    const one = await makeDead(3);
    const [first] = one.ids();
    expect((await revive({ dryRun: true })).revivedCount).toBe(3);
    expect((await dead()).sourceEvents).toHaveLength(3);
    expect((await revive({ sourceEventIds: [first] })).revivedCount).toBe(1);
    await arrived(one, 4);
    expect(one.ids()[3]).toBe(first);
    expect(one.received[3]?.attempt).toBe(1);
    expect((await revive({ eventType: 'slack.*' })).revivedCount).toBe(0);
    expect((await revive()).revivedCount).toBe(2);
    expect((await revive()).revivedCount).toBe(0);
    await arrived(one, 6);
    expect((await dead()).sourceEvents).toEqual([]);
    const absent = 'sevt_00000000000000000000000000';
    expect(await reasonOf(revive({ sourceEventIds: [first, absent] }))).toBe('SOURCE_EVENT_NOT_FOUND');
    expect(await reasonOf(world.internal(SourceEventService, 'stranger').listDeadSourceEvents({ project }))).toBe(
      'PERMISSION_MISSING',
    );
  });
});
