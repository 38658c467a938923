import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { isPublicAddress } from './public_address.ts';

/** All addresses of a host name. */
export type Lookup = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The platform's own resolver. */
export const networkLookup: Lookup = hostname => systemLookup(hostname, { all: true });

export type PinnedRequest = {
  readonly url: URL;
  readonly method: string;
  /** Complete, but for those that say how the request travels. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly lookup: Lookup;
  /** Only for addresses that the operator wrote down. */
  readonly mayBePrivate: boolean;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
};

export type PinnedAnswer = {
  readonly status: number;
  /** Names in lower case; repeated ones are joined with `, `, cookies left out. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decompressed. */
  readonly body: Buffer;
};

/** The host is, or one of its addresses leads, somewhere that is not the public internet. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
}

/** The answer is longer than was asked for. */
export class AnswerTooLargeError extends Error {
  override name = 'AnswerTooLargeError';
}

/**
 * Sends one request, follows nothing and repeats nothing. The host is resolved once, every address it has is looked at,
 * and the connection goes to one of those: a name that resolves otherwise a moment later changes nothing.
 */
export async function requestPinned(request: PinnedRequest): Promise<PinnedAnswer> {
  const { url, signal } = request;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(hostname);
  const found = family === 0 ? await abortable(request.lookup(hostname), signal) : [{ address: hostname, family }];
  const [pinned] = found;
  if (pinned === undefined) throw new Error('the host has no address');
  if (!request.mayBePrivate && !found.every(each => isPublicAddress(each.address))) {
    throw new PrivateAddressError('the host has an address that is not public');
  }
  const lookup: LookupFunction = (_name, options, callback) =>
    options.all ? callback(null, [{ ...pinned }]) : callback(null, pinned.address, pinned.family);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = send(
    url,
    {
      method: request.method,
      headers: {
        ...request.headers,
        'accept-encoding': 'identity',
        ...(request.body !== undefined && { 'content-length': request.body.byteLength }),
      },
      // A connection of its own, which was made to the address looked at.
      agent: false,
      lookup,
      signal,
    },
    resolve,
  );
  sent.once('error', reject);
  sent.end(request.body);
  const answer = await promise;
  const raw = await readAll(answer, request.maxAnswerBytes);
  const body = await decompress(raw, answer.headers['content-encoding'], request.maxAnswerBytes);
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), body };
}

async function readAll(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new AnswerTooLargeError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const inflaters = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>>;

/** What is inside, for servers that compress unasked. */
async function decompress(bytes: Buffer, encoding: string | undefined, maxOutputLength: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || bytes.length === 0) return bytes;
  const inflated = inflaters[encoding.trim().toLowerCase()];
  if (inflated === undefined) throw new Error('the answer is in an encoding that was not asked for');
  try {
    return await inflated(bytes, { maxOutputLength });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new AnswerTooLargeError('the answer is too large');
  }
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const LEFT_OUT = new Set([...HOP_BY_HOP, 'set-cookie', 'set-cookie2', 'content-length', 'content-encoding']);

function headersOf(answer: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(answer.headersDistinct)
      .filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith('proxy-'))
      .map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
