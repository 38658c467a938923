import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Delivery, Webhook } from '../delivery.ts';
import { accepted, momentIn, outsideTolerance, refused, type Tolerance } from './verification.ts';

/** How a vendor signs a delivery with a shared secret. */
export type HmacScheme = {
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  /** The header with the signature, lower case. */
  readonly header: string;
  /** Where it does not stand in the header alone: the signature, or several separated by `separator`. */
  readonly given?: (delivery: Delivery) => string | undefined;
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
  readonly toleranceMs?: Tolerance;
};

/** Makes a `verify` of the scheme. Several secrets: any one may fit (rotation with overlap). */
export function hmac(scheme: HmacScheme): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = scheme.given === undefined ? delivery.headers[scheme.header] : scheme.given(delivery);
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const signed = scheme.signed === undefined ? [delivery.body] : scheme.signed(delivery);
    if (signed === undefined) return refused('TIMESTAMP_MISSING');
    if (!secrets.some(secret => matches(scheme, reveal(secret), signed, given))) return refused('SIGNATURE_WRONG');
    if (scheme.timestamp !== undefined) {
      const time = scheme.timestamp(delivery);
      const failure = outsideTolerance(time, now, scheme.toleranceMs);
      if (failure !== undefined) return refused(failure);
    }
    return accepted(delivery);
  };
}

/** Seconds since 1970 in a header, as most vendors send it. */
export function secondsHeader(name: string): (delivery: Delivery) => Date | undefined {
  return ({ headers }) => {
    const text = headers[name];
    return text !== undefined && /^\d{1,12}$/.test(text) ? momentIn(text, 'seconds') : undefined;
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
