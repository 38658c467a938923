import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { findTrailerError } from '@connectrpc/connect/protocol-grpc';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import {
  CatalogService,
  ListProvidersRequestSchema,
  ListProvidersResponseSchema,
} from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationError } from '../src/errors.ts';
import { callerKey } from '../src/rpc/caller.ts';
import { maxReadBytes } from '../src/rpc/limits.ts';
import { createPlumbing, type Plumbing, type Running, serveAdapted, serveRpc } from './rpc-harness.ts';

const accessYaml = 'callers: [{identity: user:alice, permissions: [catalog.read], projects: [demo]}]';
const path = '/mobius.integrations.v1.CatalogService/ListProviders';

/** What a method saw of its call. */
const seen: {
  signal?: AbortSignal;
  metadata?: string | null;
  bytes?: string | null;
  timeoutMs?: number | undefined;
  calls: number;
} = { calls: 0 };

/** The category says how the call goes. */
function routes(router: ConnectRouter): void {
  router.service(CatalogService, {
    async listProviders(
      { project, category },
      { values, signal, requestHeader, responseHeader, responseTrailer, timeoutMs },
    ) {
      const [metadata, bytes] = [requestHeader.get('x-note'), requestHeader.get('x-note-bin')];
      Object.assign(seen, { signal, metadata, bytes, timeoutMs: timeoutMs() });
      seen.calls++;
      if (category === 'absent') throw new IntegrationError('PROVIDER_NOT_FOUND', { provider: 'absent' });
      if (category === 'broken') throw new Error('xoxb-1234567890-abcdef');
      if (category === 'waits') await sleep(20_000, undefined, { signal });
      if (category === 'large') return { providers: [{ id: 'x'.repeat(3_000_000) }] };
      responseHeader.set('x-head', 'first');
      responseTrailer.set('x-tail', 'last');
      return { providers: [{ id: project, displayName: values.get(callerKey)?.identity }] };
    },
  });
}

let plumbing: Plumbing;
let authorization: string;
beforeAll(async () => {
  plumbing = await createPlumbing(accessYaml);
  authorization = `Bearer ${await plumbing.token('user:alice')}`;
});
afterAll(() => plumbing.close());

const encode = (category = ''): Buffer =>
  Buffer.from(toBinary(ListProvidersRequestSchema, create(ListProvidersRequestSchema, { project: 'demo', category })));
function frame(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}
/** Errors on the way are not looked at. */
const closeOf = (from: NodeJS.EventEmitter) => new Promise<void>(resolve => void from.once('close', () => resolve()));
const lastCall = () => plumbing.calls.at(-1);

type Answer = {
  status: number;
  head: Record<string, unknown>;
  code: number;
  reason: string;
  body: Buffer;
  trailers: Record<string, unknown>;
};

