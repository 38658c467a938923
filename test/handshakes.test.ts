import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveWebhooks } from '../src/events/webhook.ts';
import { providers } from '../src/providers/index.ts';
import {
  head,
  headerEcho,
  jsonEcho,
  ping,
  queryEcho,
  tokenEcho,
  unsignedJsonEcho,
  unsignedNotice,
} from '../src/providers/kit/handshakes.ts';
import { openCatalog } from '../src/providers/live_catalog.ts';
import type { Provider } from '../src/providers/provider.ts';
import { Secret } from '../src/secret.ts';
import { delivery } from './verifier_stage.ts';
import { startWorld, type World } from './world.ts';

describe('handshakes', () => {
  const secrets = [new Secret('our-token')];
  const greeting = (method: string, query: string, headers: Record<string, string> = {}) => ({
    method,
    headers,
    query: new URLSearchParams(query),
  });

  test('echo what was asked and nothing that a browser would run', () => {
    const byQuery = queryEcho('validationToken');
    expect(byQuery(greeting('POST', 'validationToken=abc-123'), [])).toMatchObject({ status: 200, body: 'abc-123' });
    expect(byQuery(greeting('POST', ''), [])).toBeUndefined();
    for (const evil of ['<script>', 'a\r\nb', 'x'.repeat(2_000), '']) {
      expect(byQuery(greeting('GET', String(new URLSearchParams({ validationToken: evil }))), [])).toBeUndefined();
    }
    const byHeader = headerEcho('x-hook-secret');
    expect(byHeader(greeting('POST', '', { 'x-hook-secret': 'abc' }), [])).toMatchObject({
      body: '',
      headers: { 'x-hook-secret': 'abc' },
    });
    expect(byHeader(greeting('POST', ''), [])).toBeUndefined();
  });

  test('give an unsigned JSON challenge back, and nothing of a body that holds more', () => {
    const ask = (body: unknown) => unsignedJsonEcho('challenge')(Buffer.from(JSON.stringify(body)));
    expect(ask({ challenge: 'abc-123' })).toEqual({
      status: 200,
      contentType: 'application/json',
      body: '{"challenge":"abc-123"}',
    });
    for (const body of [{}, { challenge: 'abc', event: {} }, { challenge: '<script>' }, { challenge: 7 }, [], 'text']) {
      expect(ask(body)).toBeUndefined();
    }
    expect(ask({ challenge: 'x'.repeat(3_000) })).toBeUndefined();
    expect(unsignedJsonEcho('challenge')(Buffer.from('{'))).toBeUndefined();
  });

  test('hear an unsigned notice of one text, and show nothing of it', () => {
    const ask = (body: unknown) => unsignedNotice('token')(Buffer.from(JSON.stringify(body)));
    expect(ask({ token: 'abc' })).toMatchObject({ status: 200, body: '' });
    for (const body of [{}, { token: '' }, { token: 7 }, { token: 'abc', more: 1 }, 'text'])
      expect(ask(body)).toBeUndefined();
  });

  test('give the challenge back only to who knows the token', () => {
    const greet = tokenEcho({ token: 'hub.verify_token', challenge: 'hub.challenge' });
    const ask = (token: string) => greet(greeting('GET', `hub.verify_token=${token}&hub.challenge=42`), secrets);
    expect(ask('our-token')?.body).toBe('42');
    expect(ask('another')).toBeUndefined();
    expect(greet(greeting('GET', 'hub.verify_token=our-token&hub.challenge=42'), [])).toBeUndefined();
  });

  test('answer a HEAD, a ping and a JSON challenge', () => {
    expect(head(greeting('HEAD', ''))?.status).toBe(200);
    expect(head(greeting('GET', ''))).toBeUndefined();
    const verified = (body: object) => delivery(JSON.stringify(body)) as Parameters<ReturnType<typeof ping>>[0];
    const isPing = ping(one => one.body.byteLength < 10);
    expect(isPing(verified({}))?.status).toBe(200);
    expect(isPing(verified({ long: 'enough' }))).toBeUndefined();
    const byJson = jsonEcho(body => body.type === 'challenge', 'challenge');
    expect(byJson(verified({ type: 'challenge', challenge: 'abc' }))?.body).toBe('abc');
    expect(byJson(verified({ type: 'event', challenge: 'abc' }))).toBeUndefined();
  });
});

describe('on the edge', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('an unsigned question in a body is answered, and what is signed wrongly or asks more is not', async () => {
    const { deps } = world.service;
    const slack = providers.find(({ id }) => id === 'slack')!;
    const webhook = { ...slack.webhook!, bodyGreeting: unsignedJsonEcho('challenge') };
    const webhooks = serveWebhooks({ ...deps, catalog: openCatalog([{ ...slack, webhook }]) });
    const server = createServer((req, res) => void webhooks.serve(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/provider/slack/webhook`;
    const post = (url: string, body: string, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'POST', body, headers });
    try {
      const url = `${base}/${webhook.endpoints[0]!.suffix}`.replace(/\/$/, '');
      const answer = await post(url, '{"challenge":"abc"}');
      expect([answer.status, await answer.text()]).toEqual([200, '{"challenge":"abc"}']);
      expect((await post(url, '{"challenge":"abc","event":{}}')).status).toBe(401);
      const signed = { 'x-slack-signature': 'v0=00', 'x-slack-request-timestamp': '1' };
      expect((await post(url, '{"challenge":"abc"}', signed)).status).toBe(401);
      expect((await post(`${base}/nowhere`, '{"challenge":"abc"}')).status).toBe(401);
    } finally {
      await webhooks.drain();
      server.close();
    }
  });

  test('an unsigned greeting is answered by any method, and everything else as before', async () => {
    const [linear] = providers.filter(({ id }) => id === 'linear') as [Provider];
    const webhook = { ...linear.webhook!, greeting: queryEcho('validationToken') };
    const deps = { ...world.service.deps, catalog: openCatalog([{ ...linear, webhook }]) };
    const webhooks = serveWebhooks(deps);
    const server = createServer((req, res) => void webhooks.serve(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/provider/linear/webhook`;
    try {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(`${base}?validationToken=abc`, { method });
        expect([answer.status, await answer.text()]).toEqual([200, 'abc']);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      }
      expect((await fetch(base)).status).toBe(405);
      expect((await fetch(base, { method: 'POST', body: randomBytes(4) })).status).toBe(401);
      expect((await fetch(`${base}/nowhere?validationToken=abc`)).status).toBe(405);
    } finally {
      await webhooks.drain();
      server.close();
    }
  });
});
