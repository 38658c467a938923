import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectH2 } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Code, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BadRequestSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { Health } from '../gen/grpc/health/v1/health_pb.js';
import { VaultService } from '../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { createRpcHandler } from '../src/rpc/adapter.ts';
import { assertEveryMethodDeclares } from '../src/rpc/authorize.ts';
import { publicServices } from './rpc-harness.ts';
import { drain, failureOf, infoOf, type RpcStage, routes, secret, startRpcStage } from './rpc-stage.ts';

let stage: RpcStage;
const transports: Record<string, Transport> = {};
beforeAll(async () => {
  stage = await startRpcStage();
  const options = { baseUrl: stage.rpc.url, httpVersion: '2' } as const;
  transports.grpc = createGrpcTransport({ baseUrl: stage.rpc.url });
  transports['grpc-web'] = createGrpcWebTransport(options);
  transports.connect = createConnectTransport(options);
});
afterAll(() => stage.stop());

const lastCall = () => stage.plumbing.calls.at(-1);
const catalog = (protocol: string) => createClient(CatalogService, transports[protocol] as Transport);

describe.each(['grpc', 'grpc-web', 'connect'])('over %s', protocol => {
  test('a granted call reaches its method with its caller, and is logged once without bodies', async () => {
    const before = stage.plumbing.calls.length;
    let answered = '';
    const answer = await catalog(protocol).listProviders(
      { project: 'demo' },
      { headers: { ...stage.alice, 'x-request-id': 'req-1' }, onHeader: h => (answered = h.get('x-request-id') ?? '') },
    );
    expect(answer.providers[0]).toMatchObject({ id: 'demo', displayName: 'user:alice' });
    expect(answered).toBe('req-1');
    expect(stage.plumbing.calls.slice(before)).toEqual([
      {
        method: 'mobius.integrations.v1.CatalogService/ListProviders',
        caller: 'user:alice',
        project: 'demo',
        code: 'ok',
        reason: undefined,
        durationMs: expect.any(Number),
        protocol,
        requestId: 'req-1',
      },
    ]);
    expect(stage.plumbing.lines.at(-1)).toMatchObject({
      msg: 'call',
      code: 'ok',
      caller: 'user:alice',
      requestId: 'req-1',
    });
  });

  test('no token and a bad token are UNAUTHENTICATED, before anything else is looked at', async () => {
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }, { authorization: 'Basic abc' }]) {
      const err = await failureOf(catalog(protocol).listProviders({ project: 'NOT VALID' }, { headers }));
      expect(err.code).toBe(Code.Unauthenticated);
      expect(infoOf(err)).toMatchObject({
        reason: 'CALLER_UNKNOWN',
        domain: 'integrations.mobius',
        metadata: { listener: 'rpc' },
      });
    }
    const err = await failureOf(drain(catalog(protocol).watchReadiness({ project: 'demo' })));
    expect(infoOf(err)?.reason).toBe('CALLER_UNKNOWN');
  });

  test('a project without a grant is PERMISSION_DENIED, for streams too', async () => {
    const client = catalog(protocol);
    for (const call of [
      () => client.listProviders({ project: 'other' }, { headers: stage.alice }),
      () => drain(client.watchReadiness({ project: 'other' }, { headers: stage.alice })),
    ]) {
      const err = await failureOf(call());
      expect(err.code).toBe(Code.PermissionDenied);
      expect(infoOf(err)).toMatchObject({
        reason: 'PERMISSION_MISSING',
        metadata: { permission: 'catalog.read', project: 'other' },
      });
      expect(lastCall()).toMatchObject({ code: 'permission_denied', reason: 'PERMISSION_MISSING', project: 'other' });
    }
    const stranger = { authorization: `Bearer ${await stage.plumbing.token('user:mallory')}` };
    const err = await failureOf(client.listProviders({ project: 'demo' }, { headers: stranger }));
    expect(infoOf(err)?.reason).toBe('PERMISSION_MISSING');
  });

  test('every field that breaks its rule is named, and none of its content', async () => {
    const bad = { project: `!${secret}`, pageSize: -1 };
    const err = await failureOf(catalog(protocol).listProviders(bad, { headers: stage.alice }));
    expect(err.code).toBe(Code.InvalidArgument);
    expect(infoOf(err)).toMatchObject({ reason: 'FIELD_INVALID', metadata: { field: expect.any(String) } });
    const [bads] = err.findDetails(BadRequestSchema);
    expect(bads?.fieldViolations.map(f => f.field).sort()).toEqual(['page_size', 'project']);
    for (const violation of bads?.fieldViolations ?? []) expect(violation.description).toMatch(/must/);
    expect(JSON.stringify(err)).not.toContain(secret);
    const streamed = await failureOf(
      drain(catalog(protocol).watchReadiness({ project: '!' }, { headers: stage.alice })),
    );
    expect(infoOf(streamed)?.reason).toBe('FIELD_INVALID');
  });

  test('an error of ours keeps its code, reason, metadata and delay', async () => {
    const client = catalog(protocol);
    const absent = await failureOf(
      client.getProvider({ project: 'demo', provider: 'absent' }, { headers: stage.alice }),
    );
    expect(absent.code).toBe(Code.NotFound);
    expect(infoOf(absent)).toMatchObject({ reason: 'PROVIDER_NOT_FOUND', metadata: { provider: 'absent' } });
    const busy = await failureOf(client.getProvider({ project: 'demo', provider: 'busy' }, { headers: stage.alice }));
    expect(busy.code).toBe(Code.ResourceExhausted);
    expect(busy.findDetails(RetryInfoSchema)[0]?.retryDelay).toMatchObject({ seconds: 1n, nanos: 500_000_000 });
    const streamed = client.watchReadiness({ project: 'demo', providers: ['absent'] }, { headers: stage.alice });
    expect(infoOf(await failureOf(drain(streamed)))?.reason).toBe('PROVIDER_NOT_FOUND');
    expect(lastCall()).toMatchObject({ code: 'not_found', reason: 'PROVIDER_NOT_FOUND' });
  });

  test('an unforeseen error is INTERNAL with a call id under which the log has its cause, redacted', async () => {
    const client = catalog(protocol);
    for (const call of [
      () => client.getProvider({ project: 'demo', provider: 'broken' }, { headers: stage.alice }),
      () => client.getProvider({ project: 'demo', provider: 'foreign' }, { headers: stage.alice }),
      () => drain(client.watchReadiness({ project: 'demo', providers: ['broken'] }, { headers: stage.alice })),
    ]) {
      const err = await failureOf(call());
      expect(err.code).toBe(Code.Internal);
      expect(err.rawMessage).toBe('internal error');
      expect(JSON.stringify([err, [...err.metadata]])).not.toMatch(/said/);
      const info = infoOf(err);
      expect(info).toMatchObject({ reason: 'INTERNAL', metadata: { call_id: expect.stringMatching(/^[\w-]{36}$/) } });
      const line = stage.plumbing.lines.find(l => l.level === 'error' && l.requestId === info?.metadata.call_id);
      expect(JSON.stringify(line)).toMatch(/said/);
    }
    expect(JSON.stringify(stage.plumbing.lines)).not.toContain('1234567890');
  });

  test('a deadline and an unimplemented method say so', async () => {
    const client = catalog(protocol);
    const request = { project: 'demo', action: 'slack.message.send' };
    const late = await failureOf(client.getAction(request, { headers: stage.alice, timeoutMs: 30 }));
    expect(late.code).toBe(Code.DeadlineExceeded);
    await vi.waitFor(() =>
      expect(lastCall()).toMatchObject({
        // Some clients hang up at their deadline, and the hang-up can be here first.
        code: expect.stringMatching(/^(deadline_exceeded|canceled)$/),
        method: expect.stringMatching(/GetAction$/),
      }),
    );
    const missing = await failureOf(client.listActions({ project: 'demo' }, { headers: stage.alice }));
    expect(missing.code).toBe(Code.Unimplemented);
    expect(infoOf(missing)).toMatchObject({
      reason: 'NOT_IMPLEMENTED',
      metadata: { name: expect.stringMatching(/ListActions$/) },
    });
  });

  test('a message above the limit is refused as too large, with reason and a log line', async () => {
    const request = { project: 'demo', credentials: { token: 'x'.repeat(5 * 1024 * 1024) } };
    const client = createClient(IntegrationService, transports[protocol] as Transport);
    const err = await failureOf(client.connectProvider(request, { headers: stage.alice }));
    expect(err.code).toBe(Code.ResourceExhausted);
    expect(infoOf(err)).toMatchObject({ reason: 'REQUEST_TOO_LARGE', metadata: { limit_bytes: '4194304' } });
    expect(lastCall()).toMatchObject({ code: 'resource_exhausted', reason: 'REQUEST_TOO_LARGE', protocol });
  });

  test('an internal service is UNIMPLEMENTED here, whoever calls', async () => {
    const client = createClient(VaultService, transports[protocol] as Transport);
    for (const headers of [{}, stage.alice]) {
      expect((await failureOf(client.getKeyringStatus({}, { headers }))).code).toBe(Code.Unimplemented);
    }
  });
});

