import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeliveryStage, EventSource } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { addIntegration, deliver } from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;
let account: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
/** Each test works in a project, and with an account, of its own. */
beforeEach(() => {
  project = `e${++count}`;
  account = randomUUID();
});

async function receipts(of = project, more: object = {}) {
  return (await world.rpc(EventService).listIntegrationEvents({ project: of, ...more })).events;
}

async function published(of = project): Promise<number> {
  const { rows } = await world.db.query('select count(*)::int as n from source_events where project = $1', [of]);
  return rows[0].n;
}

function webhookUrl(rest: string): string {
  return `${world.edgeUrl}/v1/provider/${rest}`;
}

/** Everything of an answer that a sender sees. */
async function seen(answer: Response) {
  const { date: _, ...headers } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers, body: await answer.text() };
}

describe('a delivery', () => {
  test('is durable, with its receipt and source event, when its 2xx arrives', async () => {
    const integration = await addIntegration(world, project, account);
    const { status, body, deliveryId } = await deliver(world, account, { happening: 'issue-1' });
    expect({ status, body }).toEqual({ status: 200, body: '' });
    const { rows } = await world.db.query(
      `select e.stage, s.event_type, s.meta from integration_events e
       join source_events s on s.project = e.project and s.integration_event_id = e.id where e.project = $1`,
      [project],
    );
    expect(rows).toEqual([{ stage: 'RECORDED', event_type: 'linear.issue.created', meta: { object_id: 'issue-1' } }]);
    const [event] = await receipts(project, { includePayload: true });
    expect(event).toMatchObject({
      project,
      provider: 'linear',
      integrationId: integration,
      eventType: 'linear.issue.created',
      source: EventSource.WEBHOOK,
      stage: DeliveryStage.PUBLISHED,
      deliveryKey: deliveryId,
      payloadTruncated: false,
      payload: { organizationId: account },
      sourceEvent: { stage: DeliveryStage.PUBLISHED, attempts: 0, lastError: '', runIds: [] },
    });
    expect(event?.id).toMatch(/^ievt_[0-9a-z]{26}$/);
    expect(event?.sourceEvent?.id).toMatch(/^sevt_[0-9a-z]{26}$/);
  });

  test('that repeats is stored as a duplicate of the first and published once, also when 20 arrive at once', async () => {
    await addIntegration(world, project, account);
    const deliveryId = randomUUID();
    const sent = await Promise.all(Array.from({ length: 20 }, () => deliver(world, account, { deliveryId })));
    sent.push(await deliver(world, account, { deliveryId }));
    expect(new Set(sent.map(s => s.status))).toEqual(new Set([200]));
    expect(await published()).toBe(1);
    const all = await receipts();
    expect(all).toHaveLength(21);
    const [first, ...rest] = all.toSorted((a, b) => a.stage - b.stage).toReversed();
    expect(first?.stage).toBe(DeliveryStage.PUBLISHED);
    for (const one of rest) {
      expect(one).toMatchObject({ stage: DeliveryStage.DUPLICATE, duplicateOf: first?.id });
      expect(one.sourceEvent).toBeUndefined();
    }
  });

  test('that tells the same happening under another delivery id is a duplicate', async () => {
    await addIntegration(world, project, account);
    await deliver(world, account, { happening: 'issue-2' });
    await deliver(world, account, { happening: 'issue-2' });
    await deliver(world, account, { happening: 'issue-3' });
    expect((await receipts()).map(e => DeliveryStage[e.stage])).toEqual(['PUBLISHED', 'DUPLICATE', 'PUBLISHED']);
    expect(await published()).toBe(2);
  });

  test('of an account that two projects have connected becomes a receipt in each, and each sees only its own', async () => {
    const other = `${project}-b`;
    const [mine, theirs] = [await addIntegration(world, project, account), await addIntegration(world, other, account)];
    await deliver(world, account);
    const [a, b] = [await receipts(project), await receipts(other)];
    expect(a.map(e => e.integrationId)).toEqual([mine]);
    expect(b.map(e => e.integrationId)).toEqual([theirs]);
    const call = world.rpc(EventService).getIntegrationEvent({ project, eventId: b[0]?.id ?? '' });
    expect(await reasonOf(call)).toBe('EVENT_NOT_FOUND');
  });

  test('is recorded and not published where the integration is switched off, and published where it expired', async () => {
    await addIntegration(world, project, account, { status: 'INACTIVE' });
    await addIntegration(world, `${project}-b`, account, { status: 'EXPIRED' });
    await deliver(world, account);
    expect((await receipts()).map(e => e.stage)).toEqual([DeliveryStage.RECORDED]);
    expect((await receipts(`${project}-b`)).map(e => e.stage)).toEqual([DeliveryStage.PUBLISHED]);
  });

  test('of an account that nobody connected is taken, counted and not stored', async () => {
    expect((await deliver(world, account)).status).toBe(200);
    expect(await receipts()).toEqual([]);
    const metrics = await (await fetch(`http://${world.service.addresses.metrics}/metrics`)).text();
    expect(metrics).toMatch(/mobius_deliveries_total\{provider="linear",stage="unmatched"\} [1-9]/);
  });

  test('is refused when it is forged, and leaves no receipt', async () => {
    await addIntegration(world, project, account);
    expect((await deliver(world, account, { secret: 'not-the-secret' })).status).toBe(401);
    const genuine = (await deliver(world, account)).request;
    const forged = await fetch(genuine.url, { ...genuine, method: 'POST', body: genuine.body.replace('An', 'Un') });
    expect(forged.status).toBe(401);
    expect(await receipts()).toHaveLength(1);
  });

  test('gets the same answer at an unknown endpoint as with a bad signature', async () => {
    const { id: own } = await connectOwn();
    const { request } = await deliver(world, account, { secret: 'not-the-secret' });
    const paths = [
      'linear/webhook',
      'linear/webhook/workspace',
      'linear/webhook/nowhere',
      `linear/webhook/${project}.${own}`,
      `linear/webhook/${project}.intg_00000000000000000000000000`,
      `linear/webhook/other.${own}`,
      `github/webhook/${project}.${own}`,
      'linear/webhook/a/b',
      'table/webhook',
      'nobody/webhook',
    ];
    const answers = await Promise.all(
      paths.map(async path => {
        const answer = await fetch(webhookUrl(path), { method: 'POST', headers: request.headers, body: request.body });
        return [path, await seen(answer)] as const;
      }),
    );
    expect(answers[0]?.[1].status).toBe(401);
    for (const [path, answer] of answers) expect(answer, path).toEqual(answers[0]?.[1]);
  });

  test('is refused while the operator has configured no secret', async () => {
    const bare = await startWorld({
      platform: file => {
        delete file.providers.linear?.app;
      },
    });
    try {
      expect((await deliver(bare, account)).status).toBe(401);
    } finally {
      await bare.stop();
    }
  });

  test('to an integration’s own endpoint is checked with its secret and is its alone', async () => {
    const { id, secret } = await connectOwn();
    const organization = world.seeds.linear.organizations[0]?.id ?? '';
    const bystander = await addIntegration(world, `${project}-b`, organization);
    const endpoint = `${project}.${id}`;
    expect((await deliver(world, organization, { endpoint })).status).toBe(401);
    expect((await deliver(world, organization, { endpoint, secret })).status).toBe(200);
    expect((await receipts()).map(e => e.integrationId)).toEqual([id]);
    expect(await receipts(`${project}-b`)).toEqual([]);
    expect(bystander).not.toBe(id);
    // The integration's secret opens no other door.
    expect((await deliver(world, organization, { secret })).status).toBe(401);
    const elsewhere = await world.sandbox.deliver('github', { event: 'issues.opened', endpoint, secret });
    expect(elsewhere.status).toBe(401);
  });

  test('that is genuine and malformed is answered 400 and not stored', async () => {
    await addIntegration(world, project, account);
    const now = world.clock.now().getTime();
    const raw = JSON.stringify({ type: 'Issue', organizationId: account, webhookTimestamp: now });
    expect((await world.sandbox.deliver('linear', { event: 'Issue.create', raw })).status).toBe(400);
    expect(await receipts()).toEqual([]);
  });

  test('that is a handshake is answered and not stored', async () => {
    const { status, body, request } = await world.sandbox.deliver('slack', { event: 'url_verification' });
    expect({ status, body }).toEqual({ status: 200, body: JSON.parse(request.body).challenge });
  });

  test('shares its transaction with those that arrive with it', async () => {
    await addIntegration(world, project, account);
    const sent = await Promise.all(Array.from({ length: 100 }, () => deliver(world, account)));
    expect(new Set(sent.map(s => s.status))).toEqual(new Set([200]));
    const { rows } = await world.db.query(
      'select count(*)::int as n, count(distinct xmin::text)::int as transactions from integration_events where project = $1',
      [project],
    );
    expect(rows[0].n).toBe(100);
    expect(rows[0].transactions).toBeLessThan(50);
  });

  /** A Linear integration made with the secret of its own webhook. */
  async function connectOwn(): Promise<{ id: string; secret: string }> {
    const secret = `lin_wh_${randomUUID().replaceAll('-', '')}`;
    const { integration } = await world.rpc(IntegrationService).connectProvider({
      project,
      provider: 'linear',
      credentials: { api_key: world.seeds.linear.apiKey, webhook_secret: secret },
    });
    return { id: integration?.id ?? '', secret };
  }
});

