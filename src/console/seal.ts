import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from 'jose';
import { reveal, type Secret } from '../secret.ts';

/** What a browser keeps for us and can neither read nor change. */
export type Seal = {
  /** `purpose` keeps a value of one kind from being taken for another. */
  seal(purpose: string, value: object, expireTime: Date): Promise<string>;
  /** Undefined when the text was not sealed here, for this purpose, or is past its time. */
  open(purpose: string, text: string): Promise<JWTPayload | undefined>;
};

/** Browsers drop cookies over 4096 bytes, name and attributes included. */
const maxSealedChars = 3_800;

/** The value does not fit into a cookie. */
export class SealedTooLarge extends Error {
  override name = 'SealedTooLarge';
}

/** Seals with AES-256-GCM under keys derived from the secrets: the first seals, all open. */
export function createSeal(secrets: readonly Secret[], now: () => Date): Seal {
  const keys = secrets.map(secret => new Uint8Array(hkdfSync('sha256', reveal(secret), '', 'mobius console', 32)));
  const [first] = keys;
  if (first === undefined) throw new Error('a seal needs a key');
  return {
    async seal(purpose, value, expireTime) {
      const text = await new EncryptJWT({ ...value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor(expireTime.getTime() / 1_000))
        .encrypt(first);
      if (text.length > maxSealedChars) throw new SealedTooLarge('the sealed value does not fit into a cookie');
      return text;
    },
    async open(purpose, text) {
      if (text.length > maxSealedChars) return undefined;
      for (const key of keys) {
        try {
          const options = { audience: purpose, currentDate: now(), requiredClaims: ['exp'] };
          const { payload } = await jwtDecrypt(text, key, {
            ...options,
            keyManagementAlgorithms: ['dir'],
            contentEncryptionAlgorithms: ['A256GCM'],
          });
          return payload;
        } catch (error) {
          if (!(error instanceof errors.JOSEError)) throw error;
        }
      }
      return undefined;
    },
  };
}
