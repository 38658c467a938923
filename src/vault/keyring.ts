import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Wraps data keys. The keys themselves never leave it. */
export type Keyring = {
  /** The key that wraps from now on. */
  readonly active: string;
  readonly wrap: (dataKey: Buffer, context: string) => Buffer;
  /** Throws where the key is not in the ring, or the bytes or the context are not those of the wrap. */
  readonly unwrap: (keyId: string, wrapped: Uint8Array, context: string) => Buffer;
};

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['active', 'keys'],
  properties: {
    active: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
    keys: {
      type: 'object',
      minProperties: 1,
      maxProperties: 64,
      propertyNames: { pattern: '^[a-z0-9-]{1,64}$' },
      additionalProperties: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' },
    },
  },
};

/**
 * Reads `{"active": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}` from a `file:` URL or a path, or, where the text begins
 * with a brace, from the text itself. Throws with the cure, without the content.
 */
export function openKeyring(source: string): Keyring {
  const text = source.trimStart().startsWith('{') ? source : readKeyFile(source);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('the keyring is not JSON; expected {"active": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}');
  }
  const validate = new Ajv2020().compile<{ active: string; keys: Record<string, string> }>(schema);
  if (!validate(parsed)) {
    const first = validate.errors?.[0];
    throw new Error(`the keyring is not as expected at ${first?.instancePath || '/'}: ${first?.message}`);
  }
  const keys = new Map(Object.entries(parsed.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const { active } = parsed;
  const activeKey = keys.get(active);
  if (activeKey === undefined) throw new Error(`the keyring's active key ${active} is not among its keys`);
  return {
    active,
    wrap: (dataKey, context) => encrypt(activeKey, dataKey, wrapContext(active, context)),
    unwrap: (keyId, wrapped, context) => {
      const key = keys.get(keyId);
      if (key === undefined) throw new Error(`the keyring has no key ${keyId}`);
      return decrypt(key, wrapped, wrapContext(keyId, context));
    },
  };
}

function wrapContext(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify(['mobius.data-key', keyId, context]));
}

function readKeyFile(source: string): string {
  const path = source.startsWith('file:') ? new URL(source) : source;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`the keyring file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** AES-256-GCM: 12 random bytes, the ciphertext, 16 bytes of tag. */
export function encrypt(key: Buffer, plaintext: Buffer, associatedData: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse; throws where key, bytes or associated data are not those it was made with. */
export function decrypt(key: Buffer, sealed: Uint8Array, associatedData: Buffer): Buffer {
  if (sealed.length < 28) throw new Error('sealed bytes are too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}
