import type { ServerHttp2Stream } from 'node:http2';
import { Code, ConnectError } from '@connectrpc/connect';

export type Reading = {
  /** The message's bytes. Rejects with the code Connect has for what is no single message. */
  readonly message: Promise<Buffer>;
  readonly giveUp: (code: Code) => void;
};

const HEAD_BYTES = 5;

/** Reads the one message of a unary call out of its envelope. Of one that is too large only the first bytes are held. */
export function readMessage(stream: ServerHttp2Stream, maxBytes: number): Reading {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let head: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  const stop = (): void => void stream.off('data', take).off('end', end).off('close', hungUp);
  const giveUp = (code: Code): void => {
    stop();
    reject(new ConnectError('no single message', code));
  };
  const take = (chunk: Buffer): void => {
    size += chunk.byteLength;
    if (head === undefined) head = chunk;
    else if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]);
    else if (rest === undefined) rest = [chunk];
    else rest.push(chunk);
    if (head.byteLength < HEAD_BYTES) return;
    const length = head.readUInt32BE(1);
    if (length > maxBytes) giveUp(Code.ResourceExhausted);
    // A unary method is sent one message; Connect has this code for more.
    else if (size > HEAD_BYTES + length) giveUp(Code.Unimplemented);
  };
  const end = (): void => {
    // Bit 0 of the first byte says compressed, and no compression was agreed on.
    if (head === undefined) giveUp(Code.Unimplemented);
    else if (head.byteLength < HEAD_BYTES || head.readUInt8(0) % 2 === 1) giveUp(Code.InvalidArgument);
    else if (size !== HEAD_BYTES + head.readUInt32BE(1)) giveUp(Code.InvalidArgument);
    else {
      stop();
      resolve((rest === undefined ? head : Buffer.concat([head, ...rest])).subarray(HEAD_BYTES));
    }
  };
  const hungUp = (): void => giveUp(Code.Canceled);
  stream.on('data', take).on('end', end).on('close', hungUp);
  return { message: promise, giveUp };
}
