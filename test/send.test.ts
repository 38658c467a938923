import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ConnectError } from '@connectrpc/connect';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditOutcome } from '../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { CUT, createSecretCutter } from '../src/credentials/cut_secrets.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer };

let world: World;
let vendor: Server;
let origin: string;
let seen: Seen[];
let answer: (seen: Seen, response: ServerResponse) => void;
let project: string;
let count = 0;
let key: string;
const names = new Map<string, string[]>();

beforeAll(async () => {
  vendor = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
    seen.push(one);
    answer(one, response);
  });
  await new Promise<void>(resolve => vendor.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  world = await startWorld({
    platform: file => {
      file.providers.openai!.endpoints = { api: `${origin}/v1` };
      // Reached as the vendor has it: nothing of the operator's.
      delete file.providers.linear!.endpoints;
    },
    lookup: async host => (names.get(host) ?? []).map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
  });
  key = world.seeds.openai.platformKey;
});
afterAll(async () => {
  await world.stop();
  vendor.closeAllConnections();
  await new Promise(resolve => vendor.close(resolve));
});
beforeEach(() => {
  project = `s${++count}`;
  seen = [];
  answer = (_, response) => response.end('ok');
  names.clear();
});

function send(more: object = {}) {
  return world.internal(CredentialService, 'executor').sendAuthorizedRequest({
    project,
    target: { case: 'provider', value: 'openai' },
    purpose: 'openai.response.create',
    runId: 'run_7',
    method: 'GET',
    url: '/models',
    ...more,
  });
}

const records = async () =>
  (await world.rpc(AuditService).listAuditRecords({ project, action: 'credential.send' })).records;

/** A webhook whose host the integration's own config names. */
async function connectHook(url: string): Promise<{ case: 'provider'; value: string }> {
  const config = { webhook_url: url };
  await world.rpc(IntegrationService).connectProvider({ project, provider: 'clay', config });
  return { case: 'provider', value: 'clay' };
}

