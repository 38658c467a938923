import type { Keyring, KeyringWorld } from './keyring.ts';
import { openAwsKms } from './keyring_aws_kms.ts';
import { openFileKeyring } from './keyring_file.ts';
import { openGcpKms } from './keyring_gcp_kms.ts';
import { openPkcs11 } from './keyring_pkcs11.ts';
import { openTransit } from './keyring_transit.ts';

const kinds: readonly (readonly [scheme: string, open: (url: string, world: KeyringWorld) => Promise<Keyring>])[] = [
  ['file:', async url => openFileKeyring(url)],
  ['pkcs11:', openPkcs11],
  ['aws-kms:', openAwsKms],
  ['gcp-kms:', openGcpKms],
  ['vault:', openTransit],
  ['transit:', openTransit],
];

/**
 * Opens a file keyring (a path, or its JSON), or keyrings by URL, parted by blanks: the first one's active key wraps,
 * the keys of all unwrap. So data keys move from one to another while the service serves. Throws with the cure.
 */
export async function openKeyring(source: string, world: KeyringWorld): Promise<Keyring> {
  const urls = source.trim().split(/\s+/);
  if (!urls.every(url => /^[a-z][a-z0-9-]+:/.test(url))) return openFileKeyring(source);
  const rings: Keyring[] = [];
  try {
    for (const url of urls) {
      const scheme = url.slice(0, url.indexOf(':') + 1);
      const open = kinds.find(([name]) => name === scheme)?.[1];
      if (open === undefined)
        throw new Error(`no keyring is called ${scheme}; expected ${kinds.map(k => k[0]).join(' ')}`);
      rings.push(await open(url, world));
    }
    return joinKeyrings(rings);
  } catch (error) {
    for (const ring of rings) ring.close();
    throw error;
  }
}

function joinKeyrings(rings: readonly Keyring[]): Keyring {
  const [first] = rings;
  if (first === undefined) throw new Error('the keyring is empty');
  const all = rings.flatMap(ring => ring.keys.map(id => [id, ring] as const));
  const byKey = new Map(all);
  if (byKey.size < all.length) throw new Error('two keyrings have a key of one name');
  return {
    backend: first.backend,
    active: first.active,
    keys: [...byKey.keys()],
    wrap: first.wrap,
    unwrap: async (keyId, wrapped, context) => {
      const ring = byKey.get(keyId);
      if (ring === undefined) throw new Error(`the keyring has no key ${keyId}`);
      return ring.unwrap(keyId, wrapped, context);
    },
    close: () => {
      for (const ring of rings) ring.close();
    },
  };
}
