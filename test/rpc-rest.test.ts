import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CatalogView, ConnectionState } from '../gen/mobius/integrations/v1/catalog_pb.js';
import { fieldsOf, type RestStage, startRestStage } from './rest-stage.ts';

let stage: RestStage;
beforeAll(async () => {
  stage = await startRestStage();
});
afterAll(() => stage.stop());

const base = '/v1/projects/demo';
const ask: RestStage['ask'] = (...request) => stage.ask(...request);

describe('a call over REST', () => {
  test('answers JSON with proto field names and defaults, and passes the same interceptors', async () => {
    const answer = await ask('GET', `${base}/integrations/providers`, { headers: { 'x-request-id': 'req-7' } });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      providers: [{ id: 'slack', display_name: '', connection_state: 'CONNECTION_STATE_CONNECTED', event_types: [] }],
      next_page_token: '',
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'req-7',
    });
    expect(stage.plumbing.calls.at(-1)).toMatchObject({
      protocol: 'rest',
      caller: 'user:alice',
      project: 'demo',
      requestId: 'req-7',
    });
  });

  test('reads query parameters of every kind', async () => {
    await ask(
      'GET',
      `${base}/integrations/providers?view=full&page_size=7&connection_state=CONNECTION_STATE_CONNECTED&category=a%20b%2Bc+d`,
    );
    expect(stage.seen.requests.listProviders).toMatchObject({
      project: 'demo',
      view: CatalogView.FULL,
      pageSize: 7,
      connectionState: ConnectionState.CONNECTED,
      category: 'a b+c d',
    });
    const session = `${base}/integrations/connect-sessions/csns_1/wait?timeout=1.5s`;
    expect((await ask('GET', session)).status).toBe(200);
    expect(stage.seen.requests.waitConnectSession).toMatchObject({
      session: 'csns_1',
      timeout: { seconds: 1n, nanos: 500_000_000 },
    });
    for (const query of [
      'depends_on.site=one&depends_on.project=two',
      'depends_on%5Bsite%5D=one&dependsOn[project]=two',
    ]) {
      expect((await ask('GET', `${base}/references/jira.issue/lookup?${query}`)).status).toBe(200);
      expect(stage.seen.requests.lookupReferences).toMatchObject({
        referenceType: 'jira.issue',
        dependsOn: { site: 'one', project: 'two' },
      });
    }
  });

  test('reads bodies, with path fields that may be repeated there but not contradicted', async () => {
    const body = { name: 'Acme', tags: { team: 'a' }, config: { deep: [1, { x: null }] }, is_default: false };
    const path = `${base}/integrations/intg_1`;
    expect((await ask('PATCH', path, { body: JSON.stringify({ ...body, project: 'demo' }) })).status).toBe(200);
    expect(stage.seen.requests.updateIntegration).toMatchObject({
      project: 'demo',
      integration: 'intg_1',
      name: 'Acme',
      isDefault: false,
      tags: { team: 'a' },
    });
    const contradicted = await ask('PATCH', path, { body: JSON.stringify({ ...body, project: 'other' }) });
    expect(contradicted.status).toBe(400);
    expect(fieldsOf(contradicted)).toEqual(['project']);
    expect((await ask('PATCH', path, { body: '{"status": "inactive"}' })).status).toBe(200);
    expect((await ask('PATCH', path)).status).toBe(200);
  });

  test('HEAD answers like GET without a body, and an etag saves the body', async () => {
    const path = `${base}/integrations`;
    const get = await ask('GET', path);
    const head = await ask('HEAD', path);
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers.get('content-length')).toBe(Buffer.byteLength(get.body).toString());
    const etag = get.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    for (const sent of [etag, `"x", ${etag.slice(2)}`, '*']) {
      const again = await ask('GET', path, { headers: { 'if-none-match': sent } });
      expect(again).toMatchObject({ status: 304, body: '' });
    }
    expect((await ask('GET', path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect((await ask('DELETE', `${path}/intg_1`)).headers.get('etag')).toBeNull();
  });

  test('the most literal path wins', async () => {
    expect((await ask('GET', `${base}/integrations/events`)).json).toHaveProperty('events');
    expect((await ask('GET', `${base}/integrations/intg_events`)).json).toHaveProperty('integration.id', 'intg_events');
    // A word that is a path of its own is never taken for an id.
    expect((await ask('DELETE', `${base}/integrations/events`)).status).toBe(405);
  });
});

