import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectH2 } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Code, ConnectError, type ConnectRouter, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../gen/grpc/health/v1/health_pb.js';
import { ServerReflection } from '../gen/grpc/reflection/v1/reflection_pb.js';
import { VaultService } from '../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { IntegrationError } from '../src/errors.ts';
import { createRpcHandler } from '../src/rpc/adapter.ts';
import { assertEveryMethodDeclares } from '../src/rpc/authorize.ts';
import { callerKey, certificateContext } from '../src/rpc/caller.ts';
import { createHealth } from '../src/rpc/health.ts';
import { fromCertificate, identify } from '../src/rpc/identify.ts';
import { serveReflection } from '../src/rpc/reflection.ts';
import { type Authority, createAuthority, type Issued } from './rpc-certificates.ts';
import { createPlumbing, type Plumbing, publicServices, type Running, serveRpc } from './rpc-harness.ts';

const secret = 'xoxb-1234567890-abcdefghij';
const accessYaml = `
callers:
  - {identity: user:alice, permissions: [catalog.read, integrations.read, integrations.manage], projects: [demo]}
  - {identity: spiffe://mobius/executor, permissions: [catalog.read], projects: [demo]}
`;

/** One method for each way a call can end. */
function routes(router: ConnectRouter) {
  router.service(IntegrationService, {});
  router.service(CatalogService, {
    listProviders: ({ project }, { values }) => ({
      providers: [{ id: project, displayName: values.get(callerKey)?.identity }],
    }),
    getProvider({ provider }) {
      if (provider === 'absent') throw new IntegrationError('PROVIDER_NOT_FOUND', { provider });
      if (provider === 'busy') throw new IntegrationError('RATE_LIMITED', { provider }, { retryDelayMs: 1500 });
      if (provider === 'foreign') throw new ConnectError(`upstream said ${secret}`, Code.PermissionDenied);
      throw new Error(`driver said ${secret}`);
    },
    async getAction(_request, { signal }) {
      await sleep(20_000, undefined, { signal });
      return {};
    },
    async *watchReadiness({ providers }) {
      yield { snapshot: true };
      if (providers[0] === 'broken') throw new Error(`driver said ${secret}`);
      if (providers[0] === 'absent') throw new IntegrationError('PROVIDER_NOT_FOUND', { provider: 'absent' });
    },
  });
}

let plumbing: Plumbing;
let rpc: Running;
const health = createHealth(publicServices.map(s => s.typeName));
const stop = new AbortController();
let alice: Record<string, string>;
const transports: Record<string, Transport> = {};

beforeAll(async () => {
  plumbing = await createPlumbing(accessYaml);
  rpc = await serveRpc({
    routes(router) {
      routes(router);
      health.serve(router);
      serveReflection(router, publicServices);
    },
    interceptors: plumbing.interceptors(plumbing.bearer('rpc')),
    record: plumbing.record,
    log: plumbing.log,
    shutdownSignal: stop.signal,
  });
  alice = { authorization: `Bearer ${await plumbing.token('user:alice')}` };
  const options = { baseUrl: rpc.url, httpVersion: '2' } as const;
  transports.grpc = createGrpcTransport({ baseUrl: rpc.url });
  transports['grpc-web'] = createGrpcWebTransport(options);
  transports.connect = createConnectTransport(options);
});
afterAll(async () => {
  await rpc.close();
  await plumbing.close();
});

async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  const err: unknown = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (err instanceof ConnectError) return err;
  throw new Error('the call did not fail');
}
const infoOf = (err: ConnectError) => err.findDetails(ErrorInfoSchema)[0];
const lastCall = () => plumbing.calls.at(-1);
const catalog = (protocol: string) => createClient(CatalogService, transports[protocol] as Transport);
async function drain(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of stream) count++;
  return count;
}

