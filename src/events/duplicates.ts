import { pgArray, type Statements } from '../store/sql.ts';
import type { Receipt } from './attribute.ts';

type Claim = {
  readonly project: string;
  readonly integrationId: string;
  readonly kind: 'TRANSPORT' | 'SEMANTIC';
  readonly key: string;
  readonly eventId: string;
  readonly receiveTime: string;
};

/**
 * Takes the receipts' keys where nobody has them. The keys' uniqueness decides who was first, also between transactions: the
 * later one waits for the earlier one's end, and sees its keys with the next statement.
 */
export async function claimKeys(em: Statements, receipts: readonly Receipt[]): Promise<void> {
  // Every transaction takes keys in the same order, so that two never wait for each other. Sorting is stable: of a batch the first
  // receipt has the key.
  const claims = receipts
    .flatMap(claimsOf)
    .map(claim => ({ claim, name: nameOf(claim) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ claim }) => claim);
  const column = (name: keyof Claim): string => pgArray(claims.map(claim => claim[name]));
  await em.execute(
    `insert into delivery_keys (project, integration_id, kind, key, event_id, receive_time)
     select w.* from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[]) as w
     on conflict do nothing`,
    [
      column('project'),
      column('integrationId'),
      column('kind'),
      column('key'),
      column('eventId'),
      column('receiveTime'),
    ],
  );
}

/**
 * Of a receipt `r` with its key_prefix: the id of the receipt that was first, null where it is this one. The key of the happening
 * wins: it leads to what was published.
 */
export const FIRST = `coalesce(nullif(${ownerOf('SEMANTIC', 'r.semantic_key')}, r.id),
  nullif(${ownerOf('TRANSPORT', 'r.delivery_key')}, r.id))`;

/** A subquery, so that it is looked up by its key whatever is known of the table. */
function ownerOf(kind: Claim['kind'], key: string): string {
  return `(select k.event_id from delivery_keys k
    where k.project = r.project and k.integration_id = r.integration_id and k.kind = '${kind}'
      and k.key = r.key_prefix || ${key})`;
}

function claimsOf({ project, integrationId, id, event, received }: Receipt): Claim[] {
  const prefix = keyPrefix(received.source === 'SYNTHETIC');
  const of = { project, integrationId, eventId: id, receiveTime: received.receiveTime.toISOString() };
  const transport: Claim = { ...of, kind: 'TRANSPORT', key: prefix + event.deliveryKey };
  return event.semanticKey === undefined
    ? [transport]
    : [transport, { ...of, kind: 'SEMANTIC', key: prefix + event.semanticKey }];
}

/** What somebody made up repeats only what was made up: it must not keep a real delivery out. */
export function keyPrefix(isMadeUp: boolean): string {
  return isMadeUp ? 'made up: ' : '';
}

/** A key as the store has it. */
export function keyOf(key: string, isMadeUp: boolean): string {
  return keyPrefix(isMadeUp) + key;
}

/** No part has a NUL: the store would not take it. */
function nameOf({ project, integrationId, kind, key }: Claim): string {
  return `${project}\0${integrationId}\0${kind}\0${key}`;
}
