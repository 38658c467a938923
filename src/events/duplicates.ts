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
type Claim = Key & { readonly event_id: string; readonly receive_time: string };

/**
 * Takes the receipts' keys and answers, for each that repeats, the id of the receipt that was first. The keys' uniqueness
 * decides, also between transactions: the later one waits for the earlier one's end.
 */
export async function claimKeys(
  em: Statements,
  receipts: readonly KeyedReceipt[],
): Promise<ReadonlyMap<string, string>> {
  if (receipts.length === 0) return new Map();
  const wanted = new Map<string, Claim>();
  let repeats = 0;
  for (const receipt of receipts) {
    for (const key of keysOf(receipt)) {
      const name = nameOf(key);
      if (wanted.has(name)) repeats++;
      else wanted.set(name, { ...key, event_id: receipt.id, receive_time: receipt.receiveTime.toISOString() });
    }
  }
  // Every transaction takes keys in the same order, so that two never wait for each other.
  const claims = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
  const taken = await take(em, claims);
  if (repeats === 0 && taken === claims.length) return new Map();
  const owners = await ownersOf(em, claims);
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

/** How many of them nobody had. */
async function take(em: Statements, claims: readonly Claim[]): Promise<number> {
  const [row] = await em.execute<{ taken: number }[]>(
    `with taken as (
       insert into delivery_keys (project, integration_id, kind, key, event_id, receive_time)
       select w.* from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[]) as w
       on conflict do nothing returning 1)
     select count(*)::int as taken from taken`,
    [
      ...columnsOf(claims),
      pgArray(claims.map(claim => claim.event_id)),
      pgArray(claims.map(claim => claim.receive_time)),
    ],
  );
  return row?.taken ?? 0;
}

/** Who has the keys now. */
async function ownersOf(em: Statements, keys: readonly Key[]): Promise<readonly (Key & { event_id: string })[]> {
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

/** No part has a NUL: the store would not take it. */
function nameOf({ project, integration_id, kind, key }: Key): string {
  return `${project}\0${integration_id}\0${kind}\0${key}`;
}
