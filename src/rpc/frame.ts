import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type UnaryRequest,
  type UnaryResponse,
} from '@connectrpc/connect';
import type { Logger } from 'pino';
import { type RecordCall, recordOf } from './call_record.ts';
import { readEach, toConnectError, translateEach } from './errors.ts';
import { isOpenService } from './identify.ts';
import { projectOf } from './method.ts';
import { acceptRequestId, requestIdKey } from './request_id.ts';
import type { CallLimit } from './shed.ts';

type Frame = {
  readonly record: RecordCall;
  readonly log: Pick<Logger, 'error'>;
  /** Of unary calls. Streams are long and few, and bounded by their connections; health always answers. */
  readonly limit: CallLimit;
};

type Next<Request, Response> = (request: Request) => Promise<Response>;

/**
 * What is around every call, also a refused one: it gets its id, which the answer tells, its errors become answers, and
 * it is recorded when it ended, a stream too. The outermost interceptor, and one: each that waits for the next is held
 * as long as the call lasts.
 */
export function frameCalls(frame: Frame): Interceptor {
  return next => request =>
    request.stream
      ? serveStream(frame, next as Next<StreamRequest, StreamResponse>, request)
      : serveUnary(frame, next as Next<UnaryRequest, UnaryResponse>, request);
}

async function serveUnary(
  { record, log, limit }: Frame,
  next: Next<UnaryRequest, UnaryResponse>,
  request: UnaryRequest,
): Promise<UnaryResponse> {
  const startMs = performance.now();
  const requestId = nameRequest(request);
  const isCounted = !isOpenService(request.service);
  let isInside = false;
  try {
    if (isCounted) limit.enter();
    isInside = isCounted;
    const response = await next(request);
    response.header.set('x-request-id', requestId);
    record(recordOf(request, startMs));
    return response;
  } catch (cause) {
    const error = toConnectError(cause, request, log);
    error.metadata.set('x-request-id', requestId);
    record(recordOf(request, startMs, error));
    throw error;
  } finally {
    if (isInside) limit.leave();
  }
}

async function serveStream(
  { record, log }: Frame,
  next: Next<StreamRequest, StreamResponse>,
  request: StreamRequest,
): Promise<StreamResponse> {
  const startMs = performance.now();
  const requestId = nameRequest(request);
  let project: string | undefined;
  const note = async function* (): StreamRequest['message'] {
    for await (const message of readEach(request.message)) {
      project ??= projectOf(request.method, message);
      yield message;
    }
  };
  const finish = (error?: unknown): void => record(recordOf(request, startMs, error, project));
  try {
    const response = await next({ ...request, message: note() });
    response.header.set('x-request-id', requestId);
    const messages = translateEach(response.message, request, log);
    return { ...response, message: finishAfter(messages, finish, request.signal) };
  } catch (cause) {
    const error = toConnectError(cause, request, log);
    error.metadata.set('x-request-id', requestId);
    finish(error);
    throw error;
  }
}

function nameRequest(request: UnaryRequest | StreamRequest): string {
  const requestId = acceptRequestId(request.header.get('x-request-id'));
  request.contextValues.set(requestIdKey, requestId);
  return requestId;
}

async function* finishAfter<T>(messages: AsyncIterable<T>, finish: (error?: unknown) => void, signal: AbortSignal) {
  let failure: unknown;
  let ended = false;
  try {
    yield* messages;
    ended = true;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // Left early without an error: the peer hung up, or stopped reading.
    finish(failure ?? (ended ? undefined : (signal.reason ?? new ConnectError('hung up', Code.Canceled))));
  }
}
