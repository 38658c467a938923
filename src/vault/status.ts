import type { EntityManager } from '@mikro-orm/postgresql';
import type { Keyring } from './keyring.ts';

export type KeyringStatus = {
  readonly backend: string;
  /** Those of the keyring, and those it lacks though data keys are wrapped with them. */
  readonly keys: readonly { readonly id: string; readonly active: boolean; readonly dataKeyCount: number }[];
  readonly dataKeyCount: number;
  /** Wrapped by a key other than the active one. */
  readonly staleDataKeyCount: number;
};

export async function readKeyringStatus(em: EntityManager, keyring: Keyring): Promise<KeyringStatus> {
  const rows = await em.execute<{ keyring_key: string; n: string }[]>(
    'select keyring_key, count(*) as n from data_keys where wrapped is not null group by keyring_key',
  );
  const counts = new Map(rows.map(row => [row.keyring_key, Number(row.n)]));
  const ids = [...new Set([...keyring.keys, ...[...counts.keys()].sort()])];
  const dataKeyCount = rows.reduce((sum, row) => sum + Number(row.n), 0);
  return {
    backend: keyring.backend,
    keys: ids.map(id => ({ id, active: id === keyring.active, dataKeyCount: counts.get(id) ?? 0 })),
    dataKeyCount,
    staleDataKeyCount: dataKeyCount - (counts.get(keyring.active) ?? 0),
  };
}
