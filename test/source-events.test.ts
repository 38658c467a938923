import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AcknowledgementKind, AcknowledgementResult } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { DeliveryStage } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import {
  addIntegration,
  answer,
  arrived,
  deliver,
  handoversOf,
  letPass,
  type OpenedStream,
  openStream,
  tokensOf,
  type Wanted,
} from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const { EXTEND } = AcknowledgementKind;
const { ACCEPTED, LEASE_LOST } = AcknowledgementResult;

let world: World;
let project: string;
let account: string;
let integration: string;
let count = 0;
let opened: OpenedStream[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await Promise.all(opened.map(stream => stream.close()));
  opened = [];
  project = `s${++count}`;
  account = randomUUID();
  integration = await addIntegration(world, project, account);
});

function stream(wanted: Partial<Wanted> = {}, of = world): OpenedStream {
  const one = openStream(of, { projects: [project], ...wanted });
  opened.push(one);
  return one;
}

async function send(n: number): Promise<void> {
  for (let i = 0; i < n; i++) expect((await deliver(world, account)).status).toBe(200);
}

describe('a stream', () => {
  test('brings what was recorded before and after it opened, in order, as the public envelope', async () => {
    await send(3);
    const one = stream();
    await arrived(one, 3);
    await send(2);
    await arrived(one, 5);
    const { events } = await world.rpc(EventService).listIntegrationEvents({ project });
    expect(one.ids()).toEqual(events.map(e => e.sourceEvent?.id).toReversed());
    const [first] = one.received;
    expect(first).toMatchObject({
      attempt: 1,
      sourceEvent: {
        project,
        event: { organizationId: account },
        integrationEventId: events.at(-1)?.id,
        meta: {
          eventType: 'linear.issue.created',
          sourceKind: 'integration',
          sourceId: integration,
          integrationId: integration,
          provider: 'linear',
        },
      },
    });
    expect(events.map(e => e.stage)).toEqual(Array(5).fill(DeliveryStage.DELIVERED));
  });

  test('shares a consumer’s events with its other streams: each event is with one of them', async () => {
    const streams = [stream({ maxInFlight: 5 }), stream({ maxInFlight: 5 }), stream({ maxInFlight: 5 })];
    await send(15);
    await expect.poll(() => streams.flatMap(s => s.ids()).length, { timeout: 5_000 }).toBe(15);
    expect(new Set(streams.flatMap(s => s.ids())).size).toBe(15);
    expect(streams.map(s => s.received.length)).toEqual([5, 5, 5]);
  });

  test('brings every consumer every event', async () => {
    const [a, b] = [stream({ consumer: 'a' }), stream({ consumer: 'b' })];
    await send(2);
    await Promise.all([arrived(a, 2), arrived(b, 2)]);
    expect(a.ids()).toEqual(b.ids());
  });

  test('is not opened under the name that publishes to JetStream', async () => {
    const one = stream({ consumer: 'nats-jetstream' });
    expect(await one.ended).toBe('FIELD_INVALID');
  });

  test('gets what a process published whose clock is slow by ten minutes', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    // The furthest that a position ever is.
    await world.db.query(`update consumers set low_water = now() - interval '5 minutes' where project = $1`, [project]);
    world.clock.advance(-600_000);
    try {
      await send(1);
    } finally {
      world.clock.advance(600_000);
    }
    await arrived(one, 2);
  });

  test('never holds more than its window', async () => {
    const one = stream({ maxInFlight: 4 });
    await send(10);
    await arrived(one, 4);
    await answer(world, tokensOf(one).slice(0, 3));
    await arrived(one, 7);
    const { rows } = await world.db.query(
      `select count(*)::int as n from handovers where project = $1 and state = 'LEASED'`,
      [project],
    );
    expect(rows[0].n).toBe(4);
    await answer(world, tokensOf(one).slice(3));
    await arrived(one, 10);
  });

  test('brings only what its patterns ask for, and another of the consumer the rest', async () => {
    const comments = stream({ patterns: ['linear.comment.*'] });
    const issues = stream({ patterns: ['linear.issue.created', 'slack.*'] });
    await deliver(world, account, { more: { type: 'Comment' } });
    await deliver(world, account, { more: { type: 'Cycle' } });
    await send(1);
    await Promise.all([arrived(comments, 1), arrived(issues, 1)]);
    const rest = stream();
    await arrived(rest, 1);
    const types = [comments, issues, rest].map(s => s.received[0]?.sourceEvent?.meta?.eventType);
    expect(types).toEqual(['linear.comment.created', 'linear.issue.created', 'linear.cycle.created']);
  });

  test('leaves what it did not acknowledge to the next stream at once, the attempts counted on', async () => {
    const one = stream();
    await send(3);
    await arrived(one, 3);
    await answer(world, tokensOf(one).slice(0, 1));
    const next = stream();
    await one.close();
    await arrived(next, 2);
    expect(next.ids()).toEqual(one.ids().slice(1));
    expect(next.received.map(event => event.attempt)).toEqual([2, 2]);
    expect(await answer(world, tokensOf(one).slice(1))).toEqual([LEASE_LOST, LEASE_LOST]);
    expect(await answer(world, tokensOf(next))).toEqual([ACCEPTED, ACCEPTED]);
  });

  test('takes over what another leaves before it looks by itself again', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    const next = stream();
    // It has looked, found nothing, and looks again in a second.
    await setTimeout(200);
    await one.close();
    await expect.poll(() => next.received.length, { timeout: 500 }).toBe(1);
  });

  test('gets an event again when its lease ran out', async () => {
    const one = stream({ leaseDuration: { seconds: 2n } });
    await send(1);
    await arrived(one, 1);
    await letPass(world, project, 3_000);
    await arrived(one, 2);
    expect(one.ids()[1]).toBe(one.ids()[0]);
    expect(one.received[1]?.attempt).toBe(2);
  });

  test('keeps an event whose lease is extended', async () => {
    const one = stream({ leaseDuration: { seconds: 60n } });
    await send(1);
    await arrived(one, 1);
    expect(await answer(world, tokensOf(one), EXTEND, { delay: { seconds: 600n } })).toEqual([ACCEPTED]);
    await letPass(world, project, 120_000);
    await send(1);
    await arrived(one, 2);
    expect(one.ids()[1]).not.toBe(one.ids()[0]);
    const long = answer(world, tokensOf(one), EXTEND, { delay: { seconds: 601n } });
    expect(await reasonOf(long)).toBe('FIELD_INVALID');
  });

  test('goes on where its consumer was when it is opened again', async () => {
    const one = stream();
    await send(2);
    await arrived(one, 2);
    await answer(world, tokensOf(one));
    await one.close();
    await send(2);
    const next = stream();
    await arrived(next, 2);
    expect(new Set([...one.ids(), ...next.ids()]).size).toBe(4);
  });

  test('of a consumer new to the project starts a day back, or where it says', async () => {
    await send(1);
    world.clock.advance(25 * 3_600_000);
    await send(1);
    const whole = stream({ consumer: 'whole', startTime: { seconds: 1n, nanos: 0 } });
    const day = stream({ consumer: 'day' });
    await Promise.all([arrived(whole, 2), arrived(day, 1)]);
    expect(day.ids()).toEqual(whole.ids().slice(1));
  });

  test('finds what was published long before its last look, once it sweeps', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    // As a transaction does that began early and commits late.
    await world.db.query(
      `insert into source_events (project, id, integration_event_id, integration_id, provider, event_type, meta,
         publish_time, receive_time)
       select project, 'sevt_late', integration_event_id, integration_id, provider, event_type, meta,
         publish_time - interval '4 minutes', receive_time from source_events where project = $1`,
      [project],
    );
    await one.close();
    const next = stream();
    await expect.poll(next.ids).toContain('sevt_late');
  });

  test('of all projects brings those to come too, and none that the caller is not granted', async () => {
    const all = openStream(world, { projects: ['*'], consumer: 'everywhere', maxInFlight: 10_000 });
    try {
      const later = `${project}-later`;
      await addIntegration(world, later, account);
      await send(1);
      const here = () => all.received.filter(e => e.sourceEvent?.project.startsWith(project));
      await expect
        .poll(() => new Set(here().map(e => e.sourceEvent?.project)), { timeout: 5_000 })
        .toEqual(new Set([project, later]));
      const { rows } = await world.db.query('select count(distinct project)::int as n from source_events');
      await expect
        .poll(() => new Set(all.received.map(e => e.sourceEvent?.project)).size)
        .toBeLessThanOrEqual(rows[0].n);
    } finally {
      await all.close();
    }
  });

  test('ends with PERMISSION_MISSING when the grant is taken away, and holds nothing then', async () => {
    const path = join(world.dir, 'access.yaml');
    const before = readFileSync(path, 'utf8');
    const one = stream();
    await send(1);
    await arrived(one, 1);
    try {
      writeFileSync(path, before.replaceAll('source_events.consume', 'source_events.manage'));
      expect(await one.ended).toBe('PERMISSION_MISSING');
    } finally {
      writeFileSync(path, before);
    }
    await expect.poll(async () => (await handoversOf(world, project)).map(h => h.state)).toEqual(['WAITING']);
    await expect.poll(() => reasonOf(answer(world, tokensOf(one)))).toBe('OK');
  });

  test('keeps the leases of a process whose clock is behind or ahead', async () => {
    const one = stream({ leaseDuration: { seconds: 60n } });
    await send(1);
    await arrived(one, 1);
    world.clock.advance(3_600_000);
    await send(1);
    await arrived(one, 2);
    expect(one.ids()[1]).not.toBe(one.ids()[0]);
  });

  test('is told to go when the service stops, and its events go to another process', async () => {
    const other = await startWorld({ environment: { DATABASE_URL: world.db.options.connectionString ?? '' } });
    other.clock.advance(world.clock.now().getTime() - other.clock.now().getTime());
    const [there, here] = [stream({ maxInFlight: 3 }, other), stream({ maxInFlight: 1 })];
    await send(4);
    await expect.poll(() => there.received.length + here.received.length, { timeout: 5_000 }).toBe(4);
    expect(new Set([...there.ids(), ...here.ids()]).size).toBe(4);
    // Acknowledged in one process, noticed in the other.
    await answer(other, tokensOf(here));
    await other.service.stop();
    expect(await there.ended).toBe('SHUTTING_DOWN');
    for (let n = 2; n <= 4; n++) {
      await arrived(here, n);
      await answer(world, tokensOf(here).slice(-1));
    }
    expect(new Set(here.ids()).size).toBe(4);
    await other.stop();
  });

  test('misses nothing that was published while the service could not listen', async () => {
    const one = stream();
    await send(1);
    await arrived(one, 1);
    await world.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'mobius-integrations-listen'`,
    );
    await send(3);
    await arrived(one, 4);
  });
});
