import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { startPostgres } from '../src/dev/postgres.ts';
import { readBody } from '../src/events/read_body.ts';
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
  project = `w${++count}`;
  account = randomUUID();
});

async function receipts(of = project, more: object = {}) {
  return (await world.rpc(EventService).listIntegrationEvents({ project: of, ...more })).events;
}

function webhookUrl(rest: string): string {
  return `${world.edgeUrl}/v1/provider/${rest}`;
}

describe('the edge bounds what it reads', () => {
  const post = (init: RequestInit) => fetch(webhookUrl('linear/webhook'), { method: 'POST', ...init });

  test('a body over 1 MiB is answered 413, also when its length is not told', async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, 0x20);
    expect((await post({ body: large })).status).toBe(413);
    const chunks = new ReadableStream({
      start: controller => {
        for (let i = 0; i < 3; i++) controller.enqueue(large.subarray(0, 512 * 1024));
        controller.close();
      },
    });
    expect((await post({ body: chunks, duplex: 'half' } as RequestInit)).status).toBe(413);
    expect((await post({ body: large.subarray(1) })).status).toBe(401);
  });

  test('a compressed body is answered 415', async () => {
    expect((await post({ body: 'x', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    expect((await post({ body: 'x', headers: { 'content-encoding': 'identity' } })).status).toBe(401);
  });

  test('other methods are answered 405', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await fetch(webhookUrl('linear/webhook'), { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  test('too many headers are answered 431', async () => {
    const headers = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x-${i}`, '1']));
    expect((await post({ body: 'x', headers })).status).toBe(431);
  });

  test('a signature sent twice is not accepted', async () => {
    await addIntegration(world, project, account);
    const body = linearBody(world, account);
    const { request } = await world.sandbox.deliver('linear', { event: 'Issue.create', raw: body });
    const status = await new Promise(resolve => {
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        name.toLowerCase() === 'linear-signature' ? [name, value, name, 'x'] : [name, value],
      );
      headers.push('host', new URL(request.url).host);
      httpRequest(request.url, { method: 'POST', headers }, res => {
        res.resume();
        resolve(res.statusCode);
      }).end(request.body);
    });
    expect(status).toBe(401);
    expect(await receipts()).toHaveLength(1);
  });

  test('a body that is not there in time is given up, and one that breaks off is not taken for whole', async () => {
    const results: string[] = [];
    const server = createServer((req, res) => {
      void readBody(req, 1_000, 100).then(read => {
        results.push(typeof read === 'string' ? read : `${read.byteLength} bytes`);
        res.writeHead(204, { connection: 'close' }).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const begin = () => {
      const req = httpRequest({ port: (server.address() as AddressInfo).port, method: 'POST', headers: { a: 'b' } });
      req.on('error', () => undefined);
      req.write('half');
      return req;
    };
    const slow = begin();
    await expect.poll(() => results).toEqual(['TOO_LATE']);
    const broken = begin();
    await new Promise(resolve => broken.once('socket', socket => socket.once('connect', resolve)));
    broken.destroy();
    await expect.poll(() => results).toEqual(['TOO_LATE', 'BROKEN']);
    begin().end(' whole');
    await expect.poll(() => results).toEqual(['TOO_LATE', 'BROKEN', '10 bytes']);
    slow.destroy();
    server.close();
  });

  test('any bytes, headers and paths get a status and never end the process', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('linear', 'slack', 'github', 'jira', 'openai', 'nobody', '%00', '__proto__'),
        fc.webPath(),
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', ''),
        async (body, provider, rest, contentType) => {
          const answer = await fetch(webhookUrl(`${provider}/webhook${rest}`), {
            method: 'POST',
            body: Buffer.from(body),
            headers: contentType === '' ? {} : { 'content-type': contentType },
          });
          const text = await answer.text();
          // `/..` in the path leads out of here.
          return [401, 404].includes(answer.status) && text.length < 300;
        },
      ),
      { numRuns: 100 },
    );
  });

  test('any genuine JSON is recorded or answered 400, whatever its texts hold', async () => {
    await addIntegration(world, project, account);
    await fc.assert(
      fc.asyncProperty(fc.json({ depthSize: 'small' }), fc.string({ unit: 'binary' }), async (json, text) => {
        const sent = await deliver(world, account, { more: { data: { text, any: JSON.parse(json) }, [text]: text } });
        return [200, 400].includes(sent.status);
      }),
      { numRuns: 100 },
    );
    for (const text of ['\0', 'a\ud800b', '\u{10FFFF}', '__proto__', "'; drop table x; --", '\\', '?']) {
      expect((await deliver(world, account, { more: { [text]: text, data: { text } } })).status).toBe(200);
    }
    for (const { payload } of await receipts(project, { includePayload: true })) expect(payload).toBeDefined();
  });
});

describe('while the store is away', () => {
  test('a delivery is answered 503 with Retry-After, and goes in when it is sent again', {
    timeout: 60_000,
  }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mobius-away-'));
    chmodSync(dataDir, 0o755);
    const start = (port?: number) => startPostgres({ dataDir, port, settings: { fsync: 'off' } });
    let postgres = await start();
    const bare = await startWorld({ environment: { DATABASE_URL: await postgres.createDatabase('away') } });
    const db = new Pool({ connectionString: `${postgres.url.replace(/postgres$/, 'away')}`, max: 1 });
    db.on('error', () => undefined);
    try {
      await addIntegration({ db }, project, account);
      expect((await deliver(bare, account)).status).toBe(200);
      await postgres.stop();
      const refused = await Promise.all(Array.from({ length: 5 }, () => deliver(bare, account)));
      expect(refused.map(r => r.status)).toEqual(Array(5).fill(503));
      const again = (): Promise<Response[]> =>
        Promise.all(refused.map(({ request }) => fetch(request.url, { ...request, method: 'POST' })));
      const [answer] = await again();
      expect(answer?.headers.get('retry-after')).toBe('1');
      expect(await answer?.json()).toEqual({ error: 'try again later' });
      postgres = await start(postgres.port);
      await expect
        .poll(async () => (await again()).map(a => a.status), { timeout: 10_000 })
        .toEqual(Array(5).fill(200));
      const { rows } = await db.query(
        'select count(distinct delivery_key)::int as n from integration_events where stage = $1',
        ['RECORDED'],
      );
      expect(rows[0].n).toBe(6);
      expect(bare.logs.join('\n')).not.toContain(account);
    } finally {
      await db.end();
      await bare.stop();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
