import { createHash } from 'node:crypto';
import { reveal, type Secret } from '../../secret.ts';

/** Twelve hex digits of the secret's SHA-256: names a random key without giving it away. */
export function fingerprint(secret: Secret): string {
  return textFingerprint(reveal(secret));
}

export function textFingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** A delivery's key where the vendor gives none: two deliveries are the same if their bytes are. */
export function bodyKey(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