describe.each([
  ['connect-node', serveAdapted],
  ['the lean path', serveRpc],
] as const)('unary gRPC over %s', (_name, serve) => {
  let server: Running;
  let session: ClientHttp2Session;
  const shutdown = new AbortController();
  beforeAll(async () => {
    server = await serve({
      routes,
      interceptors: plumbing.interceptors(plumbing.bearer('rpc')),
      record: plumbing.record,
      log: plumbing.log,
      shutdownSignal: shutdown.signal,
    });
    session = connect(server.url);
  });
  afterAll(async () => {
    session.destroy();
    await server.close();
  });

  const open = (headers: Record<string, string> = {}, to = session) =>
    to.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization,
      ...headers,
    });
  async function call(body: Buffer | undefined, headers: Record<string, string> = {}): Promise<Answer> {
    const stream = open(headers);
    stream.end(body);
    return read(stream);
  }
  async function read(stream: ReturnType<typeof open>): Promise<Answer> {
    let trailers: Record<string, unknown> = {};
    stream.on('trailers', fields => {
      trailers = fields;
    });
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const fields = Object.entries({ ...head, ...trailers }).filter(([name]) => !name.startsWith(':'));
    const failure = findTrailerError(new Headers(fields.map(([name, value]) => [name, String(value)])));
    const code = Number(trailers['grpc-status'] ?? head['grpc-status']);
    const reason = failure?.findDetails(ErrorInfoSchema)[0]?.reason ?? '';
    return { status: Number(head[':status']), head, code, reason, body: Buffer.concat(chunks), trailers };
  }

  test('an answer has status, content type, metadata, one message and trailers', async () => {
    const answer = await call(frame(encode()), { 'x-request-id': 'req-7', 'x-note': 'from the caller' });
    expect(answer).toMatchObject({ status: 200, code: 0 });
    expect(answer.head).toMatchObject({
      'content-type': 'application/grpc+proto',
      'x-request-id': 'req-7',
      'x-head': 'first',
    });
    expect(answer.trailers).toMatchObject({ 'grpc-status': '0', 'x-tail': 'last' });
    const { providers } = fromBinary(ListProvidersResponseSchema, answer.body.subarray(5));
    expect(providers[0]).toMatchObject({ id: 'demo', displayName: 'user:alice' });
    expect(seen.metadata).toBe('from the caller');
    expect(lastCall()).toMatchObject({ code: 'ok', protocol: 'grpc', requestId: 'req-7', project: 'demo' });
  });

  test.each([
    ['an error of ours', encode('absent'), {}, Code.NotFound, 'PROVIDER_NOT_FOUND'],
    ['an unforeseen error', encode('broken'), {}, Code.Internal, 'INTERNAL'],
    ['a field that breaks its rule', encode('x'.repeat(500)), {}, Code.InvalidArgument, 'FIELD_INVALID'],
    ['a caller without a token', encode(), { authorization: '' }, Code.Unauthenticated, 'CALLER_UNKNOWN'],
    ['bytes that are no message', Buffer.alloc(5, 0xff), {}, Code.InvalidArgument, 'FIELD_INVALID'],
    ['a timeout that is none', encode(), { 'grpc-timeout': '5 minutes' }, Code.InvalidArgument, 'FIELD_INVALID'],
    ['a timeout that is too long', encode(), { 'grpc-timeout': '99H' }, Code.InvalidArgument, 'FIELD_INVALID'],
    ['an encoding nobody knows', encode(), { 'grpc-encoding': 'snappy' }, Code.Unimplemented, 'NOT_IMPLEMENTED'],
  ])('%s has its code and reason in the trailers', async (_what, message, headers, code, reason) => {
    const answer = await call(frame(message), { 'x-request-id': 'req-8', ...headers });
    expect({ status: answer.status, code: answer.code, reason: answer.reason }).toEqual({ status: 200, code, reason });
    expect({ ...answer.head, ...answer.trailers }).toMatchObject({ 'x-request-id': 'req-8' });
    expect(JSON.stringify(answer.trailers)).not.toContain('1234567890');
    expect(lastCall()).toMatchObject({ requestId: 'req-8', reason });
  });

  test.each([
    ['no message', Buffer.alloc(0), Code.Unimplemented],
    ['two messages', Buffer.concat([frame(encode()), frame(encode())]), Code.Unimplemented],
    ['a message that is cut', frame(encode()).subarray(0, 8), Code.InvalidArgument],
    ['half an envelope', Buffer.from([0, 0, 0]), Code.InvalidArgument],
    ['a compressed message without an encoding', frame(gzipSync(encode()), 1), Code.InvalidArgument],
    ['a message that claims to be too large', Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]), Code.ResourceExhausted],
    ['a message that is too large', frame(Buffer.alloc(maxReadBytes + 1)), Code.ResourceExhausted],
  ])('%s is refused, and the connection goes on', async (_what, body, code) => {
    const before = seen.calls;
    expect((await call(body)).code).toBe(code);
    expect(seen.calls).toBe(before);
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('a message in pieces is put together', async () => {
    const stream = open();
    const answer = read(stream);
    for (const byte of frame(encode())) {
      stream.write(Buffer.from([byte]));
      await sleep(1);
    }
    stream.end();
    expect((await answer).code).toBe(0);
  });

  test('compression is understood and may be asked for', async () => {
    const asked = await call(frame(gzipSync(encode()), 1), { 'grpc-encoding': 'gzip', 'grpc-accept-encoding': 'gzip' });
    expect(asked.code).toBe(0);
    const plain = await call(frame(encode('large')), { 'grpc-accept-encoding': 'identity,deflate,gzip' });
    expect(plain.code).toBe(0);
    // Whether it is compressed is the server's choice, and it says so.
    expect(plain.body[0]).toBe(plain.head['grpc-encoding'] === 'gzip' ? 1 : 0);
  });

  test('a deadline reaches the method as time and signal, and ends the call', async () => {
    const answer = await call(frame(encode('waits')), { 'grpc-timeout': '80m' });
    expect(answer.code).toBe(Code.DeadlineExceeded);
    expect(seen.timeoutMs).toBeGreaterThan(0);
    expect(seen.timeoutMs).toBeLessThanOrEqual(80);
    expect(seen.signal?.reason).toMatchObject({ code: Code.DeadlineExceeded });
    expect(lastCall()).toMatchObject({ code: 'deadline_exceeded' });
  });

  test('a reset by the caller aborts the method and is recorded as cancelled', async () => {
    const before = seen.calls;
    const stream = open();
    stream.on('error', () => undefined);
    stream.end(frame(encode('waits')));
    await vi.waitFor(() => expect(seen.calls).toBe(before + 1));
    stream.close(constants.NGHTTP2_CANCEL);
    await vi.waitFor(() => expect(seen.signal?.aborted).toBe(true));
    await vi.waitFor(() => expect(lastCall()).toMatchObject({ code: 'canceled' }));
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('a reset while the message is sent, or a connection that breaks, harms nobody else', async () => {
    const before = seen.calls;
    const half = open();
    half.on('error', () => undefined);
    half.write(frame(encode()).subarray(0, 7));
    await sleep(30);
    half.close(constants.NGHTTP2_CANCEL);
    const other = connect(server.url);
    other.on('error', () => undefined);
    const broken = open({}, other);
    broken.on('error', () => undefined);
    broken.write(frame(encode()).subarray(0, 3));
    await sleep(30);
    other.destroy();
    expect((await call(frame(encode()))).code).toBe(0);
    expect(seen.calls).toBe(before + 1);
  });

  test('a caller that does not read its answer holds up nobody', async () => {
    const lazy = open();
    lazy.on('error', () => undefined);
    lazy.end(frame(encode('large')));
    await once(lazy, 'response');
    expect((await call(frame(encode()))).code).toBe(0);
    lazy.close(constants.NGHTTP2_CANCEL);
  });

  test('a flood of resets ends its own connection and none else', async () => {
    const flood = connect(server.url);
    flood.on('error', () => undefined);
    const closed = closeOf(flood);
    for (let i = 0; i < 5_000 && !flood.destroyed; i++) {
      const stream = open({}, flood);
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
      if (i % 100 === 99) await sleep(1);
    }
    await closed;
    expect((await call(frame(encode()))).code).toBe(0);
  });

  // Connect's own handler reads the whole message before it looks at the deadline; its streams end with the connection.
  test.runIf(serve === serveRpc)('a caller that never ends its message is cut off by its deadline', async () => {
    const before = seen.calls;
    const stream = open({ 'grpc-timeout': '80m' });
    stream.on('error', () => undefined);
    stream.write(frame(encode()));
    expect((await read(stream)).code).toBe(Code.DeadlineExceeded);
    expect(seen.calls).toBe(before);
    stream.close(constants.NGHTTP2_CANCEL);
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('an answer comes to a caller that goes on sending what is refused', async () => {
    const stream = open();
    stream.on('error', () => undefined);
    const answer = read(stream);
    stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
    for (let i = 0; i < 20 && !stream.destroyed; i++) stream.write(Buffer.alloc(16_384));
    expect((await answer).code).toBe(Code.ResourceExhausted);
    stream.close(constants.NGHTTP2_CANCEL);
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('metadata that comes twice is one list, and bytes stay as they are', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]).toString('base64');
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      authorization,
      'x-note': ['one', 'two'],
      'x-note-bin': bytes,
    });
    stream.end(frame(encode()));
    expect((await read(stream)).code).toBe(0);
    expect(seen).toMatchObject({ metadata: 'one, two', bytes });
  });

  test('a caller may end with trailers of its own', async () => {
    const stream = session.request(
      { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', authorization },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-caller': 'done' }));
    stream.end(frame(encode()));
    expect((await read(stream)).code).toBe(0);
  });

  test('with too many headers a call does not begin, and others go on', async () => {
    const headers = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'y']));
    const before = seen.calls;
    const other = connect(server.url);
    other.on('error', () => undefined);
    const stream = open(headers, other);
    stream.on('error', () => undefined);
    stream.end(frame(encode()));
    stream.resume();
    await closeOf(stream);
    expect(seen.calls).toBe(before);
    other.destroy();
    expect((await call(frame(encode()))).code).toBe(0);
  });

  const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  /** A frame of HTTP/2: length, type, flags, stream. */
  function raw(type: number, flags: number, stream: number, body: Buffer): Buffer {
    const head = Buffer.alloc(9);
    head.writeUIntBE(body.byteLength, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, body]);
  }
  const settings = raw(4, 0, 0, Buffer.alloc(0));
  test.each([
    ['pings whose answers nobody reads', raw(6, 0, 0, Buffer.alloc(8))],
    ['settings whose answers nobody reads', settings],
    ['headers that never end', raw(9, 0, 1, Buffer.from('@\u0001a\u0001b'))],
  ])('a flood of %s ends its own connection and none else', async (_what, flood) => {
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    const closed = closeOf(socket);
    socket.write(Buffer.concat([PREFACE, settings]));
    if (flood[3] === 9) socket.write(raw(1, 0, 1, Buffer.from([0x83, 0x86])));
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => flood));
    // Until the server hangs up; what it would keep of the flood is some hundred megabytes otherwise.
    for (let i = 0; i < 20_000 && !socket.destroyed; i++) {
      if (!socket.write(many)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
    }
    await closed;
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('a connection takes 256 streams at once, and bytes that are no HTTP/2 end it', async () => {
    expect(session.remoteSettings.maxConcurrentStreams).toBe(256);
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.alloc(4096, 0xff)]));
    socket.resume();
    await closeOf(socket);
    expect((await call(frame(encode()))).code).toBe(0);
  });

  test('a stop ends calls in flight as SHUTTING_DOWN', async () => {
    const before = seen.calls;
    const ending = call(frame(encode('waits')));
    await vi.waitFor(() => expect(seen.calls).toBe(before + 1));
    shutdown.abort();
    expect(await ending).toMatchObject({ code: Code.Unavailable, reason: 'SHUTTING_DOWN' });
    expect(seen.signal?.reason).toBeInstanceOf(ConnectError);
  });
});
