import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { pageSize } from '../store/page.ts';
import type { Completeness } from './completeness.ts';
import { isIndexed } from './known_lists.ts';
import { lookupIndexed } from './lookup_index.ts';
import { lookupPasted } from './lookup_pasted.ts';
import { lookupPublished } from './lookup_published.ts';
import { lookupSearched } from './lookup_searched.ts';
import type { Hit } from './search.ts';
import { openSource, type SourceRequest } from './source.ts';

export type LookupRequest = SourceRequest & {
  readonly q: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type Lookup = {
  readonly items: readonly Hit[];
  readonly nextPageToken: string;
  readonly completeness: Completeness;
  readonly indexMs: number;
  readonly providerMs: number;
  /** Undefined for built-in types and the platform's own credential. */
  readonly integrationId: string | undefined;
};

/** One page of the references that answer `q`, best match first, and how complete the answer is. */
export async function lookupReferences(
  em: EntityManager,
  deps: Deps,
  request: LookupRequest,
  signal: AbortSignal,
): Promise<Lookup> {
  const source = await openSource(em, deps, request);
  const size = pageSize(request.pageSize);
  if (source.source === 'PUBLISHED') return lookupPublished(em, deps, request, size);
  const { integration } = source;
  // The platform's own credential is many projects': nothing of it is kept.
  if (integration === undefined) return lookupPasted(deps, source, request, size, signal);
  const lookupThrough = isIndexed(source.type) ? lookupIndexed : lookupSearched;
  return lookupThrough(em, deps, { ...source, integration }, request, size, signal);
}
