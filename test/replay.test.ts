import { randomUUID } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SourceEventOutcome } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { DeliveryStage } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { addIntegration, arrived, deliver, type OpenedStream, openStream } from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;
let account: string;
let count = 0;
let opened: OpenedStream[] = [];

beforeAll(async () => {
  world = await startWorld({ environment: { MOBIUS_REPLAYS_PER_MINUTE: '20' } });
});
afterAll(() => world.stop());
beforeEach(async () => {
  await Promise.all(opened.map(stream => stream.close()));
  opened = [];
  project = `r${++count}`;
  account = randomUUID();
  await addIntegration(world, project, account);
});

const replay = (wanted: object) => world.rpc(EventService).replayIntegrationEvents({ project, ...wanted });
const longAgo = { seconds: 1n, nanos: 0 };

async function receipts() {
  return (await world.rpc(EventService).listIntegrationEvents({ project, includePayload: true })).events.toReversed();
}

async function send(n: number, more: object = {}): Promise<void> {
  for (let i = 0; i < n; i++) expect((await deliver(world, account, more)).status).toBe(200);
}

function stream(): OpenedStream {
  const one = openStream(world, { projects: [project] });
  opened.push(one);
  return one;
}

describe('a replay', () => {
  test('is a new receipt and source event that name the original, and no duplicate', async () => {
    const one = stream();
    await send(1, { happening: 'h' });
    await arrived(one, 1);
    const [original] = await receipts();
    const { events, matchedCount } = await replay({ eventIds: [original?.id] });
    expect(matchedCount).toBe(1);
    expect(events[0]?.eventId).toBe(original?.id);
    await arrived(one, 2);
    const [first, second] = one.received.map(r => r.sourceEvent);
    expect(second?.meta?.id).toBe(events[0]?.sourceEventId);
    expect(second?.replayOf).toBe(first?.meta?.id);
    expect(second?.event).toEqual(first?.event);
    expect({ ...second?.meta, id: '', receivedAt: 0 }).toEqual({ ...first?.meta, id: '', receivedAt: 0 });
    const [, copy] = await receipts();
    expect(copy).toMatchObject({
      id: events[0]?.replayEventId,
      replayOf: original?.id,
      duplicateOf: '',
      stage: DeliveryStage.DELIVERED,
      deliveryKey: original?.deliveryKey,
      payload: original?.payload,
    });
    // The provider's own repeat is a duplicate still.
    await deliver(world, account, { deliveryId: original?.deliveryKey });
    expect((await receipts()).at(-1)?.stage).toBe(DeliveryStage.DUPLICATE);
  });

  test('of a range takes what fits, the oldest first, without repeats and replays', async () => {
    await send(2);
    await send(1, { more: { type: 'Comment' } });
    const all = await receipts();
    await deliver(world, account, { deliveryId: all[0]?.deliveryKey });
    const ids = async (wanted: object) =>
      (await replay({ since: longAgo, dryRun: true, ...wanted })).events.map(e => e.eventId);
    expect(await ids({})).toEqual(all.map(e => e.id));
    expect(await ids({ eventType: 'linear.comment.*' })).toEqual([all[2]?.id]);
    expect(await ids({ provider: 'slack' })).toEqual([]);
    expect(await ids({ since: all[1]?.receiveTime })).toEqual(all.slice(1).map(e => e.id));
    expect(await ids({ until: all[1]?.receiveTime })).toEqual(all.slice(0, 1).map(e => e.id));
    const limited = await replay({ since: longAgo, dryRun: true, maxEvents: 2 });
    expect(limited.events.map(e => e.eventId)).toEqual(all.slice(0, 2).map(e => e.id));
    expect(limited.matchedCount).toBe(3);
    await replay({ since: longAgo });
    expect(await ids({})).toEqual(all.map(e => e.id));
  });

  test('of only what never succeeded leaves out what did, itself or replayed', async () => {
    const one = stream();
    await send(3);
    await arrived(one, 3);
    const report = (sourceEventId: string, outcome: SourceEventOutcome) =>
      world
        .internal(SourceEventService, 'trigger')
        .reportOutcome({ project, sourceEventId, consumer: 'engine', outcome, message: '', runIds: [] });
    const [first = '', second = ''] = one.ids();
    await report(first, SourceEventOutcome.SUCCEEDED);
    await report(second, SourceEventOutcome.FAILED);
    const wanted = { since: longAgo, onlyUnsuccessful: true };
    const all = await receipts();
    const dry = await replay({ ...wanted, dryRun: true });
    expect(dry.events).toMatchObject(all.slice(1).map(e => ({ eventId: e.id, replayEventId: '', sourceEventId: '' })));
    expect(one.received).toHaveLength(3);
    const { events } = await replay(wanted);
    await arrived(one, 5);
    await report(events[0]?.sourceEventId ?? '', SourceEventOutcome.SUCCEEDED);
    expect((await replay({ ...wanted, dryRun: true })).events.map(e => e.eventId)).toEqual([all[2]?.id]);
  });

  test('is capped a minute, all of it or none', async () => {
    await send(11);
    await replay({ since: longAgo });
    expect(await reasonOf(replay({ since: longAgo }))).toBe('RATE_LIMITED');
    expect((await receipts()).filter(e => e.replayOf !== '')).toHaveLength(11);
    world.clock.advance(61_000);
    await replay({ since: longAgo });
    expect((await receipts()).filter(e => e.replayOf !== '')).toHaveLength(22);
  });

  test('asked for twice under one request_id happens once, also at once', async () => {
    await send(2);
    const requestId = randomUUID();
    const asked = () => replay({ since: longAgo, requestId });
    const answers = [...(await Promise.all([asked(), asked(), asked()])), await asked()];
    for (const each of answers) expect(each).toEqual(answers[0]);
    expect(answers[0]?.events).toHaveLength(2);
    expect(await receipts()).toHaveLength(4);
    expect(await reasonOf(replay({ since: longAgo, requestId, maxEvents: 1 }))).toBe('REQUEST_ID_REUSED');
  });

  test('refuses ids that are not there, ids with filters, and a filter without a beginning', async () => {
    await send(1);
    const [event] = await receipts();
    const other = world.rpc(EventService).replayIntegrationEvents({ project: `${project}-b`, eventIds: [event!.id] });
    expect(await reasonOf(other)).toBe('EVENT_NOT_FOUND');
    const absent = 'ievt_00000000000000000000000000';
    expect(await reasonOf(replay({ eventIds: [event?.id, absent] }))).toBe('EVENT_NOT_FOUND');
    expect(await reasonOf(replay({ eventIds: [event?.id], provider: 'linear' }))).toBe('FIELD_INVALID');
    expect(await reasonOf(replay({}))).toBe('FIELD_INVALID');
    expect(await reasonOf(replay({ until: timestampFromDate(world.clock.now()) }))).toBe('FIELD_INVALID');
    expect(await receipts()).toHaveLength(1);
  });

  test('is on record', async () => {
    await send(1);
    await replay({ since: longAgo });
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'event.replay' });
    expect(records).toMatchObject([{ caller: 'user:tester', changes: [{ field: 'events', after: '1' }] }]);
  });
});
