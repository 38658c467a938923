import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { decrypt, encrypt, wrapContext } from './cipher.ts';
import type { Keyring } from './keyring.ts';

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
export function openFileKeyring(source: string): Keyring {
  const text = source.trimStart().startsWith('{') ? source : readKeyFile(source);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('the keyring is not JSON; expected {"active": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}');
  }
  const validate = new Ajv2020({ meta: false, validateSchema: false }).compile<{
    active: string;
    keys: Record<string, string>;
  }>(schema);
  if (!validate(parsed)) {
    const first = validate.errors?.[0];
    throw new Error(`the keyring is not as expected at ${first?.instancePath || '/'}: ${first?.message}`);
  }
  const keys = new Map(Object.entries(parsed.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const { active } = parsed;
  const activeKey = keys.get(active);
  if (activeKey === undefined) throw new Error(`the keyring's active key ${active} is not among its keys`);
  return {
    backend: 'file',
    active,
    keys: [active, ...[...keys.keys()].filter(id => id !== active)],
    wrap: async (dataKey, context) => encrypt(activeKey, dataKey, wrapContext(active, context)),
    unwrap: async (keyId, wrapped, context) => {
      const key = keys.get(keyId);
      if (key === undefined) throw new Error(`the keyring has no key ${keyId}`);
      return decrypt(key, wrapped, wrapContext(keyId, context));
    },
    close: () => undefined,
  };
}

function readKeyFile(source: string): string {
  const path = source.startsWith('file:') ? new URL(source) : source;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`the keyring file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
