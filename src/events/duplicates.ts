import { pgArray, type Statements } from '../store/sql.ts';

export type KeyedReceipt = {
  readonly project: string;
  readonly integrationId: string;
  readonly id: string;
  readonly deliveryKey: string;
  readonly semanticKey: string | undefined;
  readonly receiveTime: Date;
  /** What somebody made up repeats only what was made up: it must not keep a real delivery out. */
  readonly isMadeUp: boolean;
};

type Key = { readonly project: string; readonly integration_id: string; readonly kind: string; readonly key: string };

/**
 * Takes the receipts' keys and answers, for each that repeats, the id of the receipt that was first. The keys' uniqueness
 * decides, also between transactions: the later one waits for the earlier one's end.
 */
export async function claimKeys(
  em: Statements,
  receipts: readonly KeyedReceipt[],
): Promise<ReadonlyMap<string, string>> {
  if (receipts.length === 0) return new Map();
  const wanted = new Map<string, Key & { event_id: string; receive_time: string }>();
  for (const receipt of receipts) {
    for (const key of keysOf(receipt)) {
      const row = { ...key, event_id: receipt.id, receive_time: receipt.receiveTime.toISOString() };
      if (!wanted.has(nameOf(key))) wanted.set(nameOf(key), row);
    }
  }
  // Every transaction takes keys in the same order, so that two never wait for each other.
  const keys = [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  const taken = await em.execute<(Key & { event_id: string })[]>(
    `insert into delivery_keys (project, integration_id, kind, key, event_id, receive_time)
     select w.* from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[]) as w
     on conflict do nothing returning project, integration_id, kind, key, event_id`,
    [...columnsOf(keys), pgArray(keys.map(key => key.event_id)), pgArray(keys.map(key => key.receive_time))],
  );
  const ownerOf = new Map(taken.map(owner => [nameOf(owner), owner.event_id]));
  const repeated = keys.filter(key => !ownerOf.has(nameOf(key)));
  for (const owner of await ownersOf(em, repeated)) ownerOf.set(nameOf(owner), owner.event_id);
  const firsts = new Map<string, string>();
  for (const receipt of receipts) {
    // The key of the happening comes last and wins: it leads to what was published.
    for (const key of keysOf(receipt)) {
      const owner = ownerOf.get(nameOf(key));
      if (owner === undefined) throw new Error('a delivery key just taken is not there');
      if (owner !== receipt.id) firsts.set(receipt.id, owner);
    }
  }
  return firsts;
}

/** Who has the keys that were taken before. */
async function ownersOf(em: Statements, keys: readonly Key[]): Promise<readonly (Key & { event_id: string })[]> {
  if (keys.length === 0) return [];
  return em.execute<(Key & { event_id: string })[]>(
    `select k.project, k.integration_id, k.kind, k.key, k.event_id
     from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as w (project, integration_id, kind, key)
     join delivery_keys k using (project, integration_id, kind, key)`,
    columnsOf(keys),
  );
}

const columnsOf = (keys: readonly Key[]): string[] =>
  (['project', 'integration_id', 'kind', 'key'] as const).map(name => pgArray(keys.map(key => key[name])));

function keysOf(receipt: KeyedReceipt): Key[] {
  const { project, integrationId: integration_id, deliveryKey, semanticKey, isMadeUp } = receipt;
  const transport = { project, integration_id, kind: 'TRANSPORT', key: keyOf(deliveryKey, isMadeUp) };
  return semanticKey === undefined
    ? [transport]
    : [transport, { project, integration_id, kind: 'SEMANTIC', key: keyOf(semanticKey, isMadeUp) }];
}

/** A key as the store has it. */
export function keyOf(key: string, isMadeUp: boolean): string {
  return isMadeUp ? `made up: ${key}` : key;
}

function nameOf(key: Key): string {
  return JSON.stringify([key.project, key.integration_id, key.kind, key.key]);
}