/** One HTTP/2 request by hand. */
async function post(path: string, headers: Record<string, string>, body: string | Buffer) {
  const session = connectH2(stage.rpc.url);
  try {
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
    stream.end(body);
    let trailers: Record<string, unknown> = {};
    stream.on('trailers', t => {
      trailers = t;
    });
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { head, body: Buffer.concat(chunks).toString(), trailers };
  } finally {
    session.destroy();
  }
}

describe('bodies that are no messages', () => {
  const path = '/mobius.integrations.v1.CatalogService/ListProviders';

  test.each([
    ['broken JSON', `{"project": "${secret}`],
    ['a wrong type', `{"project": {"a": "${secret}"}}`],
    ['a number for a text', `{"project": 1234567890}`],
  ])('over connect, %s is FIELD_INVALID without an echo', async (_what, body) => {
    const answer = await post(path, { 'content-type': 'application/json', ...stage.alice }, body);
    expect(answer.head[':status']).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'invalid_argument',
      details: [{ type: 'google.rpc.ErrorInfo' }],
    });
    expect(answer.body).not.toContain('1234567890');
    expect(answer.head['x-request-id']).toBe(lastCall()?.requestId);
    expect(lastCall()).toMatchObject({ code: 'invalid_argument', reason: 'FIELD_INVALID', caller: undefined });
  });

  test('over grpc, garbage is INVALID_ARGUMENT or INTERNAL of the framing, and the process lives', async () => {
    const garbage = Buffer.from([0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff]);
    const answer = await post(path, { 'content-type': 'application/grpc', te: 'trailers', ...stage.alice }, garbage);
    expect(answer.trailers['grpc-status']).toBe(Code.InvalidArgument.toString());
    expect(answer.trailers['grpc-status-details-bin']).toBeDefined();
    expect(lastCall()).toMatchObject({ code: 'invalid_argument', reason: 'FIELD_INVALID', protocol: 'grpc' });
    for (const body of [Buffer.from([0, 0, 0, 0, 200, 1]), Buffer.from([7]), Buffer.alloc(0)]) {
      const framed = await post(path, { 'content-type': 'application/grpc', te: 'trailers', ...stage.alice }, body);
      expect(Number(framed.trailers['grpc-status'])).toBeGreaterThan(0);
    }
    await catalog('grpc').listProviders({ project: 'demo' }, { headers: stage.alice });
  });
});