describe('a stored payload', () => {
  test('over 256 KiB is cut to its top-level scalars, and the receipt says so', async () => {
    await addIntegration(world, project, account);
    await deliver(world, account, { more: { large: { list: Array(300 * 256).fill('abcd') }, kept: 7 } });
    const [event] = await receipts(project, { includePayload: true });
    expect(event).toMatchObject({ payloadTruncated: true, payload: { kept: 7, organizationId: account } });
    expect(event?.payload).not.toHaveProperty('large');
    expect(event?.stage).toBe(DeliveryStage.PUBLISHED);
  });

  test('holds no credential that came with it, and leaves ordinary text as it was', async () => {
    await addIntegration(world, project, account);
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const text = `Basic authentication fails with password: state=open and ${token} in it. ${'long '.repeat(4_000)}`;
    await deliver(world, account, { more: { text, hook: { config: { secret: 'hunter2', client_secret: 's' } } } });
    const { rows } = await world.db.query('select payload from integration_events where project = $1', [project]);
    expect(rows[0].payload.text).toBe(text.replace(token, '[redacted]'));
    expect(rows[0].payload.hook.config).toEqual({ secret: '[redacted]', client_secret: '[redacted]' });
  });
});

describe('listing receipts', () => {
  test('pages newest first and ends, by every filter', async () => {
    const integration = await addIntegration(world, project, account);
    await addIntegration(world, project, `${account}-off`, { status: 'INACTIVE' });
    for (let i = 0; i < 5; i++) await deliver(world, account);
    await deliver(world, account, { more: { type: 'Comment' } });
    await deliver(world, `${account}-off`);
    const events = world.rpc(EventService);
    const seenIds: string[] = [];
    let pageToken = '';
    do {
      const page = await events.listIntegrationEvents({ project, pageSize: 3, pageToken });
      seenIds.push(...page.events.map(e => e.id));
      expect(page.events.every(e => e.payload === undefined)).toBe(true);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    const all = await receipts();
    expect(seenIds).toEqual(all.map(e => e.id));
    expect(all).toHaveLength(7);
    const times = all.map(e => Number(e.receiveTime?.seconds) * 1e9 + Number(e.receiveTime?.nanos));
    expect(times).toEqual(times.toSorted((a, b) => b - a));

    const counted = async (filter: object) => (await receipts(project, filter)).length;
    expect(await counted({ provider: 'linear' })).toBe(7);
    expect(await counted({ provider: 'slack' })).toBe(0);
    expect(await counted({ integrationId: integration })).toBe(6);
    expect(await counted({ eventType: 'linear.comment.created' })).toBe(1);
    expect(await counted({ eventType: 'linear.issue.*' })).toBe(6);
    expect(await counted({ eventType: 'linear.iss.*' })).toBe(0);
    expect(await counted({ source: EventSource.POLL })).toBe(0);
    expect(await counted({ stage: DeliveryStage.RECORDED })).toBe(1);
    expect(await counted({ stage: DeliveryStage.PUBLISHED })).toBe(6);
    expect(await counted({ since: all[0]?.receiveTime })).toBeGreaterThan(0);
    expect(await counted({ until: all.at(-1)?.receiveTime })).toBe(0);
  });

  test('refuses a page token of another filter, project or maker', async () => {
    await addIntegration(world, project, account);
    for (let i = 0; i < 2; i++) await deliver(world, account);
    const events = world.rpc(EventService);
    const { nextPageToken } = await events.listIntegrationEvents({ project, pageSize: 1 });
    const refused = [
      { project, pageToken: nextPageToken, provider: 'linear' },
      { project: `${project}-b`, pageToken: nextPageToken },
      { project, pageToken: 'x' },
    ];
    for (const request of refused) expect(await reasonOf(events.listIntegrationEvents(request))).toBe('FIELD_INVALID');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 2 }), async ([time, id]) => {
        const [hash] = JSON.parse(Buffer.from(nextPageToken, 'base64url').toString('utf8')) as string[];
        const pageToken = Buffer.from(JSON.stringify([hash, time, id])).toString('base64url');
        return (await reasonOf(events.listIntegrationEvents({ project, pageToken }))) === 'FIELD_INVALID';
      }),
      { numRuns: 50 },
    );
  });
});
