import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Delivery, Verification, VerificationFailure, Verified, Webhook } from '../delivery.ts';

/** How a vendor signs a delivery with a shared secret. */
export type HmacScheme = {
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  /** The header with the signature, lower case. */
  readonly header: string;
  /** What stands before the signature, for example `sha256=`; a signature without it is wrong. */
  readonly prefix?: string;
  /** Splits a header that lists several signatures; any one that fits will do. */
  readonly separator?: string;
  /** The bytes that were signed. Default: the body. Undefined: a part of them is missing. */
  readonly signed?: (delivery: Delivery) => readonly (string | Uint8Array)[] | undefined;
  /** The key's bytes. Default: the secret's UTF-8. */
  readonly key?: (secret: string) => Uint8Array;
  /** When it was signed, as the signed bytes say. Absent: the vendor signs no time. */
  readonly timestamp?: (delivery: Delivery) => Date | undefined;
  readonly toleranceMs?: { readonly past: number; readonly future: number };
};

/** The past as most vendors advise; into the future only what clocks differ by. */
const DEFAULT_TOLERANCE_MS = { past: 300_000, future: 60_000 };

/** Makes a `verify` of the scheme. Several secrets: any one may fit (rotation with overlap). */
export function hmac(scheme: HmacScheme): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = delivery.headers[scheme.header];
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const signed = scheme.signed === undefined ? [delivery.body] : scheme.signed(delivery);
    if (signed === undefined) return refused('TIMESTAMP_MISSING');
    if (!secrets.some(secret => matches(scheme, reveal(secret), signed, given))) return refused('SIGNATURE_WRONG');
    if (scheme.timestamp !== undefined) {
      const time = scheme.timestamp(delivery);
      const failure = outsideTolerance(time, now, scheme.toleranceMs ?? DEFAULT_TOLERANCE_MS);
      if (failure !== undefined) return refused(failure);
    }
    return { ok: true, verified: delivery as Verified };
  };
}

/** Seconds since 1970 in a header, as most vendors send it. */
export function secondsHeader(name: string): (delivery: Delivery) => Date | undefined {
  return delivery => {
    const text = delivery.headers[name];
    return text !== undefined && /^\d{1,12}$/.test(text) ? new Date(Number(text) * 1000) : undefined;
  };
}

function matches(scheme: HmacScheme, secret: string, signed: readonly (string | Uint8Array)[], given: string): boolean {
  const mac = createHmac(scheme.algorithm ?? 'sha256', scheme.key?.(secret) ?? secret);
  for (const part of signed) mac.update(part);
  const expected = Buffer.from((scheme.prefix ?? '') + mac.digest(scheme.encoding ?? 'hex'), 'utf8');
  const candidates = scheme.separator === undefined ? [given] : given.split(scheme.separator);
  return candidates.some(text => {
    const candidate = Buffer.from(text.trim(), 'utf8');
    return candidate.length === expected.length && timingSafeEqual(candidate, expected);
  });
}

function outsideTolerance(
  time: Date | undefined,
  now: Date,
  tolerance: { past: number; future: number },
): VerificationFailure | undefined {
  if (time === undefined || Number.isNaN(time.getTime())) return 'TIMESTAMP_MISSING';
  const ageMs = now.getTime() - time.getTime();
  if (ageMs > tolerance.past) return 'TIMESTAMP_STALE';
  return -ageMs > tolerance.future ? 'TIMESTAMP_FUTURE' : undefined;
}

function refused(cause: VerificationFailure): Verification {
  return { ok: false, cause };
}
