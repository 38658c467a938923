import { randomUUID } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AcknowledgementKind, SourceEventOutcome } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { DeliveryCause, DeliveryStage } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService, type ExplainDeliveryResponse } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { overlaps } from '../src/events/activity.ts';
import { addIntegration, answer, arrived, deliver, type OpenedStream, openStream, tokensOf } from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

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
  project = `x${++count}`;
  account = randomUUID();
});

function stream(wanted: object = {}): OpenedStream {
  const one = openStream(world, { projects: [project], ...wanted });
  opened.push(one);
  return one;
}

const explain = (wanted: object) => world.rpc(EventService).explainDelivery({ project, ...wanted });

/** Where it stopped, why, and by what call or setting it is mended. */
function verdict({ stoppedAt, cause, fix }: Pick<ExplainDeliveryResponse, 'stoppedAt' | 'cause' | 'fix'>) {
  const mends = fix === undefined ? '' : fix.setting || (fix.method.split('/')[1] ?? '');
  return `${DeliveryStage[stoppedAt]} ${DeliveryCause[cause]} ${mends}`.trim();
}

async function receiptOf(deliveryId: string): Promise<string> {
  const { events } = await world.rpc(EventService).listIntegrationEvents({ project });
  return events.find(e => e.deliveryKey === deliveryId)?.id ?? '';
}

function report(one: OpenedStream, outcome: SourceEventOutcome, message = '') {
  const sourceEventId = one.ids().at(-1) ?? '';
  return world
    .internal(SourceEventService, 'trigger')
    .reportOutcome({ project, sourceEventId, consumer: 'engine', outcome, message, runIds: ['run_7'] });
}

