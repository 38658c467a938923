import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

/** AES-256-GCM: 12 random bytes, the ciphertext, 16 bytes of tag. */
export function encrypt(key: Buffer | KeyObject, plaintext: Buffer, associatedData: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse; throws where key, bytes or associated data are not those it was made with. */
export function decrypt(key: Buffer | KeyObject, sealed: Uint8Array, associatedData: Buffer): Buffer {
  if (sealed.length < 28) throw new Error('sealed bytes are too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(-16));
  const plaintext = decipher.update(sealed.subarray(12, -16));
  // Nothing comes last of a stream cipher; what this does is check the tag.
  decipher.final();
  return plaintext;
}

/** What a wrapped data key is bound to: the key that wraps it and the place it belongs to. */
export function wrapContext(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify(['mobius.data-key', keyId, context]));
}
