import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { IntegrationError } from '../errors.ts';
import { type Maybe, type Readings, readThrough, whenThere } from '../maybe.ts';
import { reveal, Secret } from '../secret.ts';
import type { Changes } from '../store/changes.ts';
import type { Store } from '../store/open.ts';
import { decrypt, encrypt } from './cipher.ts';
import { DataKeyEntity } from './entity.ts';
import { type Keyring, wrapProved } from './keyring.ts';

/** Where a sealed value belongs. Moved to another place it does not open. */
export type SealedPlace = {
  readonly project: string;
  readonly integrationId: string;
  readonly field: string;
  readonly version: number;
};

export type Vault = {
  readonly seal: (place: SealedPlace, secrets: Readonly<Record<string, Secret>>) => Promise<Buffer>;
  /** Throws where the bytes are not those sealed for this place; EXPIRED where the project was shredded since. */
  readonly open: (place: SealedPlace, sealed: Uint8Array) => Maybe<Record<string, Secret>>;
  /** A keyed hash under the project's key: for fingerprints, tickets and states. Purposes do not mix. */
  readonly mac: (project: string, purpose: string, data: string) => Promise<Buffer>;
  /**
   * Has the project's key at hand, made if need be. Called before a transaction that seals: sealing reads the key on a
   * connection of its own, and many transactions that each wait for one more would wait for each other.
   */
  readonly prepare: (project: string) => Promise<void>;
  /** Throws this process's copies of the project's data keys away. */
  readonly forget: (project: string) => void;
};

/** As a KeyObject: from a Buffer, Node makes one for every opening, which takes 10 of 13 µs. */
type DataKey = { readonly id: number; readonly key: KeyObject };
/** A project's data keys by id, and the newest under `current`; those being unwrapped too. */
type ProjectKeys = Readings<number | 'current', DataKey | undefined>;

/** Of how many projects the unwrapped data keys are kept in memory. */
const MAX_CACHED_PROJECTS = 10_000;

/** The only code that seals and opens. Sealed bytes: format (1), data key id (4, big endian), then encrypt's. */
export function createVault(store: Store, keyring: Keyring, changes: Changes, now: () => Date): Vault {
  const cache = new Map<string, ProjectKeys>();
  const forget = (project: string): void => void cache.delete(project);
  // After a gap in the listening any project may have been shredded.
  changes.subscribe('project_shredded', project => (project === undefined ? cache.clear() : forget(project)));

  // Data keys are read and made outside the caller's transaction: a key that sealed something must outlive a rollback.
  const read = async (project: string, id: number | 'current'): Promise<DataKey | undefined> => {
    const where = { project, wrapped: { $ne: null }, ...(id !== 'current' && { id }) };
    const row = await store.em.fork().findOne(DataKeyEntity, where, { orderBy: { id: 'desc' } });
    if (!row?.wrapped) return undefined;
    const bytes = await keyring.unwrap(row.keyringKey, row.wrapped, wrapPlace(project, row.id));
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return { id: row.id, key };
  };

  /** Those who ask together share one unwrapping; what failed or was not there is asked for again. */
  const load = (project: string, id: number | 'current'): Maybe<DataKey | undefined> => {
    let keys = cache.get(project);
    if (keys === undefined) {
      if (cache.size >= MAX_CACHED_PROJECTS) cache.delete(cache.keys().next().value as string);
      keys = new Map();
      cache.set(project, keys);
    }
    return whenThere(
      readThrough(keys, id, () => read(project, id)),
      key => {
        if (key === undefined) keys.delete(id);
        return key;
      },
    );
  };

  /** The project's newest key, made where it has none; of two makers at once the first wins. */
  const currentKey = async (project: string): Promise<DataKey> => {
    const present = await load(project, 'current');
    if (present !== undefined) return present;
    const em = store.em.fork();
    // A project that was shredded begins anew under the next id.
    const newest = await em.findOne(DataKeyEntity, { project }, { orderBy: { id: 'desc' } });
    const id = (newest?.id ?? 0) + 1;
    const dataKey = randomBytes(32);
    const wrapped = await wrapProved(keyring, dataKey, wrapPlace(project, id));
    dataKey.fill(0);
    await em.execute(
      'insert into data_keys (project, id, keyring_key, wrapped, create_time) values (?, ?, ?, ?, ?) on conflict do nothing',
      [project, id, keyring.active, wrapped, now()],
    );
    const made = await load(project, 'current');
    if (made === undefined) throw new Error('the data key just made is not there');
    return made;
  };

  return {
    seal: async (place, secrets) => {
      const { id, key } = await currentKey(place.project);
      const plain = Buffer.from(JSON.stringify(Object.entries(secrets).map(([name, s]) => [name, reveal(s)])));
      const head = Buffer.alloc(5);
      head.writeUInt8(1, 0);
      head.writeUInt32BE(id, 1);
      const sealed = Buffer.concat([head, encrypt(key, plain, placeBytes(place))]);
      plain.fill(0);
      return sealed;
    },
    open: (place, bytes) => {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (sealed.length < 5 || sealed.readUInt8(0) !== 1) throw new Error('sealed bytes are of an unknown format');
      return whenThere(load(place.project, sealed.readUInt32BE(1)), dataKey => {
        if (dataKey === undefined) {
          throw new IntegrationError('EXPIRED', { project: place.project, integration: place.integrationId });
        }
        const plain = decrypt(dataKey.key, sealed.subarray(5), placeBytes(place));
        const entries = JSON.parse(plain.toString('utf8')) as [string, string][];
        plain.fill(0);
        return Object.fromEntries(entries.map(([name, value]) => [name, new Secret(value)]));
      });
    },
    mac: async (project, purpose, data) => {
      const { key } = await currentKey(project);
      const macKey = hkdfSync('sha256', key, '', `mobius.mac.${purpose}`, 32);
      return createHmac('sha256', Buffer.from(macKey)).update(data).digest();
    },
    prepare: async project => void (await currentKey(project)),
    forget,
  };
}

/** What a data key's wrap is bound to. */
export function wrapPlace(project: string, id: number): string {
  return JSON.stringify([project, id]);
}

function placeBytes({ project, integrationId, field, version }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(['mobius.sealed', project, integrationId, field, version]));
}
