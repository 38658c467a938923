import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { fromBinary, type Message } from '@bufbuild/protobuf';
import { Code, ConnectError, type ContextValues, type HandlerContext, type Interceptor } from '@connectrpc/connect';
import { codeName, type RecordCall, reasonOf, sinceMs } from '../call_record.ts';
import { fromFramework } from '../errors.ts';
import { methodName } from '../method.ts';
import { acceptRequestId } from '../request_id.ts';
import { answerError, answerMessage } from './answer.ts';
import { lightHeaders } from './headers.ts';
import { createInvoke, type Invoke } from './invoke.ts';
import type { LeanMethod } from './methods.ts';
import { readMessage } from './read_message.ts';
import { parseTimeout } from './timeout.ts';
import { createTurns } from './turns.ts';

export type Called = {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly method: LeanMethod;
  readonly values: ContextValues;
};

/** Serves a unary call on its stream, through the interceptors, as Connect would. */
export type ServeUnary = (called: Called) => void;

export function createServeUnary(options: {
  readonly interceptors: Interceptor[];
  readonly shutdownSignal: AbortSignal | undefined;
  readonly record: RecordCall;
  readonly log: { warn(object: object, message: string): void };
}): ServeUnary {
  const { interceptors, shutdownSignal, record, log } = options;
  const inFlight = new Set<AbortController>();
  const turn = createTurns();
  const invokes = new Map<LeanMethod, Invoke>();
  const invokeOf = (method: LeanMethod): Invoke => {
    const known = invokes.get(method);
    if (known !== undefined) return known;
    const invoke = createInvoke(method.spec, interceptors);
    invokes.set(method, invoke);
    return invoke;
  };
  shutdownSignal?.addEventListener('abort', () => {
    for (const call of inFlight) call.abort(shutdownSignal.reason);
  });

  const serve = async ({ stream, headers, method, values }: Called, controller: AbortController): Promise<void> => {
    const startMs = performance.now();
    const { signal } = controller;
    const { spec } = method;
    let timer: NodeJS.Timeout | undefined;
    try {
      let input: Message;
      let timeoutMs: number | undefined;
      try {
        timeoutMs = parseTimeout(headers['grpc-timeout']);
        const { message, giveUp } = readMessage(stream, method.readMaxBytes);
        if (timeoutMs !== undefined) {
          const expire = (): void => {
            controller.abort(new ConnectError('the deadline passed', Code.DeadlineExceeded));
            giveUp(Code.DeadlineExceeded);
          };
          timer = setTimeout(expire, timeoutMs);
        }
        const bytes = await message;
        await turn();
        input = fromBinary(spec.method.input, bytes);
      } catch (error) {
        return answerError(stream, refuse({ headers, method }, signal, startMs, error, record));
      }
      const endMs = timeoutMs === undefined ? undefined : startMs + timeoutMs;
      const context: HandlerContext = {
        method: spec.method,
        service: spec.method.parent,
        requestMethod: 'POST',
        protocolName: 'grpc',
        url: `http://${headers[':authority']}${headers[':path']}`,
        timeoutMs: () => (endMs === undefined ? undefined : endMs - performance.now()),
        signal,
        requestHeader: lightHeaders(headers),
        responseHeader: lightHeaders(),
        responseTrailer: lightHeaders(),
        values,
      };
      answerMessage(stream, await invokeOf(method)(context, input));
    } catch (error) {
      answerError(stream, error instanceof ConnectError ? error : new ConnectError('internal error', Code.Internal));
    } finally {
      clearTimeout(timer);
      inFlight.delete(controller);
    }
  };

  return called => {
    const { stream, method } = called;
    const controller = new AbortController();
    inFlight.add(controller);
    stream.once('close', () => {
      if (inFlight.has(controller)) controller.abort(new ConnectError('hung up', Code.Canceled));
    });
    // A stream that breaks is closed after its error, which without a listener would end the process.
    stream.on('error', ignore);
    serve(called, controller).catch((err: unknown) => {
      // The answer could not be written: the peer is gone, and nobody else can be told.
      log.warn({ err, method: methodName(method.spec.method) }, 'answer not delivered');
    });
  };
}

/** What fails before an interceptor sees it: told and recorded as readEarlyRefusal does for the other protocols. */
function refuse(
  { headers, method }: Pick<Called, 'headers' | 'method'>,
  signal: AbortSignal,
  startMs: number,
  cause: unknown,
  record: RecordCall,
): ConnectError {
  const service = method.spec.method.parent;
  // What is no ConnectError came out of the parser.
  const code = cause instanceof ConnectError ? cause.code : Code.InvalidArgument;
  const told = fromFramework(code, { service, method: method.spec.method, signal });
  const error = told ?? new ConnectError('internal error', Code.Internal);
  const requestId = acceptRequestId(lightHeaders(headers).get('x-request-id'));
  error.metadata.set('x-request-id', requestId);
  record({
    method: methodName(method.spec.method),
    caller: undefined,
    project: undefined,
    code: codeName(error.code),
    reason: reasonOf(error),
    durationMs: sinceMs(startMs),
    protocol: 'grpc',
    requestId,
  });
  return error;
}

const ignore = (): void => undefined;
