import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  type ContextValues,
  createConnectRouter,
  createContextValues,
} from '@connectrpc/connect';
import type { UniversalHandler } from '@connectrpc/connect/protocol';
import {
  compressionGzip,
  type connectNodeAdapter,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import type { Logger } from 'pino';
import { codeName, protocolOf, type RecordCall, reasonOf, sinceMs } from './call_record.ts';
import { readEarlyRefusal } from './early_refusal.ts';
import { routerLimits } from './limits.ts';
import { methodName } from './method.ts';
import { acceptRequestId, requestIdKey } from './request_id.ts';
import type { CallLimit } from './shed.ts';

export type NodeHandler = ReturnType<typeof connectNodeAdapter>;
type NodeRequest = Parameters<NodeHandler>[0];
type NodeResponse = Parameters<NodeHandler>[1];

/** What the calls of one connection share. */
export type Connection = {
  /** The same for all of them. */
  readonly key: object;
  readonly socket: Socket | TLSSocket;
};

export type RpcHandlerOptions = Pick<ConnectRouterOptions, 'interceptors' | 'grpc' | 'grpcWeb'> & {
  routes: (router: ConnectRouter) => void;
  contextValues?: (connection: Connection) => ContextValues;
  /** When aborted, every call still in flight is, and answers UNAVAILABLE SHUTTING_DOWN. */
  shutdownSignal?: AbortSignal;
  /** Serves what is no method of the routes. Default: UNIMPLEMENTED in the words of the protocol. */
  fallback?: NodeHandler;
  /** Where it is full, unary gRPC calls are refused unread; each is told to `noteRefused`. */
  limit?: { readonly calls: CallLimit; readonly noteRefused: (method: string) => void };
  /** Takes the calls that fail before an interceptor sees them. */
  record: RecordCall;
  log: Pick<Logger, 'warn'>;
};

/**
 * A request handler for a set of routes. In place of connectNodeAdapter, because that one throws out of the request
 * event on a malformed authority, which ends the process, writes to the console, and answers a malformed body with the
 * parser's text and no reason.
 */
export function createRpcHandler(options: RpcHandlerOptions): NodeHandler {
  const {
    routes,
    contextValues,
    shutdownSignal,
    fallback = answerUnimplemented,
    record,
    log,
    limit: _,
    ...routerOptions
  } = options;
  const router = createConnectRouter({
    ...routerLimits,
    ...routerOptions,
    acceptCompression: [compressionGzip],
    shutdownSignal: shutdownSignal && asShutdown(shutdownSignal),
  });
  routes(router);
  const handlers = new Map(router.handlers.map(handler => [handler.requestPath, handler]));
  return (req, res) => {
    const handler = handlers.get(req.url?.split('?', 1)[0] ?? '');
    if (handler === undefined) return fallback(req, res);
    if (!isAuthority('authority' in req ? req.authority : req.headers.host)) {
      res.writeHead(400);
      res.end();
      return;
    }
    const key = ('stream' in req ? req.stream.session : undefined) ?? req.socket;
    const values = contextValues?.({ key, socket: req.socket }) ?? createContextValues();
    serve(handler, req, res, values, record).catch((err: unknown) => {
      // The answer could not be written: the peer is gone, and nobody else can be told.
      log.warn({ err, method: methodName(handler.method) }, 'answer not delivered');
    });
  };
}

/** The same signal with the reason by which toConnectError knows a stop from a caller that went away. */
export function asShutdown(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const onAbort = () => controller.abort(new ConnectError('stopping', Code.Unavailable));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return controller.signal;
}

async function serve(
  handler: UniversalHandler,
  req: NodeRequest,
  res: NodeResponse,
  values: ContextValues,
  record: RecordCall,
): Promise<void> {
  const startMs = performance.now();
  const request = universalRequestFromNodeRequest(req, res, undefined, values);
  let response = await handler(request);
  // The first interceptor gives the call its id. Without one none ran: the call failed while its one message was read.
  const isEarly = handler.method.methodKind === 'unary' && values.get(requestIdKey) === '';
  const refusal = isEarly ? await readEarlyRefusal(handler, request, response) : undefined;
  if (refusal !== undefined) {
    const requestId = acceptRequestId(request.header.get('x-request-id'));
    response = refusal.answer(requestId);
    record({
      method: methodName(handler.method),
      caller: undefined,
      project: undefined,
      code: codeName(refusal.error.code),
      reason: reasonOf(refusal.error),
      durationMs: sinceMs(startMs),
      protocol: protocolOf(request.url, request.header),
      requestId,
    });
  }
  await universalResponseToNodeResponse(response, res);
}

const isAuthority = (authority: string | undefined) =>
  authority !== undefined && URL.canParse(`http://${authority}`) && !/[/?#@\\\s]/.test(authority);

/** The words each protocol has for a method that is not here. */
const answerUnimplemented: NodeHandler = (req, res) => {
  const contentType = req.headers['content-type'] ?? '';
  const message = 'this server has no such method';
  if (contentType.startsWith('application/grpc')) {
    const status = { 'grpc-status': Code.Unimplemented.toString(), 'grpc-message': encodeURIComponent(message) };
    res.writeHead(200, { 'content-type': contentType, ...status });
    res.end();
  } else {
    res.writeHead(404, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ code: 'unimplemented', message }));
  }
};
