import { randomUUID } from 'node:crypto';
import type { DescMethod } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { CompilationError, RuntimeError, ValidationError, type Violation } from '@bufbuild/protovalidate';
import { Code, ConnectError, type StreamRequest, type UnaryRequest } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import { codeOf, type Reason } from '../error_reason.ts';
import { type FieldViolation, IntegrationError } from '../errors.ts';
import { explainStoreError, storeErrorCode } from '../store/failure.ts';
import { maxReadBytes } from './limits.ts';
import { methodName } from './method.ts';
import { requestIdKey } from './request_id.ts';

type Request = UnaryRequest | StreamRequest;
type Called = Pick<Request, 'service' | 'signal'> & { method: DescMethod };
type Details = ConstructorParameters<typeof ConnectError>[3] & object;

export const errorDomain = 'integrations.mobius';

/** Trailers carry the details, and clients bound their size: more than this many bad fields are counted, not listed. */
const maxViolations = 20;
const maxDescriptionChars = 200;

/** The messages of an answer, their failure told as `toConnectError` tells it. */
export async function* translateEach<T>(messages: AsyncIterable<T>, request: Request, log: Pick<Logger, 'error'>) {
  try {
    yield* messages;
  } catch (err) {
    throw toConnectError(err, request, log);
  }
}

/** The messages of a request. What fails while one is read is the sender's mistake; Connect says INTERNAL for some of it. */
export async function* readEach<T>(messages: AsyncIterable<T>) {
  try {
    yield* messages;
  } catch (err) {
    if (err instanceof ConnectError && err.code === Code.Internal)
      throw new ConnectError('unreadable', Code.InvalidArgument);
    throw err;
  }
}

/**
 * The one place where errors become answers. IntegrationError, failed validation and Connect's own refusals are told;
 * anything else is logged under the call's id and answered "internal error" with that id.
 */
export function toConnectError(err: unknown, request: Request, log: Pick<Logger, 'error'>): ConnectError {
  if (err instanceof IntegrationError) return fromIntegrationError(err);
  // A deadline, a hang-up or our stop reaches the code as the signal's reason, or as an AbortError of what it awaited.
  if (request.signal.aborted && (err === request.signal.reason || isAbort(err))) {
    return fromFramework(interruption(request.signal.reason), request) ?? fromUnforeseen(err, request, log);
  }
  if (err instanceof ConnectError) {
    if (err.cause instanceof ValidationError) return fromViolations(err.cause.violations);
    const isOurs = err.cause instanceof CompilationError || err.cause instanceof RuntimeError;
    const told = fromFramework(err.code, request);
    if (told !== undefined && !isOurs) return told;
  }
  const explained = explainStoreError(err);
  if (explained instanceof IntegrationError) {
    log.error({ code: storeErrorCode(err), method: methodName(request.method) }, 'the store is away');
    return fromIntegrationError(explained);
  }
  return fromUnforeseen(err, request, log);
}

/** The answer that tells an IntegrationError. */
export function fromIntegrationError(err: IntegrationError): ConnectError {
  const details: Details = [errorInfo(err.reason, err.metadata)];
  if (err.fields.length > 0) details.push(badRequest(err.fields));
  if (err.retryDelayMs !== undefined) {
    details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(Math.ceil(err.retryDelayMs)) } });
  }
  return new ConnectError(err.message, codeOf[err.reason], undefined, details);
}

function fromViolations(violations: readonly Violation[]): ConnectError {
  const fields = violations.map(v => ({ field: fieldPath(v), description: cure(v) }));
  return fromIntegrationError(fieldsInvalid(fields));
}

/** FIELD_INVALID, naming each field and what it should have been. */
export function fieldsInvalid(fields: readonly FieldViolation[]): IntegrationError {
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  const message = first ? `${first.field}: ${clip(first.description)}${more}` : 'the request is invalid';
  return new IntegrationError('FIELD_INVALID', first ? { field: first.field } : {}, { message, fields });
}

function fromUnforeseen(err: unknown, request: Request, log: Pick<Logger, 'error'>): ConnectError {
  const requestId = request.contextValues.get(requestIdKey) || randomUUID();
  log.error({ err, requestId, method: methodName(request.method) }, 'internal error');
  return new ConnectError('internal error', Code.Internal, undefined, [errorInfo('INTERNAL', { call_id: requestId })]);
}

const errorInfo = (reason: Reason, metadata: Readonly<Record<string, string>>): Details[number] => ({
  desc: ErrorInfoSchema,
  value: { reason, domain: errorDomain, metadata },
});

function badRequest(fields: readonly FieldViolation[]): Details[number] {
  const fieldViolations = fields
    .slice(0, maxViolations)
    .map(f => ({ field: clip(f.field), description: clip(f.description) }));
  return { desc: BadRequestSchema, value: { fieldViolations } };
}

const clip = (text: string) => (text.length > maxDescriptionChars ? `${text.slice(0, maxDescriptionChars)}…` : text);
function interruption(reason: unknown): Code {
  const code = reason instanceof ConnectError ? reason.code : Code.Canceled;
  // Resets of the stream come with codes of their own; all of them are the caller going away.
  return code === Code.DeadlineExceeded || code === Code.Unavailable ? code : Code.Canceled;
}

const isAbort = (err: unknown) => err instanceof Error && (err.name === 'AbortError' || err.name === 'TimeoutError');

/** protovalidate's messages say what must be, but for this one and for rules without a message. */
const cure = ({ message, ruleId }: Violation) =>
  message.replace('does not match regex pattern', 'must match') || `must keep the rule ${ruleId}`;

/** The path as the contract spells it. Map keys are the caller's data and are left out. */
function fieldPath(violation: Violation): string {
  let path = '';
  for (const step of violation.field) {
    if (step.kind === 'list_sub') path += `[${step.index}]`;
    else if (step.kind === 'map_sub') path += '[key]';
    else path += (path === '' ? '' : '.') + step.name;
  }
  return path === '' ? 'request' : path;
}

/** What Connect itself refuses, in our words: its own can quote the request. Undefined: not for outside. */
export function fromFramework(code: Code, request: Called): ConnectError | undefined {
  const tell = (text: string, reason?: Reason, metadata: Record<string, string> = {}) =>
    new ConnectError(text, code, undefined, reason && [errorInfo(reason, metadata)]);
  switch (code) {
    case Code.Unimplemented: {
      const name = methodName(request.method);
      return tell(`${name} is not implemented, or was not called as it is declared`, 'NOT_IMPLEMENTED', { name });
    }
    case Code.ResourceExhausted: {
      const limit = maxReadBytes.toString();
      return tell(`a message is larger than ${limit} bytes`, 'REQUEST_TOO_LARGE', { limit_bytes: limit });
    }
    case Code.Unavailable:
      // Our stop aborts the calls with this code; otherwise something a call depends on is away.
      if (request.signal.aborted) return tell('the server is stopping, call again', 'SHUTTING_DOWN');
      return tell('this cannot be served now, try again');
    case Code.InvalidArgument:
      return tell('the request cannot be read as the message of this method', 'FIELD_INVALID', { field: 'request' });
    case Code.DeadlineExceeded:
      return tell('the deadline passed');
    case Code.Canceled:
    case Code.Aborted:
      return tell('the call was cancelled');
    case Code.NotFound:
      return tell('not found');
    default:
      return undefined;
  }
}
