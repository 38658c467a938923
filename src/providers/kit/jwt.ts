import type { VerificationFailure } from '../delivery.ts';
import { jsonObject } from './body.ts';
import { ProviderError } from './error.ts';
import type { Json } from './read.ts';

const MAX_TOKEN_LENGTH = 8_192;
/** What clocks may differ by. */
const LEEWAY_SECONDS = 60;
/** Longest age of a token that names no end. */
const MAX_AGE_SECONDS = 300;

export type TokenParts = {
  readonly head: Json;
  readonly claims: Json;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: Buffer;
};

/** The parts of `Bearer <token>`; nothing of it is checked. Undefined: it is not of that form. */
export function readBearer(header: string): TokenParts | undefined {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(header.slice(0, MAX_TOKEN_LENGTH));
  if (token === null) return undefined;
  const [, head = '', claims = '', signature = ''] = token;
  return {
    head: part(head) ?? {},
    claims: part(claims) ?? {},
    signed: `${head}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** A token without `exp` and `iat` is refused. */
export function outsideValidity({ exp, iat, nbf }: Json, seconds: number): VerificationFailure | undefined {
  const from = Math.max(typeof iat === 'number' ? iat : 0, typeof nbf === 'number' ? nbf : 0);
  const until = typeof exp === 'number' ? exp : typeof iat === 'number' ? iat + MAX_AGE_SECONDS : undefined;
  if (until === undefined) return 'TIMESTAMP_MISSING';
  if (from > seconds + LEEWAY_SECONDS) return 'TIMESTAMP_FUTURE';
  return seconds > until + LEEWAY_SECONDS ? 'TIMESTAMP_STALE' : undefined;
}

/** A part of the token; undefined where it is not a JSON object. */
function part(encoded: string): Json | undefined {
  try {
    return jsonObject(Buffer.from(encoded, 'base64url').toString('utf8'), 'token');
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}
