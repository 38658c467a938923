import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { countPublished } from './published.ts';
import { search } from './search.ts';
import type { Shelf } from './search_keys.ts';
import { assertStorable } from './storable.ts';

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
  const known = await countPublished(em, project, referenceType);
  const shelf: Shelf = {
    table: 'published_references',
    list: 'project = ? and reference_type = ?',
    params: [project, referenceType],
    offered: 'remove_time is null and not archived',
    there: 'remove_time is null',
    state: `case when archived then 'ARCHIVED' else 'PRESENT' end`,
    seen: 'update_time',
    size: known,
  };
  const filter = ['published', project, referenceType, typed];
  const found = await search(em, shelf, { q: typed, values: [typed], size, token: pageToken, filter });
  return {
    ...found,
    completeness: { complete: true, known, asOf: deps.now(), gaps: [] },
    indexMs: performance.now() - startMs,
    providerMs: 0,
    integrationId: undefined,
  };
}
