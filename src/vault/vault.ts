import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { reveal, Secret } from '../secret.ts';
import type { Store } from '../store/open.ts';
import { DataKeyEntity } from './entity.ts';
import { decrypt, encrypt, type Keyring } from './keyring.ts';

/** Where a sealed value belongs. Moved to another place it does not open. */
export type SealedPlace = {
  readonly project: string;
  readonly integrationId: string;
  readonly field: string;
  readonly version: number;
};

export type Vault = {
  readonly seal: (place: SealedPlace, secrets: Readonly<Record<string, Secret>>) => Promise<Buffer>;
  /** Throws where the bytes are not those sealed for this place. */
  readonly open: (place: SealedPlace, sealed: Uint8Array) => Promise<Record<string, Secret>>;
  /** A keyed hash under the project's key: for fingerprints, tickets and states. Purposes do not mix. */
  readonly mac: (project: string, purpose: string, data: string) => Promise<Buffer>;
};

type DataKey = { readonly id: number; readonly bytes: Buffer };

/** How many unwrapped data keys are kept in memory. */
const MAX_CACHED_KEYS = 10_000;

/** The only code that seals and opens. Sealed bytes: format (1), data key id (4, big endian), then encrypt's. */
export function createVault(store: Store, keyring: Keyring, now: () => Date): Vault {
  const cache = new Map<string, DataKey>();
  // Data keys are read and made outside the caller's transaction: a key that sealed something must outlive a rollback.
  const find = (where: { project: string; id?: number }) =>
    store.em.fork().findOne(DataKeyEntity, where, { orderBy: { id: 'desc' } });

  const load = async (project: string, id?: number): Promise<DataKey | undefined> => {
    const name = `${project}/${id ?? 'current'}`;
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const row = await find(id === undefined ? { project } : { project, id });
    if (row === null) return undefined;
    const key = { id: row.id, bytes: keyring.unwrap(row.keyringKey, row.wrapped, wrapPlace(project, row.id)) };
    if (cache.size >= MAX_CACHED_KEYS) cache.delete(cache.keys().next().value as string);
    cache.set(name, key);
    return key;
  };

  /** The project's newest key, made where it has none; of two makers at once the first wins. */
  const currentKey = async (project: string): Promise<DataKey> => {
    const present = await load(project);
    if (present !== undefined) return present;
    const wrapped = keyring.wrap(randomBytes(32), wrapPlace(project, 1));
    await store.em
      .fork()
      .execute(
        'insert into data_keys (project, id, keyring_key, wrapped, create_time) values (?, 1, ?, ?, ?) on conflict do nothing',
        [project, keyring.active, wrapped, now()],
      );
    const made = await load(project);
    if (made === undefined) throw new Error('the data key just made is not there');
    return made;
  };

  return {
    seal: async (place, secrets) => {
      const key = await currentKey(place.project);
      const plain = Buffer.from(JSON.stringify(Object.entries(secrets).map(([name, s]) => [name, reveal(s)])));
      const head = Buffer.alloc(5);
      head.writeUInt8(1, 0);
      head.writeUInt32BE(key.id, 1);
      const sealed = Buffer.concat([head, encrypt(key.bytes, plain, placeBytes(place))]);
      plain.fill(0);
      return sealed;
    },
    open: async (place, bytes) => {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (sealed.length < 5 || sealed.readUInt8(0) !== 1) throw new Error('sealed bytes are of an unknown format');
      const key = await load(place.project, sealed.readUInt32BE(1));
      if (key === undefined) throw new Error('the data key of the sealed bytes is gone');
      const plain = decrypt(key.bytes, sealed.subarray(5), placeBytes(place));
      const entries = JSON.parse(plain.toString('utf8')) as [string, string][];
      plain.fill(0);
      return Object.fromEntries(entries.map(([name, value]) => [name, new Secret(value)]));
    },
    mac: async (project, purpose, data) => {
      const { bytes } = await currentKey(project);
      const macKey = hkdfSync('sha256', bytes, '', `mobius.mac.${purpose}`, 32);
      return createHmac('sha256', Buffer.from(macKey)).update(data).digest();
    },
  };
}

function wrapPlace(project: string, id: number): string {
  return JSON.stringify([project, id]);
}

function placeBytes({ project, integrationId, field, version }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(['mobius.sealed', project, integrationId, field, version]));
}