describe('a request sent for the caller', () => {
  test('carries the credential to the provider, and the answer comes back', async () => {
    answer = (_, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-a': ['1', '2'], 'set-cookie': 'session=abc' });
      response.end('{"ok":true}');
    };
    const body = Buffer.from('{"a":1}');
    const told = await send({
      method: 'POST',
      url: '/responses?x=1',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(told).toMatchObject({ status: 201, redactionCount: 0 });
    expect(Buffer.from(told.body).toString()).toBe('{"ok":true}');
    expect(told.headers['x-a']).toBe('1, 2');
    expect(told.headers).not.toHaveProperty('set-cookie');
    expect(told.providerTime).toBeDefined();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/responses?x=1', body });
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
  });

  test('is on record like a resolve: who, why, for which run, where to; no path, no secret', async () => {
    await send({ url: '/models?token=private' });
    await reasonOf(send({ url: 'https://elsewhere.example/x' }));
    const [refused, sent] = await records();
    expect(sent).toMatchObject({ purpose: 'openai.response.create', runId: 'run_7', provider: 'openai' });
    expect(sent?.caller).toContain('action-executor');
    expect(sent?.leaseId).toMatch(/^lease_/);
    expect(sent?.changes[0]?.after).toBe(`"GET ${new URL(origin).host}"`);
    expect(refused).toMatchObject({ outcome: AuditOutcome.DENIED, reason: 'HOST_NOT_ALLOWED' });
  });

  test('does not leave where the record cannot be written', async () => {
    await world.db.query('alter table audit_records rename to audit_records_away');
    try {
      expect(await reasonOf(send())).toBe('AUDIT_UNAVAILABLE');
    } finally {
      await world.db.query('alter table audit_records_away rename to audit_records');
    }
    expect(seen).toHaveLength(0);
  });

  test('needs what a resolve needs', async () => {
    expect(await reasonOf(send({ target: { case: 'provider', value: 'linear' } }))).toBe('NOT_CONFIGURED');
    const stranger = world.internal(CredentialService, 'stranger').sendAuthorizedRequest({
      project,
      target: { case: 'provider', value: 'openai' },
      purpose: 'a.b',
      runId: 'r',
      method: 'GET',
      url: '/models',
    });
    expect(await reasonOf(stranger)).toBe('PERMISSION_MISSING');
  });

  test.each([
    'Authorization',
    'authorization',
    'Host',
    'Connection',
    'Transfer-Encoding',
    'Cookie',
    'Content-Length',
    'Proxy-Authorization',
  ])("the caller's own %s is refused", async name => {
    expect(await reasonOf(send({ headers: { [name]: 'x' } }))).toBe('FIELD_INVALID');
    expect(seen).toHaveLength(0);
  });

  test('a header with a line break is refused', async () => {
    expect(await reasonOf(send({ headers: { 'x-a': 'b\r\nauthorization: c' } }))).toBe('FIELD_INVALID');
    expect(seen).toHaveLength(0);
  });

  test('bodies go up to ten megabytes each way', async () => {
    const big = Buffer.alloc(10 * 1024 * 1024, 'a');
    answer = (one, response) => response.end(one.body);
    const told = await send({ method: 'POST', body: big });
    expect(Buffer.from(told.body).equals(big)).toBe(true);
    answer = (_, response) => response.end(Buffer.alloc(big.length + 1));
    expect(await reasonOf(send())).toBe('RESPONSE_TOO_LARGE');
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    };
    expect(await reasonOf(send())).toBe('RESPONSE_TOO_LARGE');
  });

  test('an answer that does not come is PROVIDER_UNAVAILABLE after the timeout, and is not sent again', async () => {
    answer = () => undefined;
    expect(await reasonOf(send({ timeout: { seconds: 0n, nanos: 200_000_000 } }))).toBe('PROVIDER_UNAVAILABLE');
    answer = (_, response) => response.destroy();
    expect(await reasonOf(send())).toBe('PROVIDER_UNAVAILABLE');
    expect(seen).toHaveLength(2);
  });
});

describe('where it may go', () => {
  test.each([
    'https://elsewhere.example/v1/models',
    'http://elsewhere.example/v1/models',
    'ORIGIN@elsewhere.example/v1',
    'http://user:pass@HOST/v1/models',
    'ftp://HOST/v1',
    '/../outside',
    '/a/../../outside',
    '/\\..\\../outside',
    'not a url',
  ])('%s is refused', async text => {
    const url = text.replace('ORIGIN', origin).replace('HOST', new URL(origin).host);
    expect(await reasonOf(send({ url }))).toBe('HOST_NOT_ALLOWED');
    expect(seen).toHaveLength(0);
  });

  test("a path stays below the API's base, however it looks", async () => {
    await send({ url: '//elsewhere.example/x' });
    expect(seen[0]?.url).toBe('/v1//elsewhere.example/x');
  });

  test("http is for the operator's own endpoints only", async () => {
    await connectHook('https://hook.example/in');
    const target = { case: 'provider', value: 'clay' };
    expect(await reasonOf(send({ target, url: 'http://hook.example/in' }))).toBe('HOST_NOT_ALLOWED');
  });

  test.each([
    ['https://127.0.0.1/in', []],
    ['https://[::1]/in', []],
    ['https://[::ffff:127.0.0.1]/in', []],
    ['https://2130706433/in', []],
    ['https://0x7f.1/in', []],
    ['https://169.254.169.254/latest/meta-data', []],
    ['https://hook.example/in', ['10.1.2.3']],
    ['https://hook.example/in', ['93.184.216.34', '192.168.0.1']],
    ['https://hook.example/in', ['fd00::1']],
    ['https://hook.example/in', ['::ffff:169.254.169.254']],
    ['https://hook.example/in', ['64:ff9b::a9fe:a9fe']],
  ])('%s at %s is a private address', async (url, addresses) => {
    names.set('hook.example', addresses);
    const target = await connectHook(url);
    expect(await reasonOf(send({ target, url, method: 'POST' }))).toBe('HOST_NOT_ALLOWED');
  });

  test('a redirect within the host is followed at most five times, with every rule checked anew', async () => {
    answer = (one, response) => {
      const n = Number(/\d+$/.exec(one.url)?.[0]);
      response.writeHead(n === 0 ? 200 : 302, n === 0 ? {} : { location: `/v1/hop/${n - 1}` }).end();
    };
    expect((await send({ url: '/hop/5' })).status).toBe(200);
    expect(seen).toHaveLength(6);
    expect(seen.every(each => each.headers.authorization === `Bearer ${key}`)).toBe(true);
    expect((await send({ url: '/hop/6' })).status).toBe(302);
  });

  test('a redirect elsewhere is the answer, and nothing goes there', async () => {
    let strays = 0;
    const other = createServer((_, response) => {
      strays += 1;
      response.end();
    });
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/?k=${key}`;
    answer = (_, response) => response.writeHead(307, { location }).end();
    const told = await send({ method: 'POST', body: Buffer.from('x') });
    expect(told.status).toBe(307);
    expect(told.headers.location).toBe(location.replace(key, CUT));
    expect(strays).toBe(0);
    await new Promise(resolve => other.close(resolve));
  });

  test('a write that is redirected as browsers do becomes a read without its body; 307 keeps it', async () => {
    for (const [status, method, length] of [
      [303, 'GET', 0],
      [307, 'POST', 4],
    ] as const) {
      seen = [];
      answer = (one, response) =>
        one.url === '/v1/a' ? response.writeHead(status, { location: '/v1/b' }).end() : response.end();
      await send({ method: 'POST', url: '/a', body: Buffer.from('body') });
      expect(seen[1]).toMatchObject({ method, url: '/v1/b' });
      expect(seen[1]?.body).toHaveLength(length);
    }
  });
});

describe("the provider's limits", () => {
  test('a 429 is the answer, and until its Retry-After is over later calls are refused here', async () => {
    const credentials = { api_key: world.seeds.openai.projectKey };
    answer = (_, response) => response.end('{"object":"list","data":[]}');
    await world.rpc(IntegrationService).connectProvider({ project, provider: 'openai', credentials });
    seen = [];
    answer = (_, response) => response.writeHead(429, { 'retry-after': '30' }).end('slow down');
    expect((await send()).status).toBe(429);
    const error = await send().catch((e: unknown) => e as ConnectError);
    expect(error).toBeInstanceOf(ConnectError);
    expect(await reasonOf(send())).toBe('RATE_LIMITED');
    const delay = (error as ConnectError).findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds;
    expect(Number(delay)).toBeGreaterThan(25);
    expect(seen).toHaveLength(1);
    // Another project's credential is another's limit.
    answer = (_, response) => response.end('ok');
    expect(await reasonOf(send({ project: `${project}-b` }))).toBe('OK');
    world.clock.advance(31_000);
    expect((await send()).status).toBe(200);
  });
});

describe('secrets in what comes back', () => {
  test('are cut out of body and headers in every form they come in, and counted', async () => {
    const forms = [
      key,
      encodeURIComponent(key),
      [...Buffer.from(key)].map(b => `%${b.toString(16).toUpperCase()}`).join(''),
      JSON.stringify(key).slice(1, -1),
      [...key].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      Buffer.from(key).toString('base64'),
      Buffer.from(`user:${key}`).toString('base64'),
      Buffer.from(`x:${key}:and more`).toString('base64url'),
      Buffer.from(key).toString('hex'),
      Buffer.from(key).toString('hex').toUpperCase(),
    ];
    answer = (one, response) => {
      response.writeHead(400, { 'x-echo': `was ${one.headers.authorization}` });
      response.end(forms.join('\n'));
    };
    const told = await send();
    const text = Buffer.from(told.body).toString();
    for (const form of forms) expect(text).not.toContain(form);
    expect(text.split('\n')).toHaveLength(forms.length);
    expect(told.headers['x-echo']).toBe(`was ${CUT}`);
    expect(told.redactionCount).toBe(forms.length + 1);
  });

  test('are found inside a compressed answer too', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(`{"you_sent":"${key}"}`));
    };
    const told = await send();
    expect(Buffer.from(told.body).toString()).toBe(`{"you_sent":"${CUT}"}`);
    expect(told.headers).not.toHaveProperty('content-encoding');
  });

  test('whatever the secret is made of, none of its forms is left, and other bytes stay as they are', () => {
    const secret = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 64 }), (value, noise) => {
        const cut = createSecretCutter([value]);
        const utf8 = Buffer.from(value);
        const forms = [
          utf8,
          Buffer.from(encodeURIComponent(value)),
          Buffer.from(JSON.stringify(value).slice(1, -1)),
          Buffer.from(utf8.toString('hex')),
          Buffer.from(utf8.toString('base64')),
        ];
        for (const form of forms) {
          const { bytes, count } = cut(Buffer.concat([Buffer.from([0]), form, Buffer.from([255])]));
          expect(count).toBeGreaterThan(0);
          expect(bytes.includes(form)).toBe(false);
        }
        const plain = Buffer.from(noise);
        if (!plain.includes(utf8)) expect(cut(plain).bytes.equals(plain) || cut(plain).count > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
