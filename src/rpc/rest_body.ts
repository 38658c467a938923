import type { IncomingMessage } from 'node:http';
import { fieldsInvalid } from './errors.ts';
import { parseJson } from './json_text.ts';

/** A body that is refused by its envelope, before its content is looked at. */
export class BodyRefused extends Error {
  override name = 'BodyRefused';
  readonly status: 413 | 415;
  constructor(status: 413 | 415, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The JSON of a request's body; undefined when there is none. Throws BodyRefused for a body that is too large, not JSON
 * by its type or compressed, and FIELD_INVALID, with the place, for one that is not the JSON we take.
 */
export async function readJsonBody(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(req, maxBytes);
  if (bytes.byteLength === 0) return undefined;
  const encoding = req.headers['content-encoding'] ?? 'identity';
  const type = req.headers['content-type'] ?? '';
  if (encoding !== 'identity') throw new BodyRefused(415, 'the body must not be compressed');
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    throw new BodyRefused(415, 'the content-type must be application/json');
  }
  const parsed = parseJson(decode(bytes));
  if ('value' in parsed) return parsed.value;
  const { line, column, problem } = parsed;
  throw fieldsInvalid([{ field: 'body', description: `is not JSON at line ${line} column ${column}: ${problem}` }]);
}

async function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new BodyRefused(413, `the body is larger than ${maxBytes} bytes`);
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving it early would destroy the socket, and with it the answer.
  return new Promise((resolve, reject) => {
    req.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length <= maxBytes) chunks.push(chunk);
      else {
        req.pause();
        reject(tooLarge());
      }
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', reject);
    req.once('close', () => reject(new Error('the caller went away')));
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw fieldsInvalid([{ field: 'body', description: 'is not UTF-8' }]);
  }
}