describe('a malformed authority', () => {
  test('is refused and does not end the process', async () => {
    const handler = createRpcHandler({ routes, record: stage.plumbing.record, log: stage.plumbing.log });
    const server = createServer(handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = async (host: string) => {
      const socket = connectTcp(port, '127.0.0.1');
      const path = '/mobius.integrations.v1.CatalogService/ListProviders';
      const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
      socket.end(`${head}Content-Length: 2\r\n\r\n{}`);
      return (await text(socket)).split('\r\n', 1)[0];
    };
    for (const host of ['a b', '[', 'a/b', 'x:99999']) expect(await ask(host), host).toBe('HTTP/1.1 400 Bad Request');
    expect(await ask('localhost')).toBe('HTTP/1.1 200 OK');
    server.close();
  });
});

describe('the start', () => {
  test('is refused when a method does not say who may call it', () => {
    expect(() => assertEveryMethodDeclares(publicServices)).not.toThrow();
    expect(() => assertEveryMethodDeclares([Health])).toThrow(
      'methods without (mobius.access.v1.requires): grpc.health.v1.Health/Check, grpc.health.v1.Health/Watch',
    );
  });
});

describe('metrics', () => {
  test('count calls and latencies by method and code, and read the pool when scraped', async () => {
    const { metrics } = stage.plumbing;
    metrics.countRefresh('slack', 'refreshed');
    metrics.countDelivery('github', 'recorded');
    metrics.watchPool(() => ({ total: 5, idle: 2, waiting: 1 }));
    const text = await metrics.read();
    expect(text).toMatch(
      /mobius_rpc_calls_total\{method="mobius.integrations.v1.CatalogService\/ListProviders",protocol="grpc",code="ok",reason=""\} [1-9]/,
    );
    expect(text).toMatch(/mobius_rpc_call_duration_seconds_bucket\{le="0.005",method="[^"]+",code="ok"\} \d/);
    expect(text).toContain('mobius_credential_refreshes_total{provider="slack",outcome="refreshed"} 1');
    expect(text).toContain('mobius_deliveries_total{provider="github",stage="recorded"} 1');
    expect(text).toContain('mobius_db_pool_connections{state="busy"} 3');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('user:alice');
  });
});

describe('the stop', () => {
  test('ends calls in flight as SHUTTING_DOWN', async () => {
    const request = { project: 'demo', action: 'slack.message.send' };
    const call = failureOf(catalog('grpc').getAction(request, { headers: stage.alice }));
    await sleep(100);
    stage.shutdown.abort();
    const err = await call;
    expect(err.code).toBe(Code.Unavailable);
    expect(infoOf(err)?.reason).toBe('SHUTTING_DOWN');
  });
});