describe.each(['grpc', 'grpc-web', 'connect'])('over %s', protocol => {
  test('a granted call reaches its method with its caller, and is logged once without bodies', async () => {
    const before = plumbing.calls.length;
    let answered = '';
    const answer = await catalog(protocol).listProviders(
      { project: 'demo' },
      { headers: { ...alice, 'x-request-id': 'req-1' }, onHeader: h => (answered = h.get('x-request-id') ?? '') },
    );
    expect(answer.providers[0]).toMatchObject({ id: 'demo', displayName: 'user:alice' });
    expect(answered).toBe('req-1');
    expect(plumbing.calls.slice(before)).toEqual([
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
    expect(plumbing.lines.at(-1)).toMatchObject({ msg: 'call', code: 'ok', caller: 'user:alice', requestId: 'req-1' });
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
      () => client.listProviders({ project: 'other' }, { headers: alice }),
      () => drain(client.watchReadiness({ project: 'other' }, { headers: alice })),
    ]) {
      const err = await failureOf(call());
      expect(err.code).toBe(Code.PermissionDenied);
      expect(infoOf(err)).toMatchObject({
        reason: 'PERMISSION_MISSING',
        metadata: { permission: 'catalog.read', project: 'other' },
      });
      expect(lastCall()).toMatchObject({ code: 'permission_denied', reason: 'PERMISSION_MISSING', project: 'other' });
    }
    const stranger = { authorization: `Bearer ${await plumbing.token('user:mallory')}` };
    const err = await failureOf(client.listProviders({ project: 'demo' }, { headers: stranger }));
    expect(infoOf(err)?.reason).toBe('PERMISSION_MISSING');
  });

  test('every field that breaks its rule is named, and none of its content', async () => {
    const bad = { project: `!${secret}`, pageSize: -1 };
    const err = await failureOf(catalog(protocol).listProviders(bad, { headers: alice }));
    expect(err.code).toBe(Code.InvalidArgument);
    expect(infoOf(err)).toMatchObject({ reason: 'FIELD_INVALID', metadata: { field: expect.any(String) } });
    const [bads] = err.findDetails(BadRequestSchema);
    expect(bads?.fieldViolations.map(f => f.field).sort()).toEqual(['page_size', 'project']);
    for (const violation of bads?.fieldViolations ?? []) expect(violation.description).toMatch(/must/);
    expect(JSON.stringify(err)).not.toContain(secret);
    const streamed = await failureOf(drain(catalog(protocol).watchReadiness({ project: '!' }, { headers: alice })));
    expect(infoOf(streamed)?.reason).toBe('FIELD_INVALID');
  });

  test('an error of ours keeps its code, reason, metadata and delay', async () => {
    const client = catalog(protocol);
    const absent = await failureOf(client.getProvider({ project: 'demo', provider: 'absent' }, { headers: alice }));
    expect(absent.code).toBe(Code.NotFound);
    expect(infoOf(absent)).toMatchObject({ reason: 'PROVIDER_NOT_FOUND', metadata: { provider: 'absent' } });
    const busy = await failureOf(client.getProvider({ project: 'demo', provider: 'busy' }, { headers: alice }));
    expect(busy.code).toBe(Code.ResourceExhausted);
    expect(busy.findDetails(RetryInfoSchema)[0]?.retryDelay).toMatchObject({ seconds: 1n, nanos: 500_000_000 });
    const streamed = client.watchReadiness({ project: 'demo', providers: ['absent'] }, { headers: alice });
    expect(infoOf(await failureOf(drain(streamed)))?.reason).toBe('PROVIDER_NOT_FOUND');
    expect(lastCall()).toMatchObject({ code: 'not_found', reason: 'PROVIDER_NOT_FOUND' });
  });

  test('an unforeseen error is INTERNAL with a call id under which the log has its cause, redacted', async () => {
    const client = catalog(protocol);
    for (const call of [
      () => client.getProvider({ project: 'demo', provider: 'broken' }, { headers: alice }),
      () => client.getProvider({ project: 'demo', provider: 'foreign' }, { headers: alice }),
      () => drain(client.watchReadiness({ project: 'demo', providers: ['broken'] }, { headers: alice })),
    ]) {
      const err = await failureOf(call());
      expect(err.code).toBe(Code.Internal);
      expect(err.rawMessage).toBe('internal error');
      expect(JSON.stringify([err, [...err.metadata]])).not.toMatch(/said/);
      const info = infoOf(err);
      expect(info).toMatchObject({ reason: 'INTERNAL', metadata: { call_id: expect.stringMatching(/^[\w-]{36}$/) } });
      const line = plumbing.lines.find(l => l.level === 'error' && l.requestId === info?.metadata.call_id);
      expect(JSON.stringify(line)).toMatch(/said/);
    }
    expect(JSON.stringify(plumbing.lines)).not.toContain('1234567890');
  });

  test('a deadline and an unimplemented method say so', async () => {
    const client = catalog(protocol);
    const request = { project: 'demo', action: 'slack.message.send' };
    const late = await failureOf(client.getAction(request, { headers: alice, timeoutMs: 30 }));
    expect(late.code).toBe(Code.DeadlineExceeded);
    await vi.waitFor(() =>
      expect(lastCall()).toMatchObject({
        // Some clients hang up at their deadline, and the hang-up can be here first.
        code: expect.stringMatching(/^(deadline_exceeded|canceled)$/),
        method: expect.stringMatching(/GetAction$/),
      }),
    );
    const missing = await failureOf(client.listActions({ project: 'demo' }, { headers: alice }));
    expect(missing.code).toBe(Code.Unimplemented);
    expect(infoOf(missing)).toMatchObject({
      reason: 'NOT_IMPLEMENTED',
      metadata: { name: expect.stringMatching(/ListActions$/) },
    });
  });

  test('a message above the limit is refused as too large, with reason and a log line', async () => {
    const request = { project: 'demo', credentials: { token: 'x'.repeat(5 * 1024 * 1024) } };
    const client = createClient(IntegrationService, transports[protocol] as Transport);
    const err = await failureOf(client.connectProvider(request, { headers: alice }));
    expect(err.code).toBe(Code.ResourceExhausted);
    expect(infoOf(err)).toMatchObject({ reason: 'REQUEST_TOO_LARGE', metadata: { limit_bytes: '4194304' } });
    expect(lastCall()).toMatchObject({ code: 'resource_exhausted', reason: 'REQUEST_TOO_LARGE', protocol });
  });

  test('an internal service is UNIMPLEMENTED here, whoever calls', async () => {
    const client = createClient(VaultService, transports[protocol] as Transport);
    for (const headers of [{}, alice]) {
      expect((await failureOf(client.getKeyringStatus({}, { headers }))).code).toBe(Code.Unimplemented);
    }
  });
});

