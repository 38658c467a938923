import { randomUUID } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeliveryStage } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { createRateLimit } from '../src/events/rate_limit.ts';
import { sweepEvents } from '../src/events/sweep.ts';
import { addIntegration, deliver, linearBody } from './event_stage.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;
let account: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `d${++count}`;
  account = randomUUID();
});

async function receipts(of = project, where = world) {
  return (await where.rpc(EventService).listIntegrationEvents({ project: of })).events;
}

async function rejections(where = world) {
  const { rows } = await where.db.query('select * from rejected_deliveries order by receive_time, id');
  return rows;
}

function post(path: string, body: string, headers: Record<string, string> = {}, where = world): Promise<Response> {
  return fetch(`${where.edgeUrl}/v1/provider/${path}`, { method: 'POST', body, headers });
}

describe('a refused delivery', () => {
  test('leaves one record of when, where, why and how large, and nothing of what it said', async () => {
    const marker = `canary-${randomUUID()}`;
    const deliveryId = randomUUID();
    await deliver(world, account, { secret: 'not-the-secret', deliveryId, more: { marker } });
    await expect.poll(async () => (await rejections()).filter(r => r.delivery_key === deliveryId)).toHaveLength(1);
    const [row] = (await rejections()).filter(r => r.delivery_key === deliveryId);
    expect(row).toMatchObject({ project: '', provider: 'linear', endpoint: '', cause: 'SIGNATURE_WRONG', count: 1 });
    expect(row.body_bytes).toBeGreaterThan(100);
    expect(row.body_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(marker);
    expect(await receipts()).toEqual([]);
  });

  test('at a made-up endpoint is counted under one name, and the project it names learns nothing', async () => {
    const before = (await rejections()).length;
    await post(`linear/webhook/${project}.intg_00000000000000000000000000`, 'x');
    await post('linear/webhook/nowhere', 'x');
    await post('nobody/webhook', 'x');
    await expect.poll(async () => (await rejections()).length).toBe(before + 3);
    const made = (await rejections()).slice(before);
    expect(made.map(r => [r.project, r.endpoint])).toEqual(Array(3).fill(['', '*']));
    expect(made.map(r => r.provider).toSorted()).toEqual(['', 'linear', 'linear']);
    const { rows } = await world.db.query('select * from endpoint_activity where project = $1', [project]);
    expect(rows).toEqual([]);
  });

  test('leaves one record whatever is wrong with it', async () => {
    const bare = await startWorld();
    try {
      await post('slack/webhook', 'x'.repeat(1024 * 1024 + 1), {}, bare);
      await post('slack/webhook', 'x', { 'content-encoding': 'gzip' }, bare);
      const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x-${i}`, '1']));
      await post('slack/webhook', 'x', many, bare);
      const heads = Array.from({ length: 10_000 }, (_, i) => `x-${i}: 1\r\n`).join('');
      expect(await raw(bare, `POST /v1/provider/slack/webhook HTTP/1.1\r\nhost: x\r\n${heads}\r\n`)).toContain(' 431 ');
      const chunk = 'transfer-encoding: chunked\r\n\r\nnot-a-length\r\nx\r\n';
      expect(await raw(bare, `POST /v1/provider/slack/webhook HTTP/1.1\r\nhost: x\r\n${chunk}`)).toContain(' 400 ');
      await expect
        .poll(async () => (await rejections(bare)).map(r => r.detail).toSorted())
        .toEqual([
          'it broke off',
          'it has too many headers',
          'it is compressed',
          'it is not HTTP, or its headers are too large',
          'its body is over 1 MiB',
        ]);
      for (const row of await rejections(bare)) {
        expect(row).toMatchObject({ provider: 'slack', endpoint: '', cause: 'MALFORMED', count: 1 });
      }
    } finally {
      await bare.stop();
    }
  });

  test('of a flood is counted, and the flood fills no table', async () => {
    const bare = await startWorld();
    try {
      for (let i = 0; i < 10; i++) {
        await Promise.all(Array.from({ length: 50 }, () => post('github/webhook', 'x', {}, bare)));
      }
      const total = async () => (await rejections(bare)).reduce((sum, row) => sum + row.count, 0);
      await expect.poll(total).toBe(500);
      expect((await rejections(bare)).length).toBeLessThan(120);
    } finally {
      await bare.stop();
    }
  });

  function raw(where: World, text: string): Promise<string> {
    const { hostname, port } = new URL(where.edgeUrl);
    return new Promise((resolve, reject) => {
      const socket = connectTcp(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.on('data', chunk => {
        answer += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(answer));
      // What is still being sent when the answer comes meets a closed door.
      socket.on('error', (error: NodeJS.ErrnoException) =>
        ['EPIPE', 'ECONNRESET'].includes(error.code ?? '') ? resolve(answer) : reject(error),
      );
    });
  }
});

describe('limits', () => {
  test('answer 429 with Retry-After beyond an endpoint’s share, which forgeries do not use up', async () => {
    const bare = await startWorld({ environment: { MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND: '1' } });
    try {
      await addIntegration(bare, project, account);
      for (let i = 0; i < 20; i++) {
        expect((await deliver(bare, account, { secret: 'not-the-secret' })).status).toBe(401);
      }
      const sent = await Promise.all(Array.from({ length: 12 }, () => deliver(bare, account)));
      const taken = sent.filter(s => s.status === 200);
      expect(taken.length).toBeGreaterThanOrEqual(5);
      const refused = sent.find(s => s.status === 429);
      expect(refused).toBeDefined();
      const { url, ...request } = refused!.request;
      const again = await fetch(url, { ...request, method: 'POST' });
      expect(again.status).toBe(429);
      expect(Number(again.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      await expect
        .poll(async () => (await rejections(bare)).filter(r => r.cause === 'RATE_LIMITED').map(r => r.delivery_key))
        .toContain(refused?.deliveryId);
      bare.clock.advance(10_000);
      expect((await fetch(url, { ...request, method: 'POST' })).status).toBe(200);
    } finally {
      await bare.stop();
    }
  });

  test('of one project do not keep another of the same account from its receipts', async () => {
    const bare = await startWorld({ environment: { MOBIUS_PROJECT_DELIVERIES_PER_SECOND: '1' } });
    try {
      await addIntegration(bare, project, account);
      // All at once: a slow machine would give the bucket time to fill again between them.
      await Promise.all(Array.from({ length: 10 }, () => deliver(bare, account)));
      const full = (await receipts(project, bare)).length;
      expect(full).toBeLessThan(10);
      await addIntegration(bare, `${project}-b`, account);
      const sent = await deliver(bare, account);
      expect(sent.status).toBe(429);
      expect((await receipts(`${project}-b`, bare)).map(e => e.deliveryKey)).toEqual([sent.deliveryId]);
    } finally {
      await bare.stop();
    }
  });

  test('let one take overdraw a bucket, and wait for it to fill again', () => {
    let nowMs = 0;
    const limit = createRateLimit({ perSecond: 2, burst: 4, now: () => new Date(nowMs) });
    expect(limit.take('a', 10)).toBe(0);
    expect(limit.take('a')).toBe(3_500);
    expect(limit.take('b')).toBe(0);
    nowMs = 3_500;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(500);
    nowMs = 1_000_000;
    for (let i = 0; i < 4; i++) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(500);
  });
});

describe('an event of an account that nobody has connected', () => {
  const kept = async () => {
    const { rows } = await world.db.query('select * from unmatched_events where account_id = $1', [account]);
    return rows;
  };

  test('is kept, and recorded and published in order when an integration of the account appears', async () => {
    account = world.seeds.linear.organizations[0]?.id ?? '';
    const sent = [];
    for (let i = 0; i < 3; i++) sent.push(await deliver(world, account, { happening: `early-${i}` }));
    expect(sent.map(s => s.status)).toEqual([200, 200, 200]);
    // The same delivery again.
    await deliver(world, account, { deliveryId: sent[0]?.deliveryId, happening: 'early-0' });
    expect(await kept()).toHaveLength(4);
    const { integration } = await world.rpc(IntegrationService).connectProvider({
      project,
      provider: 'linear',
      credentials: { api_key: world.seeds.linear.apiKey },
    });
    await expect.poll(async () => (await receipts()).length).toBe(4);
    const all = (await receipts()).toReversed();
    expect(all.map(e => DeliveryStage[e.stage])).toEqual(['PUBLISHED', 'PUBLISHED', 'PUBLISHED', 'DUPLICATE']);
    expect(all.slice(0, 3).map(e => e.deliveryKey)).toEqual(sent.map(s => s.deliveryId));
    expect(new Set(all.map(e => e.integrationId))).toEqual(new Set([integration?.id]));
    expect(await kept()).toEqual([]);
    const { rows } = await world.db.query(
      `select e.delivery_key, e.occur_time is not null as has_time from integration_events e
       join source_events s on s.project = e.project and s.integration_event_id = e.id
       where e.project = $1 order by s.publish_time`,
      [project],
    );
    expect(rows).toEqual(sent.map(s => ({ delivery_key: s.deliveryId, has_time: true })));
  });

  test('is found by the sweep where the integration appeared unheard', async () => {
    await deliver(world, account);
    await addIntegration(world, project, account);
    expect(await receipts()).toEqual([]);
    await sweepEvents(world.service.deps);
    expect(await receipts()).toHaveLength(1);
    await sweepEvents(world.service.deps);
    expect(await receipts()).toHaveLength(1);
  });

  test('waits for a day and no longer', async () => {
    await deliver(world, account);
    world.clock.advance(25 * 3_600_000);
    await addIntegration(world, project, account);
    await sweepEvents(world.service.deps);
    expect(await receipts()).toEqual([]);
    expect(await kept()).toEqual([]);
  });

  test('is kept up to a thousand times', async () => {
    await deliver(world, account);
    await world.db.query(
      `insert into unmatched_events select provider, account_id, id || n, source, receive_time, delivery_key, event_type,
         event from unmatched_events, generate_series(1, 999) n where account_id = $1`,
      [account],
    );
    expect((await deliver(world, account)).status).toBe(200);
    expect(await kept()).toHaveLength(1_000);
  });

  test('without an account is not kept', async () => {
    const before = await world.db.query('select count(*)::int as n from unmatched_events');
    const body = linearBody(world, account);
    expect(body).toContain(account);
    const sent = await world.sandbox.deliver('jira', { event: 'jira:issue_created', payload: { issue: {} } });
    expect(sent.status).toBe(200);
    const after = await world.db.query('select count(*)::int as n from unmatched_events');
    expect(after.rows).toEqual(before.rows);
  });
});
