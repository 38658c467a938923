import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Message } from '@bufbuild/protobuf';
import { Code, ConnectError, type UnaryResponse } from '@connectrpc/connect';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import { encodeParts, sizeOf } from '../kept_encoding.ts';
import { maxWriteBytes } from '../limits.ts';

const CONTENT_TYPE = 'application/grpc+proto';
const HEAD_BYTES = 5;
/** Small parts are put together; what is larger goes out as it lies. */
const MAX_COPIED_BYTES = 65_536;
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;
const DISCARDING_MS = 10_000;

/** One message and the status OK. Throws where the message is larger than may leave. */
export function answerMessage(stream: ServerHttp2Stream, { method, message, header, trailer }: UnaryResponse): void {
  const parts = encodeParts(method.output, message as Message);
  const size = sizeOf(parts);
  if (size > maxWriteBytes) throw new ConnectError('the answer is too large', Code.ResourceExhausted);
  const start = Buffer.allocUnsafe(HEAD_BYTES);
  start.writeUInt8(0, 0);
  start.writeUInt32BE(size, 1);
  const head: OutgoingHttpHeaders = { ':status': 200, 'content-type': CONTENT_TYPE };
  for (const [name, value] of header) head[name] = value;
  const last: OutgoingHttpHeaders = { 'grpc-status': '0' };
  for (const [name, value] of trailer) last[name] = value;
  send(stream, head, last, size > MAX_COPIED_BYTES ? [start, ...parts] : [Buffer.concat([start, ...parts])]);
}

/** The error as status, message and details. */
export function answerError(stream: ServerHttp2Stream, error: ConnectError): void {
  const last: OutgoingHttpHeaders = {};
  for (const [name, value] of setTrailerStatus(new Headers(), error)) last[name] = value;
  send(stream, { ':status': 200, 'content-type': CONTENT_TYPE }, last, []);
  if (!stream.readableEnded) discardRest(stream);
}

/** Clients that are cut off while they send may not hear the answer. What they send is thrown away, within bounds. */
function discardRest(stream: ServerHttp2Stream): void {
  let left = MAX_DISCARDED_BYTES;
  const cut = (): void => stream.close();
  const late = setTimeout(cut, DISCARDING_MS).unref();
  stream.once('close', () => clearTimeout(late));
  stream.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) cut();
  });
}

function send(
  stream: ServerHttp2Stream,
  head: OutgoingHttpHeaders,
  last: OutgoingHttpHeaders,
  chunks: readonly Uint8Array[],
): void {
  // The peer went away; whoever waits for the answer knows.
  if (stream.destroyed || stream.closed) return;
  stream.once('wantTrailers', () => stream.sendTrailers(last));
  stream.respond(head, { waitForTrailers: true });
  stream.cork();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
}
