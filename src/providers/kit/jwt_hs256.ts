import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Verification, VerificationFailure, Verified, Webhook } from '../delivery.ts';
import { jsonObject } from './body.ts';
import { ProviderError } from './error.ts';
import type { Json } from './read.ts';

const MAX_TOKEN_LENGTH = 8_192;
/** What clocks may differ by. */
const LEEWAY_SECONDS = 60;
/** Longest age of a token that names no end. */
const MAX_AGE_SECONDS = 300;

/**
 * Makes a `verify` for vendors that send a bearer JWT signed with HS256 and a shared secret. It proves who called, not
 * what was said: the body is not under the signature. A token without `exp` and `iat` is refused.
 */
export function bearerJwtHs256(header: string): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = delivery.headers[header];
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(given.slice(0, MAX_TOKEN_LENGTH));
    if (token === null) return refused('SIGNATURE_WRONG');
    const [, head = '', claims = '', signature = ''] = token;
    const candidate = Buffer.from(signature, 'base64url');
    const fits = secrets.some(secret => {
      const expected = createHmac('sha256', reveal(secret)).update(`${head}.${claims}`).digest();
      return candidate.length === expected.length && timingSafeEqual(candidate, expected);
    });
    if (!fits || part(head)?.alg !== 'HS256') return refused('SIGNATURE_WRONG');
    const failure = outsideValidity(part(claims) ?? {}, now.getTime() / 1000);
    return failure === undefined ? { ok: true, verified: delivery as Verified } : refused(failure);
  };
}

function outsideValidity({ exp, iat, nbf }: Json, seconds: number): VerificationFailure | undefined {
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

function refused(cause: VerificationFailure): Verification {
  return { ok: false, cause };
}
