import { Code, ConnectError } from '@connectrpc/connect';
import {
  createAsyncIterable,
  encodeEnvelope,
  readAllBytes,
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
} from '@connectrpc/connect/protocol';
import { codeFromHttpStatus, errorToJsonBytes } from '@connectrpc/connect/protocol-connect';
import { findTrailerError, setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import { trailerFlag, trailerParse, trailerSerialize } from '@connectrpc/connect/protocol-grpc-web';
import { fromFramework } from './errors.ts';
import { maxWriteBytes } from './limits.ts';

export type EarlyRefusal = { error: ConnectError; answer: (requestId: string) => UniversalServerResponse };

/**
 * Connect refuses a message it cannot read before any interceptor runs, in its own words, which can quote the message.
 * This reads such an answer and gives the same code with our words and reason. Undefined when it is no such refusal.
 */
export async function readEarlyRefusal(
  { service, method }: UniversalHandler,
  request: UniversalServerRequest,
  response: UniversalServerResponse,
): Promise<EarlyRefusal | undefined> {
  // 404, 405, 415 and the like say it all without a body.
  if (response.body === undefined) return undefined;
  const called = { service, method, signal: request.signal };
  // Connect says INTERNAL for some messages that cannot be read, and nothing but reading has happened yet.
  const tell = (code: Code) =>
    fromFramework(code === Code.Internal ? Code.InvalidArgument : code, called) ??
    new ConnectError('internal error', Code.Internal);
  const contentType = request.header.get('content-type') ?? '';
  if (contentType.startsWith('application/grpc-web')) {
    const body = await readAllBytes(response.body, maxWriteBytes);
    const isReadable = body[0] === trailerFlag;
    const error = tell((isReadable && findTrailerError(trailerParse(body.subarray(5)))?.code) || Code.InvalidArgument);
    return { error, answer: id => ({ ...response, body: lastEnvelope(error, id) }) };
  }
  if (contentType.startsWith('application/grpc')) {
    const code = findTrailerError(response.trailer ?? new Headers())?.code;
    if (code === undefined) return undefined;
    const error = tell(code);
    return { error, answer: id => ({ ...response, trailer: trailerOf(error, id) }) };
  }
  if (response.status === 200) return undefined;
  const error = tell(codeOfStatus[response.status] ?? codeFromHttpStatus(response.status));
  return { error, answer: id => connectAnswer(response, error, id) };
}

/** Where Connect's mapping from code to status has no inverse; of the codes that share 400 only this one comes early. */
const codeOfStatus: Record<number, Code> = {
  400: Code.InvalidArgument,
  409: Code.Aborted,
  429: Code.ResourceExhausted,
  499: Code.Canceled,
  500: Code.Internal,
  501: Code.Unimplemented,
  504: Code.DeadlineExceeded,
};

function connectAnswer(response: UniversalServerResponse, error: ConnectError, id: string): UniversalServerResponse {
  const body = errorToJsonBytes(error, undefined);
  const header = new Headers(response.header);
  header.delete('content-encoding');
  header.set('content-length', body.byteLength.toString());
  header.set('x-request-id', id);
  return { ...response, header, body: createAsyncIterable([body]) };
}

const lastEnvelope = (error: ConnectError, id: string) =>
  createAsyncIterable([encodeEnvelope(trailerFlag, trailerSerialize(trailerOf(error, id)))]);

function trailerOf(error: ConnectError, id: string): Headers {
  const trailer = setTrailerStatus(new Headers(), error);
  trailer.set('x-request-id', id);
  return trailer;
}
