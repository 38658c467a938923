import type { IncomingMessage } from 'node:http';

/** BROKEN: the sender went away. */
export type BodyFault = 'TOO_LARGE' | 'TOO_LATE' | 'BROKEN';

/** What is read of a body that is too large, so that its sender hears the answer; beyond it the connection is cut. */
const DISCARDED_BODIES = 8;

/** The body's bytes as they came. Holds at most `maxBytes`, waits at most `timeoutMs` from now. */
export function readBody(req: IncomingMessage, maxBytes: number, timeoutMs: number): Promise<Buffer | BodyFault> {
  return new Promise(resolve => {
    let chunks: Buffer[] = [];
    let size = 0;
    const isTooLarge = (): boolean => size > maxBytes;
    const settle = (result: Buffer | BodyFault): void => {
      clearTimeout(late);
      req.off('data', take).off('end', end).off('close', broken);
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.byteLength;
      if (!isTooLarge()) chunks.push(chunk);
      else chunks = [];
      if (size > maxBytes * DISCARDED_BODIES) settle('TOO_LARGE');
    };
    const end = (): void =>
      settle(isTooLarge() ? 'TOO_LARGE' : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const broken = (): void => settle('BROKEN');
    const late = setTimeout(() => settle(isTooLarge() ? 'TOO_LARGE' : 'TOO_LATE'), timeoutMs);
    // An error is followed by close; without a listener it would end the process.
    req
      .on('data', take)
      .on('end', end)
      .on('close', broken)
      .on('error', () => undefined);
  });
}
