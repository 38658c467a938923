import type { EntityManager } from '@mikro-orm/postgresql';

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
  em: EntityManager,
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
  const rows = JSON.stringify([...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row));
  await em.execute(
    `insert into delivery_keys (project, integration_id, kind, key, event_id, receive_time)
     select r->>'project', r->>'integration_id', r->>'kind', r->>'key', r->>'event_id', (r->>'receive_time')::timestamptz
     from jsonb_array_elements(?::jsonb) with ordinality as w (r, number) order by number
     on conflict do nothing`,
    [rows],
  );
  const owners = await em.execute<(Key & { event_id: string })[]>(
    `select k.project, k.integration_id, k.kind, k.key, k.event_id
     from jsonb_to_recordset(?::jsonb) as w (project text, integration_id text, kind text, key text)
     join delivery_keys k using (project, integration_id, kind, key)`,
    [rows],
  );
  const ownerOf = new Map(owners.map(owner => [nameOf(owner), owner.event_id]));
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