describe('a delivery that arrived is explained', () => {
  test('stage by stage, by its key, its receipt, its source event and its time', async () => {
    const integration = await addIntegration(world, project, account);
    const one = stream();
    const { deliveryId } = await deliver(world, account);
    await arrived(one, 1);
    await answer(world, tokensOf(one));
    await report(one, SourceEventOutcome.SUCCEEDED);
    const eventId = await receiptOf(deliveryId);
    for (const wanted of [{ deliveryKey: deliveryId }, { eventId }, { sourceEventId: one.ids()[0] }, {}]) {
      const answered = await explain(wanted);
      expect(verdict(answered)).toBe('UNSPECIFIED UNSPECIFIED');
      expect(answered.deliveries).toHaveLength(1);
      const [delivery] = answered.deliveries;
      expect(delivery?.stages.map(s => DeliveryStage[s.stage])).toEqual([
        'RECEIVED',
        'RECORDED',
        'PUBLISHED',
        'DELIVERED',
        'SUCCEEDED',
      ]);
      const times = delivery?.stages.map(s => Number(s.time?.seconds) * 1e9 + Number(s.time?.nanos)) ?? [];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(delivery?.stages.at(-1)?.note).toBe('engine, runs run_7');
      expect(answered.integrations).toMatchObject([
        { integrationId: integration, status: IntegrationStatus.ACTIVE, currentStatus: IntegrationStatus.ACTIVE },
      ]);
      expect(answered.consumers).toMatchObject([{ consumer: 'engine', streaming: true, patterns: [] }]);
    }
  });

  test('as a duplicate, with the first it repeats', async () => {
    await addIntegration(world, project, account);
    const first = await deliver(world, account, { happening: 'h' });
    const second = await deliver(world, account, { happening: 'h' });
    const answered = await explain({ deliveryKey: second.deliveryId });
    expect(verdict(answered)).toBe('DUPLICATE DUPLICATE ReplayIntegrationEvents');
    expect(answered.deliveries[0]?.duplicateOf).toBe(await receiptOf(first.deliveryId));
  });

  test('as refused, though no body of it is kept', async () => {
    await addIntegration(world, project, account);
    const { deliveryId } = await deliver(world, account, { secret: 'not-the-secret' });
    await expect
      .poll(async () => verdict(await explain({ deliveryKey: deliveryId })))
      .toBe('REJECTED SIGNATURE_WRONG ConnectProvider');
    const stale = await world.sandbox.deliver('openai', {
      event: 'batch.completed',
      time: new Date(world.clock.now().getTime() - 3_600_000),
    });
    // OpenAI's endpoints are the integrations' own: a shared one does not exist.
    await expect
      .poll(async () => verdict(await explain({ deliveryKey: stale.deliveryId })))
      .toBe('REJECTED SECRET_MISSING ConnectProvider');
  });

  test('as unmatched, and later as matched late', async () => {
    const account = world.seeds.linear.organizations[0]?.id ?? '';
    const { deliveryId } = await deliver(world, account);
    expect(verdict(await explain({ deliveryKey: deliveryId }))).toBe('UNMATCHED NO_INTEGRATION ConnectProvider');
    const credentials = { api_key: world.seeds.linear.apiKey };
    await world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
    await expect.poll(() => receiptOf(deliveryId)).not.toBe('');
    const [delivery] = (await explain({ deliveryKey: deliveryId })).deliveries;
    expect(delivery?.stages.map(s => DeliveryStage[s.stage])).toEqual([
      'RECEIVED',
      'UNMATCHED',
      'RECORDED',
      'PUBLISHED',
    ]);
  });

  test('as not published, with the status its integration had then', async () => {
    const integration = await addIntegration(world, project, account, { status: 'INACTIVE' });
    const { deliveryId } = await deliver(world, account);
    await world.db.query(`update integrations set status = 'ACTIVE' where id = $1`, [integration]);
    const answered = await explain({ deliveryKey: deliveryId });
    expect(verdict(answered)).toBe('RECORDED INTEGRATION_UNUSABLE UpdateIntegration');
    expect(answered.integrations).toMatchObject([
      { status: IntegrationStatus.INACTIVE, currentStatus: IntegrationStatus.ACTIVE },
    ]);
  });

  test('as published to nobody, as long as no stream asks for it', async () => {
    await addIntegration(world, project, account);
    const { deliveryId } = await deliver(world, account);
    const at = async () => verdict(await explain({ deliveryKey: deliveryId }));
    expect(await at()).toBe('PUBLISHED NO_CONSUMER StreamSourceEvents');
    const other = stream({ patterns: ['linear.comment.*'] });
    await deliver(world, account, { more: { type: 'Comment' } });
    await arrived(other, 1);
    const answered = await explain({ deliveryKey: deliveryId });
    expect(verdict(answered)).toBe('PUBLISHED NO_CONSUMER StreamSourceEvents');
    expect(answered.message).toContain('ask for other types');
    expect(answered.consumers).toEqual([]);
  });

  test('as waiting for a consumer whose window is full, and as held by one that has not answered', async () => {
    await addIntegration(world, project, account);
    const one = stream({ maxInFlight: 1 });
    const first = await deliver(world, account);
    await arrived(one, 1);
    const second = await deliver(world, account);
    expect(verdict(await explain({ deliveryKey: first.deliveryId }))).toBe('DELIVERED CONSUMER_BEHIND');
    const behind = await explain({ deliveryKey: second.deliveryId });
    expect(verdict(behind)).toBe('PUBLISHED CONSUMER_BEHIND');
    expect(behind.consumers).toMatchObject([{ consumer: 'engine', streaming: true, pendingCount: 2 }]);
  });

  test('as filtered, failing, failed and given up, each with what mends it', async () => {
    await addIntegration(world, project, account);
    const one = stream();
    const { deliveryId } = await deliver(world, account);
    await arrived(one, 1);
    const at = async () => verdict(await explain({ deliveryKey: deliveryId }));
    await answer(world, tokensOf(one), AcknowledgementKind.NACK, { error: 'the engine is full' });
    expect(await at()).toBe('RETRYING CONSUMER_FAILED');
    expect((await explain({ deliveryKey: deliveryId })).message).toContain('the engine is full');
    await world.db.query(`update handovers set state = 'DEAD', next_time = null where project = $1`, [project]);
    expect(await at()).toBe('DEAD ATTEMPTS_EXHAUSTED ReviveSourceEvents');
    await report(one, SourceEventOutcome.FILTERED);
    expect(await at()).toBe('SUCCEEDED FILTERED GetIntegrationEvent');
    await report(one, SourceEventOutcome.FAILED, 'no such column');
    expect(await at()).toBe('FAILED CONSUMER_FAILED ReplayIntegrationEvents');
  });

  test('to its own project alone', async () => {
    await addIntegration(world, project, account);
    const { deliveryId } = await deliver(world, account);
    const eventId = await receiptOf(deliveryId);
    const other = world.rpc(EventService);
    const foreign = { project: `${project}-b` };
    expect(await reasonOf(other.explainDelivery({ ...foreign, eventId }))).toBe('EVENT_NOT_FOUND');
    const byKey = await other.explainDelivery({ ...foreign, deliveryKey: deliveryId });
    expect(byKey.deliveries).toEqual([]);
    expect(byKey.integrations).toEqual([]);
    const sourceEventId = 'sevt_00000000000000000000000000';
    expect(await reasonOf(other.explainDelivery({ project, sourceEventId }))).toBe('SOURCE_EVENT_NOT_FOUND');
  });
});

