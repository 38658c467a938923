import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { isTokenOf } from '../store/page.ts';
import { type GapCause, keptCompleteness } from './completeness.ts';
import { keepSearched } from './keep_found.ts';
import { listId, noteUse, openList } from './lists.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { filterOf, type IndexedSource, shelfOf } from './lookup_index.ts';
import { lookupPasted } from './lookup_pasted.ts';
import { valuesOf } from './pasted.ts';
import { search } from './search.ts';
import { assertStorable } from './storable.ts';

/**
 * The provider searches, and what it finds is kept. While it does not answer, what it found before does, and says that it
 * is not all.
 */
export async function lookupSearched(
  em: EntityManager,
  deps: Deps,
  source: IndexedSource,
  request: LookupRequest,
  size: number,
  signal: AbortSignal,
): Promise<Lookup> {
  const { integration, type } = source;
  const { project, dependsOn, pageToken } = request;
  const typed = request.q.trim();
  assertStorable('q', typed);
  const key = { project, integrationId: integration.id, referenceType: type.name, dependsOn };
  const now = deps.now();
  const open = () => openList(em, key, integration, { now, nextTime: null }, source.list);
  const lookupKept = async (cause: GapCause | undefined, providerMs: number): Promise<Lookup | undefined> => {
    if (source.list === undefined) return undefined;
    const list = await open();
    if (list.known === 0) return undefined;
    const startMs = performance.now();
    const values = valuesOf(typed, type.valueOfUrl);
    const filter = filterOf(list, typed);
    const found = await search(em, shelfOf(list), { q: typed, values, size, token: pageToken, filter });
    await noteUse(em, list, now);
    return {
      ...found,
      completeness: keptCompleteness(source.provider, integration, list, found.items, cause),
      indexMs: performance.now() - startMs,
      providerMs,
      integrationId: integration.id,
    };
  };
  // The next page of an answer that was given from what is kept, whether the provider answers again or not.
  if (isTokenOf(filterOf({ project, id: listId(key) }, typed), pageToken)) {
    const kept = await lookupKept(undefined, 0);
    if (kept !== undefined) return kept;
  }
  const startMs = performance.now();
  try {
    const found = await lookupPasted(deps, source, request, size, signal);
    if (found.items.length > 0) await keepSearched(deps, await open(), found.items, now);
    return found;
  } catch (error) {
    signal.throwIfAborted();
    const cause = whyAway(error);
    // The pages of the provider's own search go on only there.
    if (cause === undefined || pageToken !== '') throw error;
    const kept = await lookupKept(cause, performance.now() - startMs);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Why the provider did not answer; undefined where it did: what it refuses is the caller's to know. */
function whyAway(error: unknown): GapCause | undefined {
  if (!(error instanceof IntegrationError)) return undefined;
  if (error.reason === 'PROVIDER_UNAVAILABLE' || error.reason === 'RATE_LIMITED') return error.reason;
  const isGarbled = error.cause instanceof ProviderError && error.cause.failure.kind === 'invalid_answer';
  return isGarbled ? 'PROVIDER_UNAVAILABLE' : undefined;
}
