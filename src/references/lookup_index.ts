import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { indexCompleteness } from './completeness.ts';
import { crawlList } from './crawl.ts';
import type { ReferenceList } from './entity.ts';
import { assertAnswerable } from './index_failure.ts';
import { keepFound } from './keep_found.ts';
import { findList, type ListPlace, noteUse, openList } from './lists.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { looksLikeValue, valuesOf } from './pasted.ts';
import { search } from './search.ts';
import type { Shelf } from './search_keys.ts';
import type { ReferenceSource } from './source.ts';
import { assertStorable } from './storable.ts';
import { until } from './until.ts';

export type IndexedSource = Extract<ReferenceSource, { source: 'PROVIDER' }> & {
  readonly integration: NonNullable<Extract<ReferenceSource, { source: 'PROVIDER' }>['integration']>;
};

/** A picker that opens on a young index waits this long for what the provider lists first. */
const YOUNG_WAIT_MS = 2_500;

/**
 * Searches our index of the list. A young one is filled now, for as long as a person waits; one that is due is filled
 * behind the answer.
 */
export async function lookupIndexed(
  em: EntityManager,
  deps: Deps,
  source: IndexedSource,
  request: LookupRequest,
  size: number,
  signal: AbortSignal,
): Promise<Lookup> {
  const { integration, provider, type } = source;
  const { project, dependsOn } = request;
  const typed = request.q.trim();
  assertStorable('q', typed);
  const startMs = performance.now();
  const now = deps.now();
  const key = { project, integrationId: integration.id, referenceType: type.name, dependsOn };
  let list = await openList(em, key, integration, { now, nextTime: now }, source.list);
  const askMs = performance.now();
  list = list.completeTime === null ? await fillYoung(deps, list, signal) : list;
  let providerMs = performance.now() - askMs;
  assertAnswerable(provider, integration, list, now);
  if (list.completeTime !== null && (list.nextTime === null || list.nextTime <= now)) fillBehind(deps, list);

  const values = valuesOf(typed, type.valueOfUrl);
  const filter = filterOf(list, typed);
  const wanted = { q: typed, values, size, token: request.pageToken, filter };
  const shelf = shelfOf(list);
  let found = await search(em, shelf, wanted);
  const mayAsk = list.failure !== 'RATE_LIMITED' || list.nextTime === null || list.nextTime <= now;
  if (mayAsk && looksLikeValue(typed) && found.items.length === 0 && request.pageToken === '') {
    const asked = performance.now();
    if (await askFor(deps, source, list, values, signal)) found = await search(em, shelf, wanted);
    providerMs += performance.now() - asked;
  }
  await noteUse(em, list, now);
  return {
    ...found,
    completeness: indexCompleteness(provider, integration, list, now, type.listEveryMs),
    indexMs: performance.now() - startMs - providerMs,
    providerMs: providerMs < 1 ? 0 : providerMs,
    integrationId: integration.id,
  };
}

/** What page tokens of the index are bound to. */
export function filterOf({ project, id }: ListPlace, typed: string): unknown {
  return ['indexed', project, id, typed];
}

export function shelfOf(list: ReferenceList): Shelf {
  return {
    table: 'indexed_references',
    list: 'project = ? and list = ?',
    params: [list.project, list.id],
    offered: `state = 'PRESENT'`,
    there: `state <> 'NOT_FOUND'`,
    state: 'state',
    seen: 'seen_time',
    size: list.known,
  };
}

/** Crawls it, or waits for the process that does; answers how far it came. */
async function fillYoung(deps: Deps, list: ReferenceList, signal: AbortSignal): Promise<ReferenceList> {
  const crawl = crawlList(deps, list, true);
  crawl.catch((err: unknown) => deps.log.error({ err }, 'a crawl failed'));
  const read = async () => (await findList(deps.store.em.fork(), list)) ?? list;
  return until(read, ({ completeTime, failure }) => completeTime !== null || failure !== null, {
    first: crawl,
    waitMs: YOUNG_WAIT_MS,
    signal,
  });
}

function fillBehind(deps: Deps, list: ReferenceList): void {
  crawlList(deps, list).catch((err: unknown) => {
    if (!deps.stopping.aborted) deps.log.error({ err }, 'a crawl failed');
  });
}

/** What was pasted may be archived, or newer than the index: the provider is asked for it by its value. */
async function askFor(
  deps: Deps,
  source: IndexedSource,
  list: ReferenceList,
  values: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const call = (await source.open()).call(signal);
    const askTime = deps.now();
    const items = await source.type.resolve(call, { values, dependsOn: list.dependsOn });
    await keepFound(deps, list, values, items, askTime);
    return items.length > 0;
  } catch (error) {
    signal.throwIfAborted();
    // The index answered already; that the provider did not adds nothing to it.
    if (error instanceof ProviderError) return false;
    throw error;
  }
}
