import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import { fromIntegrationError } from '../errors.ts';
import { serverIsFull } from '../shed.ts';

const UNREAD_MS = 10_000;

/**
 * Refuses a call unread, with an answer that was made once. Through the interceptors a refusal costs as much as a call
 * that is served, 80 µs, and at three times the capacity nothing was left for those that were taken.
 */
export function createRefuse(): (stream: ServerHttp2Stream) => void {
  const answer: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };
  for (const [name, value] of setTrailerStatus(new Headers(), fromIntegrationError(serverIsFull())))
    answer[name] = value;
  return stream => {
    stream.on('error', ignore);
    if (stream.destroyed || stream.closed) return;
    stream.respond(answer, { endStream: true });
    // What is still on its way is thrown away, and not waited for long.
    stream.resume();
    stream.setTimeout(UNREAD_MS, () => stream.close());
  };
}

const ignore = (): void => undefined;