/** One HTTP/2 request by hand. */
async function post(path: string, headers: Record<string, string>, body: string | Buffer) {
  const session = connectH2(rpc.url);
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
    const answer = await post(path, { 'content-type': 'application/json', ...alice }, body);
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
    const answer = await post(path, { 'content-type': 'application/grpc', te: 'trailers', ...alice }, garbage);
    expect(answer.trailers['grpc-status']).toBe(Code.InvalidArgument.toString());
    expect(answer.trailers['grpc-status-details-bin']).toBeDefined();
    expect(lastCall()).toMatchObject({ code: 'invalid_argument', reason: 'FIELD_INVALID', protocol: 'grpc' });
    for (const body of [Buffer.from([0, 0, 0, 0, 200, 1]), Buffer.from([7]), Buffer.alloc(0)]) {
      const framed = await post(path, { 'content-type': 'application/grpc', te: 'trailers', ...alice }, body);
      expect(Number(framed.trailers['grpc-status'])).toBeGreaterThan(0);
    }
    await catalog('grpc').listProviders({ project: 'demo' }, { headers: alice });
  });
});

describe('reflection', () => {
  const buf = (...args: string[]) =>
    promisify(execFile)('buf', ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', ...args]);

  test('lists exactly the services it was given, to anyone', async () => {
    const { stdout } = await buf('--list-services', rpc.url);
    expect(stdout.trim().split('\n')).toEqual(publicServices.map(s => s.typeName).sort());
  });

  test('is enough for a client that has no contract to call a method', async () => {
    const url = `${rpc.url}/mobius.integrations.v1.CatalogService/ListProviders`;
    const { stdout } = await buf('-d', '{"project":"demo"}', '-H', `authorization: ${alice.authorization}`, url);
    expect(JSON.parse(stdout)).toMatchObject({ providers: [{ id: 'demo' }] });
  });

  test('never shows what is not reachable from its services', async () => {
    const client = createClient(ServerReflection, transports.grpc as Transport);
    const questions = [
      { case: 'fileContainingSymbol', value: 'mobius.integrations.internal.v1.VaultService' },
      { case: 'fileByFilename', value: 'mobius/integrations/internal/v1/vault_service.proto' },
      { case: 'fileContainingSymbol', value: 'nonsense' },
      { case: 'fileContainingSymbol', value: 'mobius.integrations.v1.Provider.id' },
      { case: 'allExtensionNumbersOfType', value: 'google.protobuf.MethodOptions' },
      {
        case: 'fileContainingExtension',
        value: { containingType: 'google.protobuf.MethodOptions', extensionNumber: 50001 },
      },
      { case: undefined },
    ] as const;
    async function* ask() {
      for (const messageRequest of questions) yield { host: 'h', messageRequest };
    }
    const answers = [];
    for await (const { messageResponse } of client.serverReflectionInfo(ask())) answers.push(messageResponse);
    expect(answers.map(a => a.case)).toEqual([
      'errorResponse',
      'errorResponse',
      'errorResponse',
      'fileDescriptorResponse',
      'allExtensionNumbersResponse',
      'fileDescriptorResponse',
      'errorResponse',
    ]);
    expect(answers[0]?.value).toMatchObject({ errorCode: Code.NotFound });
    expect(answers[4]?.value).toMatchObject({ extensionNumber: expect.arrayContaining([50001, 72295728]) });
  });
});

describe('health', () => {
  const client = () => createClient(Health, transports.grpc as Transport);

  test('answers anyone, and NOT_FOUND for a service it does not know', async () => {
    health.set('', 'SERVING');
    expect((await client().check({})).status).toBe(ServingStatus.SERVING);
    expect((await client().check({ service: CatalogService.typeName })).status).toBe(ServingStatus.NOT_SERVING);
    expect((await failureOf(client().check({ service: 'nonsense' }))).code).toBe(Code.NotFound);
  });

  test('streams every change, SERVICE_UNKNOWN included, and ends when draining', async () => {
    const drained = createHealth(['a']);
    const server = await serveRpc({ routes: r => drained.serve(r), record: plumbing.record, log: plumbing.log });
    const watcher = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    const seen: ServingStatus[] = [];
    const watching = (async () => {
      for await (const { status } of watcher.watch({ service: 'a' })) seen.push(status);
    })();
    const unknown = watcher.watch({ service: 'b' })[Symbol.asyncIterator]();
    expect((await unknown.next()).value?.status).toBe(ServingStatus.SERVICE_UNKNOWN);
    drained.set('b', 'SERVING');
    expect((await unknown.next()).value?.status).toBe(ServingStatus.SERVING);
    await vi.waitFor(() => expect(seen).toEqual([ServingStatus.NOT_SERVING]));
    drained.set('a', 'SERVING');
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    drained.drain();
    await watching;
    drained.set('a', 'SERVING');
    expect(seen).toEqual([ServingStatus.NOT_SERVING, ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    expect((await watcher.check({ service: 'b' })).status).toBe(ServingStatus.NOT_SERVING);
    expect((await unknown.next()).value?.status).toBe(ServingStatus.NOT_SERVING);
    expect((await unknown.next()).done).toBe(true);
    await server.close();
  });
});

describe('a malformed authority', () => {
  test('is refused and does not end the process', async () => {
    const handler = createRpcHandler({ routes, record: plumbing.record, log: plumbing.log });
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

describe('mutual TLS', () => {
  let authority: Authority;
  let internal: Running;
  beforeAll(async () => {
    authority = await createAuthority('mobius test');
    const leaf = await authority.issue([{ type: 'ip', value: '127.0.0.1' }]);
    internal = await serveRpc(
      {
        routes,
        interceptors: plumbing.interceptors(identify('internal', fromCertificate)),
        contextValues: certificateContext(),
        record: plumbing.record,
        log: plumbing.log,
      },
      { ...leaf, ca: authority.cert },
    );
  });
  afterAll(() => internal.close());

  const clientOf = (issued: Issued | undefined) =>
    createClient(
      CatalogService,
      createGrpcTransport({ baseUrl: internal.url, nodeOptions: { ca: authority.cert, ...issued } }),
    );
  const workload = (uri: string) => authority.issue([{ type: 'url', value: uri }]);

  test('the certificate is the caller, on every call of the connection, and a token beside it is nothing', async () => {
    const executor = clientOf(await workload('spiffe://mobius/executor'));
    for (let i = 0; i < 3; i++) {
      const { providers } = await executor.listProviders({ project: 'demo' }, { headers: alice });
      expect(providers[0]?.displayName).toBe('spiffe://mobius/executor');
    }
  });

  test('a valid certificate without a grant is refused by name; one without a SPIFFE ID is nobody', async () => {
    const stranger = await failureOf(
      clientOf(await workload('spiffe://mobius/stranger')).listProviders({ project: 'demo' }),
    );
    expect(infoOf(stranger)?.reason).toBe('PERMISSION_MISSING');
    const nameless = clientOf(await authority.issue([{ type: 'dns', value: 'executor' }]));
    const err = await failureOf(nameless.listProviders({ project: 'demo' }, { headers: alice }));
    expect(infoOf(err)).toMatchObject({ reason: 'CALLER_UNKNOWN', metadata: { listener: 'internal' } });
  });

  test('a certificate of another authority, or none, never gets past the handshake', async () => {
    const before = plumbing.calls.length;
    const other = await createAuthority('another');
    const forged = await other.issue([{ type: 'url', value: 'spiffe://mobius/executor' }]);
    for (const issued of [forged, undefined]) {
      const err = await failureOf(clientOf(issued).listProviders({ project: 'demo' }));
      expect(infoOf(err)).toBeUndefined();
    }
    expect(plumbing.calls.length).toBe(before);
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
    const { metrics } = plumbing;
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
    const call = failureOf(catalog('grpc').getAction(request, { headers: alice }));
    await sleep(100);
    stop.abort();
    const err = await call;
    expect(err.code).toBe(Code.Unavailable);
    expect(infoOf(err)?.reason).toBe('SHUTTING_DOWN');
  });
});
