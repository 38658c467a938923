import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Delivery, Webhook } from '../delivery.ts';
import { accepted, outsideTolerance, refused, type Tolerance } from './verification.ts';

/** How a vendor signs a delivery with a private key of its own; what we are told is the public one. */
export type PublicKeyScheme = {
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  /** The header with the signature, lower case. ECDSA signatures are DER. */
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  /** The bytes that were signed. Undefined: a part of them is missing. */
  readonly signed: (delivery: Delivery) => readonly (string | Uint8Array)[] | undefined;
  /** When it was signed, as the signed bytes say. Absent: the vendor signs no time. */
  readonly timestamp?: (delivery: Delivery) => Date | undefined;
  readonly toleranceMs?: Tolerance;
};

/** Makes a `verify` of the scheme. Several keys: any one may fit. A key that cannot be read fits nothing. */
export function publicKeySignature(scheme: PublicKeyScheme): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = delivery.headers[scheme.header];
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const parts = scheme.signed(delivery);
    if (parts === undefined) return refused('TIMESTAMP_MISSING');
    const signature = decode(given, scheme.encoding);
    const signed = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part)));
    const fits = secrets.some(secret => matches(scheme, keyOf(scheme, reveal(secret)), signed, signature));
    if (!fits) return refused('SIGNATURE_WRONG');
    if (scheme.timestamp === undefined) return accepted(delivery);
    const failure = outsideTolerance(scheme.timestamp(delivery), now, scheme.toleranceMs);
    return failure === undefined ? accepted(delivery) : refused(failure);
  };
}

/** Undefined where it is not what the encoding makes: Node's decoder skips what it does not know. */
function decode(text: string, encoding: 'hex' | 'base64'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === (encoding === 'hex' ? text.toLowerCase() : text) ? bytes : undefined;
}

function matches(
  { algorithm }: PublicKeyScheme,
  key: KeyObject | undefined,
  signed: Uint8Array,
  signature: Buffer | undefined,
): boolean {
  if (key === undefined || signature === undefined) return false;
  return algorithm === 'ed25519'
    ? verify(null, signed, key, signature)
    : verify('sha256', signed, { key, dsaEncoding: 'der' }, signature);
}

/** PEM, the base64 of an SPKI, or the 32 bytes of an Ed25519 key in hex. */
function keyOf({ algorithm }: PublicKeyScheme, text: string): KeyObject | undefined {
  try {
    const key = /^[0-9a-f]{64}$/i.test(text)
      ? createPublicKey({
          key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(text, 'hex').toString('base64url') },
          format: 'jwk',
        })
      : text.includes('-----BEGIN')
        ? createPublicKey(text)
        : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return isOf(key, algorithm) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** A key of another kind would verify by another algorithm. */
function isOf(key: KeyObject, algorithm: PublicKeyScheme['algorithm']): boolean {
  if (key.type !== 'public') return false;
  if (algorithm === 'ed25519') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
