import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { DeliveryStage, EventSource, FireMode } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { createSchemaCheck } from '../src/catalog/schema_check.ts';
import { platformProvider } from '../src/events/platform_provider.ts';
import { providers as vendors } from '../src/providers/index.ts';
import { addIntegration, arrived, deliver, openStream } from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const { DELIVER, PREVIEW } = FireMode;

let world: World;
let project: string;
let account: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld({ environment: { MOBIUS_REPLAYS_PER_MINUTE: '30' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `f${++count}`;
  account = randomUUID();
});

const fire = (wanted: object) => world.rpc(EventService).fireTestEvent({ project, ...wanted });
const list = (wanted: object = {}) => world.rpc(EventService).listEventSamples({ project, ...wanted });
const ISSUE = 'linear.issue.created.default';

async function receipts() {
  return (await world.rpc(EventService).listIntegrationEvents({ project })).events;
}

const providers = [...vendors, platformProvider];

describe('samples', () => {
  const all = providers.flatMap(provider => (provider.samples ?? []).map(sample => ({ provider, sample })));

  test.each(all.map(({ provider, sample }) => [`${sample.eventType}.${sample.variant}`, provider, sample] as const))(
    '%s is of a listed type of its provider and fits its schema',
    (_, provider, sample) => {
      const eventType = provider.eventTypes.find(({ name }) => name === sample.eventType);
      expect(eventType).toBeDefined();
      expect(createSchemaCheck()(eventType!.payloadSchema, sample.payload)).toEqual([]);
      expect(sample.variant).toMatch(/^[a-z_]{1,32}$/);
    },
  );

  test('are there for every provider that has events', () => {
    const without = providers.filter(
      ({ eventTypes, samples = [] }) =>
        eventTypes.some(({ runtimeState }) => runtimeState !== 'PLANNED') && samples.length === 0,
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  test('are listed by id, in pages, by provider and type', async () => {
    const paged = async (pageSize: number, more = {}): Promise<string[]> => {
      const ids: string[] = [];
      let pageToken = '';
      do {
        const page = await list({ pageSize, pageToken, ...more });
        ids.push(...page.samples.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      return ids;
    };
    const ids = await paged(200);
    expect(ids).toEqual(all.map(({ sample }) => `${sample.eventType}.${sample.variant}`).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const ofOne = ids.filter(id => id.startsWith('linear.'));
    expect(await paged(3, { provider: 'linear' })).toEqual(ofOne);
    const own = await list({ provider: 'linear', eventType: 'linear.issue.created' });
    expect(own.samples).toMatchObject([{ id: ISSUE, provider: 'linear', payload: { type: 'Issue' } }]);
    expect(await reasonOf(list({ provider: 'nobody' }))).toBe('PROVIDER_NOT_FOUND');
    expect(await reasonOf(list({ eventType: 'linear.nothing' }))).toBe('EVENT_TYPE_NOT_FOUND');
  });
});

describe('a preview', () => {
  test('stores nothing, and says what would be stored and who would get it', async () => {
    const integration = await addIntegration(world, project, account);
    await deliver(world, account);
    const stream = openStream(world, { projects: [project], patterns: ['linear.*'] });
    await arrived(stream, 1);
    const before = await receipts();
    const answered = await fire({ sampleId: ISSUE, deliveryKey: 'k' });
    await stream.close();
    expect(answered).toMatchObject({
      mode: PREVIEW,
      duplicate: false,
      payloadValid: true,
      payloadFindings: [],
      meta: { identifier: 'ENG-12' },
      event: { id: '', integrationId: integration, source: EventSource.SYNTHETIC, eventType: 'linear.issue.created' },
      consumers: [{ consumer: 'engine', patterns: ['linear.*'] }],
    });
    expect(answered.event?.payload).toMatchObject({ type: 'Issue' });
    expect(await receipts()).toEqual(before);
    const { rows } = await world.db.query('select 1 from delivery_keys where project = $1 and key like $2', [
      project,
      '%k',
    ]);
    expect(rows).toEqual([]);
  });

  test('needs no integration, and finds where the payload does not fit', async () => {
    const answered = await fire({ eventType: 'linear.issue.created', payload: { action: 7, data: {} } });
    expect(answered.payloadValid).toBe(false);
    expect(answered.payloadFindings.toSorted()).toEqual([
      '/action: This must be string.',
      '/data/id: This is needed.',
      '/organizationId: This is needed.',
      '/type: This is needed.',
    ]);
    expect(answered.event?.integrationId).toBe('');
  });
});

describe('a test event that is delivered', () => {
  test('goes the way of a real one, as SYNTHETIC', async () => {
    const integration = await addIntegration(world, project, account);
    const stream = openStream(world, { projects: [project] });
    const answered = await fire({ mode: DELIVER, sampleId: ISSUE, meta: { object_id: 'mine' } });
    await arrived(stream, 1);
    await stream.close();
    expect(answered).toMatchObject({ mode: DELIVER, duplicate: false, event: { integrationId: integration } });
    expect(answered.event?.id).toMatch(/^ievt_/);
    expect(stream.received[0]?.sourceEvent).toMatchObject({
      event: { type: 'Issue' },
      integrationEventId: answered.event?.id,
      meta: { eventType: 'linear.issue.created', integrationId: integration, attributes: { object_id: 'mine' } },
    });
    const [record] = (await world.rpc(AuditService).listAuditRecords({ project, action: 'event.fire' })).records;
    expect(record).toMatchObject({ caller: 'user:tester', resource: answered.event?.id });
  });

  test('of a built-in provider needs no integration', async () => {
    const answered = await fire({ mode: DELIVER, sampleId: 'table.row.inserted.default' });
    expect(answered.event).toMatchObject({ provider: 'table', integrationId: '', stage: DeliveryStage.PUBLISHED });
  });

  test('repeats by its delivery key, and never keeps a real delivery out', async () => {
    await addIntegration(world, project, account);
    const deliveryKey = randomUUID();
    const first = await fire({ mode: DELIVER, sampleId: ISSUE, deliveryKey });
    expect((await fire({ sampleId: ISSUE, deliveryKey })).duplicate).toBe(true);
    const second = await fire({ mode: DELIVER, sampleId: ISSUE, deliveryKey });
    expect(second).toMatchObject({ duplicate: true, event: { duplicateOf: first.event?.id } });
    await deliver(world, account, { deliveryId: deliveryKey });
    expect((await receipts())[0]).toMatchObject({ stage: DeliveryStage.PUBLISHED, source: EventSource.WEBHOOK });
  });

  test('asked for twice under one request_id is delivered once', async () => {
    await addIntegration(world, project, account);
    const requestId = randomUUID();
    const asked = () => fire({ mode: DELIVER, sampleId: ISSUE, requestId });
    const answers = await Promise.all([asked(), asked(), asked()]);
    expect(new Set(answers.map(a => a.event?.id)).size).toBe(1);
    expect(await receipts()).toHaveLength(1);
    expect(await reasonOf(fire({ mode: DELIVER, sampleId: ISSUE, requestId, meta: { a: 'b' } }))).toBe(
      'REQUEST_ID_REUSED',
    );
  });

  test('is refused for what is not there, not on, not clear or too much', async () => {
    const reason = (wanted: object) => reasonOf(fire({ mode: DELIVER, ...wanted }));
    expect(await reason({ sampleId: ISSUE })).toBe('NOT_CONFIGURED');
    const off = await addIntegration(world, project, account, { status: 'INACTIVE' });
    expect(await reason({ sampleId: ISSUE })).toBe('INACTIVE');
    await addIntegration(world, project, account);
    expect(await reason({ sampleId: ISSUE })).toBe('AMBIGUOUS_INTEGRATION');
    expect(await reason({ sampleId: ISSUE, integrationId: off })).toBe('INACTIVE');
    const slack = await addIntegration(world, project, account, { provider: 'slack' });
    expect(await reason({ sampleId: ISSUE, integrationId: slack })).toBe('INTEGRATION_NOT_FOUND');
    expect(await reason({ sampleId: 'linear.none.default' })).toBe('SAMPLE_NOT_FOUND');
    expect(await reason({ eventType: 'linear.none' })).toBe('EVENT_TYPE_NOT_FOUND');
    expect(await reason({})).toBe('FIELD_INVALID');
    expect(await reason({ sampleId: ISSUE, meta: { integration_id: 'x' } })).toBe('FIELD_INVALID');
    expect(await reason({ sampleId: ISSUE, payload: { a: 'x'.repeat(256 * 1024) } })).toBe('FIELD_INVALID');
    expect(await receipts()).toEqual([]);
    for (let i = 0; i < 30; i++) await fire({ mode: DELIVER, sampleId: 'table.row.inserted.default' });
    expect(await reason({ sampleId: 'table.row.inserted.default' })).toBe('RATE_LIMITED');
  });
});
