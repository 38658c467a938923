import type { IncomingMessage, ServerResponse } from 'node:http';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import { codeName } from './call_record.ts';
import { etagOf, holds } from './conditional.ts';

/** The body of every REST error, under `error`. */
export type RestError = {
  code: string;
  message: string;
  reason?: string;
  metadata?: Record<string, string>;
  field_violations?: { field: string; description: string }[];
  /** Seconds to wait before the next try. */
  retry_after?: number;
};

/** Google's mapping of gRPC codes to HTTP. */
const statuses: Record<Code, number> = {
  [Code.Canceled]: 499,
  [Code.Unknown]: 500,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Internal]: 500,
  [Code.Unavailable]: 503,
  [Code.DataLoss]: 500,
  [Code.Unauthenticated]: 401,
};

/** What an error of a call looks like over REST. */
export function describeError(err: ConnectError): { status: number; error: RestError } {
  const [info] = err.findDetails(ErrorInfoSchema);
  const [bad] = err.findDetails(BadRequestSchema);
  const [retry] = err.findDetails(RetryInfoSchema);
  const error: RestError = { code: codeName(err.code).toUpperCase(), message: err.rawMessage };
  if (info) Object.assign(error, { reason: info.reason, metadata: info.metadata });
  if (bad) error.field_violations = bad.fieldViolations.map(({ field, description }) => ({ field, description }));
  if (retry?.retryDelay) error.retry_after = Math.max(1, Math.ceil(durationMs(retry.retryDelay) / 1000));
  return { status: info?.reason === 'REQUEST_TOO_LARGE' ? 413 : statuses[err.code], error };
}

export type Headers = Record<string, string>;

const always: Headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** Answers 200 with the JSON; under `isTagged` with its entity tag, or 304 to whom has it. HEAD gets the same headers. */
export function answerJson(
  req: IncomingMessage,
  res: ServerResponse,
  json: unknown,
  { isTagged, headers }: { readonly isTagged: boolean; readonly headers: Headers },
): void {
  const body = Buffer.from(JSON.stringify(json));
  if (!isTagged) {
    send(req, res, 200, body, headers);
    return;
  }
  // Weak: a proxy may compress what it passes on.
  const etag = `W/${etagOf(body)}`;
  if (!holds(req.headers['if-none-match'], etag)) send(req, res, 200, body, { ...headers, etag });
  else if (!res.destroyed) res.writeHead(304, { 'cache-control': 'no-store', ...headers, etag }).end();
}

/** Answers an error of which nothing but this may be told. */
export function answerError(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  error: RestError,
  headers: Headers,
): void {
  const more: Headers = { ...headers };
  if (error.retry_after !== undefined) more['retry-after'] = error.retry_after.toString();
  if (status === 401) {
    const given = req.headers.authorization === undefined ? '' : ', error="invalid_token"';
    more['www-authenticate'] = `Bearer realm="mobius"${given}`;
  }
  // The rest of a body that was not read must not be taken for the next request.
  if (!req.complete) more.connection = 'close';
  send(req, res, status, Buffer.from(JSON.stringify({ error })), more);
}

function send(req: IncomingMessage, res: ServerResponse, status: number, body: Buffer, headers: Headers): void {
  if (res.destroyed) return;
  res.writeHead(status, { ...always, ...headers, 'content-length': body.byteLength.toString() });
  res.end(req.method === 'HEAD' ? undefined : body);
}