describe('what never arrived is explained', () => {
  test('by the integration that is not there', async () => {
    const answered = await explain({ eventType: 'linear.issue.created' });
    expect(verdict(answered)).toBe('RECEIVED NO_INTEGRATION ConnectProvider');
    expect(answered.eventTypeReadiness?.name).toBe('linear.issue.created');
    expect(answered.fix?.arguments).toEqual({ project, provider: 'linear' });
    expect(answered.deliveries).toEqual([]);
  });

  test('by the credential that has ended', async () => {
    await addIntegration(world, project, account, { status: 'EXPIRED' });
    expect(verdict(await explain({ eventType: 'linear.issue.created' }))).toBe(
      'RECEIVED INTEGRATION_UNUSABLE ConnectProvider',
    );
  });

  test('by the type that is planned', async () => {
    const planned = world.service.deps.catalog.providers
      .flatMap(p => p.eventTypes)
      .find(e => e.runtimeState === 'PLANNED');
    if (planned === undefined) return expect(planned).toBeUndefined();
    await addIntegration(world, project, account, { provider: planned.name.split('.')[0] });
    const answered = await explain({ eventType: planned.name });
    expect(`${DeliveryStage[answered.stoppedAt]} ${DeliveryCause[answered.cause]}`).toBe('RECEIVED NOT_TRIGGERABLE');
  });

  test('by what the endpoint refused in that time, and by nothing refused before', async () => {
    const { rows } = await world.db.query(`select count(*)::int as n from rejected_deliveries`);
    world.clock.advance(2 * 3_600_000);
    const credentials = { api_key: world.seeds.linear.apiKey };
    await world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
    const wanted = { eventType: 'linear.issue.created' };
    const before = await explain(wanted);
    expect(rows[0].n).toBeGreaterThan(0);
    expect(verdict(before)).toBe('RECEIVED NOT_RECEIVED GetProvider');
    await deliver(world, account, { secret: 'not-the-secret' });
    await expect.poll(async () => verdict(await explain(wanted))).toBe('REJECTED SIGNATURE_WRONG ConnectProvider');
    const [endpoint] = (await explain(wanted)).endpoints.filter(e => e.endpoint === '');
    expect(endpoint).toMatchObject({ provider: 'linear', lastRejection: DeliveryCause.SIGNATURE_WRONG });
    expect(endpoint?.lastDeliveryTime).toBeDefined();
  });

  test('by the last delivery our address saw, where all is well here', async () => {
    await addIntegration(world, project, account);
    await deliver(world, account);
    world.clock.advance(3 * 3_600_000);
    const credentials = { api_key: world.seeds.linear.apiKey };
    await world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
    const answered = await explain({ provider: 'linear' });
    expect(verdict(answered)).toBe('RECEIVED NOT_RECEIVED GetProvider');
    expect(answered.message).toMatch(/saw its last delivery at \d{4}-/);
  });

  test('in a range only, and never in one that ends before it begins', async () => {
    await addIntegration(world, project, account);
    await deliver(world, account);
    const now = world.clock.now();
    const at = (ms: number) => timestampFromDate(new Date(now.getTime() + ms));
    expect((await explain({ since: at(-60_000) })).deliveries).toHaveLength(1);
    expect((await explain({ until: at(-60_000) })).deliveries).toHaveLength(0);
    expect(await reasonOf(explain({ since: at(0), until: at(-1) }))).toBe('FIELD_INVALID');
  });
});

test('a pattern overlaps what it covers and what covers it', () => {
  expect(overlaps([], 'a.b')).toBe(true);
  expect(overlaps(['a.*'], 'a.b')).toBe(true);
  expect(overlaps(['a.b'], 'a.*')).toBe(true);
  expect(overlaps(['a.b'], 'a.bc')).toBe(false);
  expect(overlaps(['a.b.*'], 'a.*')).toBe(true);
  expect(overlaps(['ab.*'], 'a.*')).toBe(false);
});
