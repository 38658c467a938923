import {
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { createContextValues } from '@connectrpc/connect';
import { asShutdown, createRpcHandler, type RpcHandlerOptions } from '../adapter.ts';
import { isOpenService } from '../identify.ts';
import { methodName } from '../method.ts';
import { noteUnary } from './methods.ts';
import { createRefuse } from './refuse.ts';
import { createServeUnary } from './serve_unary.ts';

/**
 * Serves the routes on an HTTP/2 server. Unary gRPC calls without compression are answered on their stream; all else goes
 * through Connect's adapter, whose pipes and per-call signals take four fifths of a core that does nothing else.
 */
export function serveHttp2(server: Http2Server | Http2SecureServer, options: RpcHandlerOptions): void {
  const { routes, methods } = noteUnary(options.routes);
  // Takes no connections: it makes requests and responses of the streams that it is given.
  const compatible = createServer(createRpcHandler({ ...options, routes }));
  const { interceptors = [], contextValues, record, log, limit } = options;
  const refuse = createRefuse();
  const shutdownSignal = options.shutdownSignal && asShutdown(options.shutdownSignal);
  const serveUnary = createServeUnary({ interceptors, shutdownSignal, record, log });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: string[]) => {
    const method = methods.get(headers[':path'] as string);
    if (method === undefined || !isPlainGrpc(headers)) {
      compatible.emit('stream', stream, headers, flags, raw);
      return;
    }
    const service = method.spec.method.parent;
    if (limit !== undefined && !isOpenService(service) && limit.calls.isFull()) {
      refuse(stream);
      limit.noteRefused(methodName(method.spec.method));
      return;
    }
    const { session } = stream;
    const values = (session && contextValues?.({ key: session, socket: session.socket })) ?? createContextValues();
    serveUnary({ stream, headers, method, values });
  });
}

function isPlainGrpc(headers: IncomingHttpHeaders): boolean {
  const { 'content-type': contentType, 'grpc-encoding': encoding } = headers;
  return (
    (contentType === 'application/grpc' || contentType === 'application/grpc+proto') &&
    (encoding === undefined || encoding === 'identity') &&
    headers[':method'] === 'POST' &&
    headers.expect === undefined &&
    // What is not as plain as this, the adapter looks at closely.
    /^[A-Za-z0-9.-]{1,255}(:\d{1,5})?$/.test(headers[':authority'] ?? '')
  );
}