describe('errors over REST', () => {
  test('carry code, reason, metadata, status and the headers that belong to them', async () => {
    const absent = await ask('GET', `${base}/integrations/providers/absent`);
    expect(absent.status).toBe(404);
    expect(absent.json).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.any(String),
        reason: 'PROVIDER_NOT_FOUND',
        metadata: { provider: 'absent' },
      },
    });
    const busy = await ask('GET', `${base}/integrations/providers/busy`);
    expect(busy.status).toBe(429);
    expect(busy.headers.get('retry-after')).toBe('2');
    expect(busy.json?.error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retry_after: 2 });
    const broken = await ask('GET', `${base}/integrations/providers/broken`);
    expect(broken.status).toBe(500);
    expect(broken.json?.error).toMatchObject({
      message: 'internal error',
      reason: 'INTERNAL',
      metadata: { call_id: broken.headers.get('x-request-id') },
    });
    const later = await ask('POST', `${base}/integrations/intg_1/rotate`, { body: '{}' });
    expect(later.status).toBe(501);
    expect(later.json?.error.reason).toBe('NOT_IMPLEMENTED');
  });

  test('no token, a bad one and no grant', async () => {
    const none = await fetch(`${stage.edge.url}${base}/integrations`);
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="mobius"');
    expect(await none.json()).toMatchObject({ error: { reason: 'CALLER_UNKNOWN', metadata: { listener: 'edge' } } });
    const bad = await ask('GET', `${base}/integrations`, { headers: { authorization: 'Bearer x.y.z' } });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const foreign = await ask('GET', '/v1/projects/other/integrations');
    expect(foreign.status).toBe(403);
    expect(foreign.json?.error).toMatchObject({ reason: 'PERMISSION_MISSING', metadata: { project: 'other' } });
  });

  test('every bad parameter is named at once, and no value is echoed', async () => {
    const query =
      'page_size=abc9876&view=abc9876&nonsense=abc9876&project=abc9876&page_token=a&page_token=b&connection_state.x=1';
    const answer = await ask('GET', `${base}/integrations/providers?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json?.error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'FIELD_INVALID' });
    expect(fieldsOf(answer)?.sort()).toEqual([
      'connection_state.x',
      'nonsense',
      'page_size',
      'page_token',
      'project',
      'view',
    ]);
    expect(answer.body).not.toContain('abc9876');
    expect(stage.plumbing.calls.at(-1)).toMatchObject({
      protocol: 'rest',
      code: 'invalid_argument',
      reason: 'FIELD_INVALID',
      caller: undefined,
    });
  });

  test('every bad field of a body is named with its path', async () => {
    const body = {
      name: 7,
      scopes: ['a', 5],
      tags: { a: 1 },
      nonsense: 1,
      auth_kind: 'BEARER',
      make_default: 'yes',
      request_id: null,
    };
    const answer = await ask('POST', `${base}/integrations/providers/slack/connect`, { body: JSON.stringify(body) });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(['name', 'scopes[1]', 'tags[key]', 'nonsense', 'auth_kind', 'make_default']);
    const proto = await ask('POST', `${base}/integrations/providers/slack/connect`, {
      body: '{"tags": {"__proto__": "x"}}',
    });
    expect(proto.status).toBe(400);
    const twice = await ask('POST', `${base}/integrations/providers/slack/connect`, {
      body: '{"auth_kind": "OAUTH2", "authKind": "OAUTH2"}',
    });
    expect(fieldsOf(twice)).toEqual(['auth_kind']);
    const bounds = await ask('POST', `${base}/integrations/providers/slack/connect`, { body: '{"request_id": "a b"}' });
    expect(fieldsOf(bounds)).toEqual(['request_id']);
  });

  test.each([
    ['{"name": "secretsecret', 'line 1 column 10'],
    ['{"name": "a",}', 'line 1 column 14'],
    ['{\n "name": secretsecret}', 'line 2 column 10'],
    ['{"name": "a"} secretsecret', 'line 1 column 15'],
    ['{"name": "a", "name": "b"}', 'line 1 column 15'],
    ['[1, 2', 'line 1 column 6'],
    ['{"config": ' + '['.repeat(100_000), 'nests deeper than 64'],
    ['nullx', 'line 1 column 5'],
  ])('malformed JSON is refused at its place: %s', async (body, place) => {
    const answer = await ask('POST', `${base}/integrations/providers/slack/connect`, { body });
    expect(answer.status).toBe(400);
    expect(answer.json?.error.field_violations).toEqual([
      { field: 'body', description: expect.stringContaining(place) },
    ]);
    expect(answer.body).not.toContain('secretsecret');
  });

  test('a body that is no object, no UTF-8, not JSON by its type, compressed or too large', async () => {
    const path = `${base}/integrations/providers/slack/connect`;
    for (const body of ['[]', '"x"', 'null', '7']) expect((await ask('POST', path, { body })).status).toBe(400);
    const latin = await fetch(stage.edge.url + path, {
      method: 'POST',
      headers: { authorization: stage.authorization, 'content-type': 'application/json' },
      body: Buffer.from([0x22, 0xff, 0x22]),
    });
    expect(await latin.json()).toMatchObject({ error: { message: 'body: is not UTF-8' } });
    const typed = (type: string) => ask('POST', path, { body: '{}', headers: { 'content-type': type } });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonx',
    ]) {
      expect((await typed(type)).status, type).toBe(415);
    }
    expect((await typed('application/json; charset=utf-8')).status).toBe(200);
    expect((await ask('POST', path, { body: '{}', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    const large = JSON.stringify({ name: 'x'.repeat(3 * 1024 * 1024) });
    const refused = await ask('POST', path, { body: large });
    expect(refused.status).toBe(413);
    expect(refused.json?.error).toMatchObject({ reason: 'REQUEST_TOO_LARGE', metadata: { limit_bytes: '1048576' } });
  });

  test('a too large body of unannounced length is cut off', async () => {
    const socket = connectTcp(stage.edge.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST ${base}/integrations/providers/slack/connect HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`,
    );
    socket.write('Transfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let i = 0; i < 20; i++) socket.write(chunk);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  test('paths and methods that are not there', async () => {
    const unknown = await ask('GET', `${base}/nothing`);
    expect(unknown.status).toBe(404);
    expect(unknown.json?.error.code).toBe('NOT_FOUND');
    for (const path of [
      `${base}/integrations/`,
      `${base}//integrations`,
      '/v1/projects',
      '/v1/projects//integrations',
    ]) {
      expect((await ask('GET', path)).status, path).toBe(404);
    }
    expect((await ask('GET', `${base}/integrations/%ff`)).status).toBe(400);
    const put = await ask('PUT', `${base}/integrations/intg_1`, { body: '{}' });
    expect(put.status).toBe(405);
    expect(put.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH']);
    expect((await ask('GET', '/v1/provider/slack/callback')).body).toBe('not ours');
    expect((await ask('GET', '/v1/projectsx')).body).toBe('not ours');
  });

  test('a slash or dots in a path field stay in the field', async () => {
    const answer = await ask('GET', `${base}/integrations/..%2F..%2Fother%2Fintegrations`);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(['integration']);
  });

  test('a caller that hangs up stops the call', async () => {
    const before = stage.seen.aborted;
    const controller = new AbortController();
    const call = fetch(`${stage.edge.url}${base}/catalog/actions/slack.message.send`, {
      headers: { authorization: stage.authorization },
      signal: controller.signal,
    });
    call.catch(() => {});
    await sleep(100);
    controller.abort();
    await vi.waitFor(() => expect(stage.seen.aborted).toBe(before + 1));
    const late = await ask('GET', `${base}/catalog/actions/slack.message.send`, {
      headers: { 'connect-timeout-ms': '50' },
    });
    expect(late.status).toBe(504);
  });

  test('no request ends the process or gets an answer that is not JSON', async () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('%', '%ff', '..', '{project}', '?', '&', '=', 'a[b', ':', '//'),
    );
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
      tail: fc.array(piece, { maxLength: 4 }),
      body: fc.oneof(fc.json(), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, tail, body }) => {
        const path = encodeURI(`${base}/integrations/${tail.join('/')}`)
          .replaceAll('%25', '%')
          .replaceAll('#', '');
        const answer = await ask(method, path, method === 'POST' || method === 'PATCH' ? { body } : {});
        expect(answer.status).toBeLessThan(500 + (answer.status === 501 ? 2 : 0));
        expect(answer.json).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });
});
