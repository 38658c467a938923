import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { decodePageToken, encodePageToken } from '../store/page.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { assertStorable } from './storable.ts';

type Row = {
  value: string;
  label: string;
  description: string | null;
  metadata: Record<string, string>;
  parent: string | null;
  rank: number;
  key: string;
};

/**
 * Exact, prefix, start of a word, anywhere, description; then by label. A page goes on after the last reference of the
 * page before, named by a hash of its value because a value may be longer than a token; a removed one keeps its row.
 */
const PAGE = `
  with listed as (
    select value, label, description, metadata, parent,
           case when n.q = '' or value = n.typed or lower(label) = n.q then 0
                when starts_with(lower(label), n.q) then 1
                when strpos(' ' || regexp_replace(lower(label), '[^[:alnum:]]', ' ', 'g'), ' ' || n.q) > 0 then 2
                when strpos(lower(label), n.q) > 0 then 3
                when strpos(lower(description), n.q) > 0 then 4
           end as rank
      from published_references, (select ? as typed, lower(?) as q) n
     where project = ? and reference_type = ? and remove_time is null and not archived)
  select l.*, md5(l.value) as key from listed l
   where l.rank is not null
     and (?::int is null or (l.rank, l.label, l.value) > (
       select ?::int, a.label, a.value from published_references a
        where a.project = ? and a.reference_type = ? and md5(a.value) = ?))
   order by l.rank, l.label, l.value
   limit ?`;

/** Searches what the platform's services published. All of it is considered. */
export async function lookupPublished(
  em: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, referenceType, q, pageToken }: LookupRequest,
  size: number,
): Promise<Lookup> {
  const typed = q.trim();
  assertStorable('q', typed);
  const startMs = performance.now();
  const filter = ['published', project, referenceType, typed];
  const after = decodePageToken(filter, pageToken, 2);
  const [rank = null, key = null] = after ?? [];
  if (after !== undefined && !(/^[0-4]$/.test(rank ?? '') && /^[0-9a-f]{32}$/.test(key ?? ''))) {
    throw invalidField('page_token', 'is not a token of this list; leave it out to begin anew');
  }
  const [rows, known] = await Promise.all([
    em.execute<Row[]>(PAGE, [
      ...[typed, typed, project, referenceType],
      ...[rank, rank, project, referenceType, key],
      size + 1,
    ]),
    countPublished(em, project, referenceType),
  ]);
  const items = rows.slice(0, size);
  const last = items.at(-1);
  const more = rows.length > size && last !== undefined;
  return {
    items: items.map(readItem),
    nextPageToken: more ? encodePageToken(filter, [String(last.rank), last.key]) : '',
    completeness: { complete: true, known, asOf: deps.now(), gaps: [] },
    indexMs: performance.now() - startMs,
    providerMs: 0,
    integrationId: undefined,
  };
}

export async function countPublished(em: EntityManager, project: string, referenceType: string): Promise<number> {
  const [row] = await em.execute<{ known: number }[]>(
    `select count(*)::int as known from published_references
      where project = ? and reference_type = ? and remove_time is null and not archived`,
    [project, referenceType],
  );
  return row?.known ?? 0;
}

function readItem(row: Row): ReferenceItem {
  return {
    value: row.value,
    label: row.label,
    ...(row.description !== null && { description: row.description }),
    metadata: row.metadata,
    ...(row.parent !== null && { parent: row.parent }),
    state: 'PRESENT',
  };
}
