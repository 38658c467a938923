import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRegistry, type DescService, type Message, type Registry, toJson } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { IntegrationError } from '../errors.ts';
import { codeName, type RecordCall, sinceMs } from './call_record.ts';
import { fromIntegrationError } from './errors.ts';
import { maxRestBodyBytes, restTimeoutMs } from './limits.ts';
import { methodName } from './method.ts';
import { acceptRequestId } from './request_id.ts';
import { answerError, answerJson, describeError, type Headers as OutHeaders, type RestError } from './rest_answer.ts';
import { BodyRefused, readJsonBody } from './rest_body.ts';
import { buildRequest } from './rest_request.ts';
import { createRouteTable, type Route, type RouteTable, readRoutes } from './rest_routes.ts';

/** Answers the request when its path is one of REST's, and says whether it was. */
export type RestRoutes = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

/**
 * Serves the google.api.http annotations of the services. Each request becomes one call through `transport`, so that it
 * passes the same interceptors as any other. What is refused before there is a call goes to `record`. Answers of the `kept`
 * services may be stored by who asked, for himself, and are asked about before they are used again; all others are not stored.
 */
export function createRestRoutes(
  services: readonly DescService[],
  transport: Transport,
  record: RecordCall,
  kept: readonly DescService[],
): RestRoutes {
  const table = createRouteTable(readRoutes(services));
  const registry = createRegistry(...services.map(s => s.file));
  return async (req, res) => {
    const { path, query } = splitUrl(req.url ?? '/');
    if (!table.owns(path)) return false;
    const startMs = performance.now();
    const requestId = acceptRequestId(single(req.headers['x-request-id']));
    const headers: OutHeaders = { 'x-request-id': requestId };
    const refuse = (method: string, { status, error }: Refusal, more: OutHeaders = {}) => {
      record({
        method,
        caller: undefined,
        project: undefined,
        code: error.code.toLowerCase(),
        reason: error.reason,
        durationMs: sinceMs(startMs),
        protocol: 'rest',
        requestId,
      });
      answerError(req, res, status, error, { ...headers, ...more });
    };

    const found = findRoute(table, req.method ?? '', path);
    if ('refusal' in found) {
      refuse('rest', found.refusal, found.headers);
      return true;
    }
    const { route, fields } = found;
    const name = methodName(route.method);
    let message: Message;
    try {
      const body = route.body === '' ? undefined : await readJsonBody(req, maxRestBodyBytes);
      message = buildRequest(route, fields, new URLSearchParams(query), body);
    } catch (err) {
      refuse(name, refusalOf(err));
      return true;
    }
    const reuse = route.isTagged && kept.includes(route.method.parent) ? revalidated : {};
    await call(route, message, { req, res, requestId, headers, reuse, transport, registry });
    return true;
  };
}

/** Each caller's own: what is ready, and what may be seen, differs. */
const revalidated: OutHeaders = { 'cache-control': 'private, no-cache', vary: 'authorization' };

type Exchange = {
  req: IncomingMessage;
  res: ServerResponse;
  requestId: string;
  headers: OutHeaders;
  /** Headers of an answer that succeeds. */
  reuse: OutHeaders;
  transport: Transport;
  registry: Registry;
};

async function call(route: Route, message: Message, exchange: Exchange): Promise<void> {
  const { req, res, headers, reuse, transport, registry } = exchange;
  const hangUp = new AbortController();
  const onClose = () => hangUp.abort();
  res.once('close', onClose);
  try {
    const { method } = route;
    const answer = await transport.unary(method, hangUp.signal, timeoutOf(req), passOn(exchange), message);
    const json = toJson(method.output, answer.message, { useProtoFieldName: true, alwaysEmitImplicit: true, registry });
    answerJson(req, res, json, { isTagged: route.isTagged, headers: { ...headers, ...reuse } });
  } catch (err) {
    const { status, error } = describeError(isTold(err) ? err : new ConnectError('internal error', Code.Internal));
    answerError(req, res, status, error, headers);
  } finally {
    res.off('close', onClose);
  }
}

/** Interceptors made every answer of a call safe. What else fails on the way, but for hang-ups, is not told. */
const isTold = (err: unknown): err is ConnectError =>
  err instanceof ConnectError && (err.isWireError || err.code === Code.Canceled || err.code === Code.DeadlineExceeded);

function passOn({ req, requestId }: Exchange): Headers {
  const headers = new Headers({ 'x-request-id': requestId });
  for (const name of ['authorization', 'traceparent', 'tracestate', 'user-agent']) {
    const value = single(req.headers[name]);
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}

function timeoutOf(req: IncomingMessage): number {
  const wanted = single(req.headers['connect-timeout-ms']) ?? '';
  return /^[1-9]\d{0,9}$/.test(wanted) ? Math.min(Number(wanted), restTimeoutMs) : restTimeoutMs;
}

type Refusal = { status: number; error: RestError };
type Routed = { route: Route; fields: Map<string, string> } | { refusal: Refusal; headers?: OutHeaders };

function findRoute(table: RouteTable, httpMethod: string, path: string): Routed {
  const found = table.find(httpMethod, path);
  switch (found.kind) {
    case 'route':
      return found;
    case 'other_method': {
      const error = { code: 'UNIMPLEMENTED', message: 'this path does not take this HTTP method' };
      return { refusal: { status: 405, error }, headers: { allow: found.allow.join(', ') } };
    }
    case 'broken_path':
      return {
        refusal: {
          status: 400,
          error: { code: 'INVALID_ARGUMENT', message: 'the path is not UTF-8 in percent encoding' },
        },
      };
    case 'unknown':
      return { refusal: { status: 404, error: { code: 'NOT_FOUND', message: 'there is nothing at this path' } } };
  }
}

function refusalOf(err: unknown): Refusal {
  if (err instanceof IntegrationError) return describeError(fromIntegrationError(err));
  if (err instanceof BodyRefused) {
    const tooLarge = { reason: 'REQUEST_TOO_LARGE', metadata: { limit_bytes: maxRestBodyBytes.toString() } };
    const isTooLarge = err.status === 413;
    const code = codeName(isTooLarge ? Code.ResourceExhausted : Code.InvalidArgument).toUpperCase();
    return { status: err.status, error: { code, message: err.message, ...(isTooLarge && tooLarge) } };
  }
  return { status: 499, error: { code: 'CANCELED', message: 'the body did not arrive' } };
}

function splitUrl(url: string): { path: string; query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

const single = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);
