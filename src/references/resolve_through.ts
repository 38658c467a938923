import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { explainFailure } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { type Gap, gapOf } from './completeness.ts';
import { type IndexedReference, IndexedReferenceEntity, type ReferenceList } from './entity.ts';
import { keepFound } from './keep_found.ts';
import { isIndexed } from './known_lists.ts';
import { openList } from './lists.ts';
import { completeness, type Resolved, type ResolveRequest, tell } from './resolve.ts';
import type { ReferenceSource } from './source.ts';
import { assertStorable } from './storable.ts';
import { watchResolved } from './watch.ts';

type Source = Extract<ReferenceSource, { source: 'PROVIDER' }>;
type Seen = ReferenceItem & { readonly seenTime: Date };

/** What the provider vouched for within this is not asked for again. What it did not, or not as PRESENT, always is. */
const FRESH_MS = 10 * 60_000;

/** Resolves with what is fresh in the index and, for the rest, one call of the provider where it can batch. */
export async function resolveThrough(
  em: EntityManager,
  deps: Deps,
  source: Source,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<Resolved> {
  const { integration, type, provider } = source;
  const { project, values, dependsOn, knownLabels } = request;
  for (const [index, value] of values.entries()) assertStorable(`values[${index}]`, value);
  const now = deps.now();
  // What depends on other values is listed when somebody looks it up, and never where the provider searches.
  const nextTime = isIndexed(type) && Object.keys(dependsOn).length === 0 ? now : null;
  const key = { project, integrationId: integration?.id, referenceType: type.name, dependsOn };
  const open = async () => integration && openList(em, key, integration, { now, nextTime }, source.list);
  let list = source.list && (await open());
  const rows = list === undefined ? [] : await readRows(em, list, values);
  const known = new Map(rows.map(row => [row.value, row]));
  const wanted = values.filter(value => !isFresh(known.get(value), now));
  const gaps: Gap[] = [];
  let asked: ReadonlyMap<string, Seen> = new Map();
  if (wanted.length > 0) {
    try {
      const call = (await source.open()).call(signal);
      const askTime = deps.now();
      const items = await type.resolve(call, { values: wanted, dependsOn });
      // Of what nobody knows no list is made: callers write it as they like.
      if (items.length > 0) list ??= await open();
      if (list !== undefined) await keepFound(deps, list, wanted, items, askTime);
      asked = new Map(items.map(item => [item.value, { ...item, seenTime: askTime }]));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderError)) throw error;
      const gap = gapOf(provider, project, integration?.id, error);
      if (gap === undefined || !wanted.every(value => known.has(value))) throw explainFailure(provider, error);
      gaps.push(gap);
    }
  }
  const isAsked = new Set(gaps.length > 0 ? [] : wanted);
  const references = values.map(value =>
    tell(value, isAsked.has(value) ? asked.get(value) : seenOf(known.get(value)), knownLabels, now),
  );
  if (list !== undefined) await watchResolved(em, list, references, now);
  const asOf = new Date(Math.min(...references.map(r => r.seenTime.getTime())));
  return {
    references,
    completeness: { ...completeness(references, asOf), complete: gaps.length === 0, gaps },
    integrationId: integration?.id,
  };
}

async function readRows(
  em: EntityManager,
  { project, id }: ReferenceList,
  values: readonly string[],
): Promise<readonly IndexedReference[]> {
  const where = { project, list: id, value: { $in: [...values] } };
  return (await em.find(IndexedReferenceEntity, where, { refresh: true })) as IndexedReference[];
}

function isFresh(row: IndexedReference | undefined, now: Date): boolean {
  if (row === undefined || row.state !== 'PRESENT' || row.checkTime !== null) return false;
  const seenMs = Math.max(row.seenTime.getTime(), row.touchTime?.getTime() ?? 0);
  return now.getTime() - seenMs <= FRESH_MS;
}

function seenOf(row: IndexedReference | undefined): Seen | undefined {
  if (row === undefined || row.state === 'NOT_FOUND') return undefined;
  const { value, label, description, metadata, parent, state, seenTime } = row;
  return {
    ...{ value, label, metadata, state, seenTime },
    ...(description !== null && { description }),
    ...(parent !== null && { parent }),
  };
}
