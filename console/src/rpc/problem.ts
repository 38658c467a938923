import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../../gen/google/rpc/error_details_pb.js';

/** An error of a call, taken apart for people and forms. */
export type Problem = {
  readonly code: Code;
  /** Name of an ErrorReason; empty when the error is none of the service's. */
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** By field of the request. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;
};

export function problemOf(error: unknown): Problem {
  const found = ConnectError.from(error);
  const [info] = found.findDetails(ErrorInfoSchema);
  const [bad] = found.findDetails(BadRequestSchema);
  const [retry] = found.findDetails(RetryInfoSchema);
  return {
    code: found.code,
    reason: info?.reason ?? '',
    message: info === undefined || found.code === Code.Unauthenticated ? messageOf(found) : sentence(found.rawMessage),
    metadata: info?.metadata ?? {},
    fields: Object.fromEntries((bad?.fieldViolations ?? []).map(each => [each.field, each.description])),
    retryAfterSeconds: retry?.retryDelay === undefined ? undefined : Number(retry.retryDelay.seconds),
  };
}

function messageOf({ code, rawMessage }: ConnectError): string {
  if (code === Code.Unauthenticated) return 'The session has ended. Sign in again.';
  if (code === Code.Unavailable || code === Code.Unknown) return 'The service cannot be reached. It is tried again.';
  return sentence(rawMessage);
}

/** Messages of the service begin as they may stand in a log line. */
export function sentence(text: string): string {
  const first = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
