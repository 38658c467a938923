import { Code, ConnectError, type StreamRequest, type UnaryRequest } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import { callerKey } from './caller.ts';
import { methodName, projectOf } from './method.ts';
import { requestIdKey } from './request_id.ts';

/** What is known of a call when it ended. Never a message body. */
export type CallRecord = {
  method: string;
  caller: string | undefined;
  project: string | undefined;
  /** A gRPC code in snake case, or `ok`. */
  code: string;
  reason: string | undefined;
  durationMs: number;
  protocol: 'grpc' | 'grpc-web' | 'connect' | 'rest';
  requestId: string;
};

/** Takes the record of each call that ended. */
export type RecordCall = (call: CallRecord) => void;

const MAX_PROJECT_CHARS = 128;

/** The record of a call that ended now, well where there is no error. `project`: of a stream, as its messages named it. */
export function recordOf(
  request: UnaryRequest | StreamRequest,
  startMs: number,
  error?: unknown,
  project = request.stream ? undefined : projectOf(request.method, request.message),
): CallRecord {
  return {
    method: methodName(request.method),
    caller: request.contextValues.get(callerKey)?.identity,
    project: project?.slice(0, MAX_PROJECT_CHARS),
    code: error === undefined ? 'ok' : codeName(error instanceof ConnectError ? error.code : Code.Internal),
    reason: reasonOf(error),
    durationMs: sinceMs(startMs),
    protocol: protocolOf(request.url, request.header),
    requestId: request.contextValues.get(requestIdKey),
  };
}

/** Milliseconds since a reading of `performance.now()`, to the microsecond. */
export const sinceMs = (startMs: number) => Math.round((performance.now() - startMs) * 1000) / 1000;

/** The reason of our ErrorInfo, when the error carries one. */
export function reasonOf(err: unknown): string | undefined {
  if (!(err instanceof ConnectError)) return undefined;
  for (const detail of err.details) {
    if ('desc' in detail && detail.desc.typeName === ErrorInfoSchema.typeName) {
      return (detail.value as { reason?: string }).reason;
    }
  }
  return undefined;
}

/** `NotFound` -> `not_found`, as Connect spells it on the wire. */
export const codeName = (code: Code) => (Code[code] ?? 'unknown').replace(/(?!^)[A-Z]/g, c => `_${c}`).toLowerCase();

export function protocolOf(url: string, header: Headers): CallRecord['protocol'] {
  // The REST transcoder calls through Connect's in-memory transport, which uses this origin.
  if (url.startsWith('https://in-memory/')) return 'rest';
  const contentType = header.get('content-type') ?? '';
  if (contentType.startsWith('application/grpc-web')) return 'grpc-web';
  return contentType.startsWith('application/grpc') ? 'grpc' : 'connect';
}
