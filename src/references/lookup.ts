import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { pageSize } from '../store/page.ts';
import type { Completeness } from './completeness.ts';
import { lookupAtProvider } from './lookup_provider.ts';
import { lookupPublished } from './lookup_published.ts';
import { openSource, type SourceRequest } from './source.ts';

export type LookupRequest = SourceRequest & {
  readonly q: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type Lookup = {
  readonly items: readonly ReferenceItem[];
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
  return source.source === 'PUBLISHED'
    ? lookupPublished(em, deps, request, size)
    : lookupAtProvider(deps, source, request, size, signal);
}
