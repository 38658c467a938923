import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import type { Completeness } from './completeness.ts';
import { findList, listId, openList } from './lists.ts';
import { readPublished } from './published.ts';
import { resolveThrough } from './resolve_through.ts';
import { openSource, type SourceRequest } from './source.ts';
import { watchResolved } from './watch.ts';

export type ReferenceState = ReferenceItem['state'] | 'RENAMED' | 'NOT_FOUND';

export type ResolveRequest = SourceRequest & {
  readonly values: readonly string[];
  /** What the caller takes the labels to be, by value. */
  readonly knownLabels: Readonly<Record<string, string>>;
};

/** What became of a value. Only the value and the state where it was not found. */
export type ResolvedReference = Omit<ReferenceItem, 'state'> & {
  readonly state: ReferenceState;
  readonly previousLabel?: string;
  /** When the provider, or the platform's own service, vouched for it. */
  readonly seenTime: Date;
};

export type Resolved = {
  /** One a value, in the order of the request. */
  readonly references: readonly ResolvedReference[];
  readonly completeness: Completeness;
  readonly integrationId: string | undefined;
};

/**
 * What became of stored values, which are watched from then on. One that is not there is an answer; a provider that does
 * not answer is an error unless all of them are known from before.
 */
export async function resolveReferences(
  em: EntityManager,
  deps: Deps,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<Resolved> {
  const source = await openSource(em, deps, request);
  const now = deps.now();
  if (source.source === 'PROVIDER') return resolveThrough(em, deps, source, request, signal);
  const items = await readPublished(em, request);
  const byValue = new Map(items.map(item => [item.value, { ...item, seenTime: now }]));
  const references = request.values.map(value => tell(value, byValue.get(value), request.knownLabels, now));
  if (references.some(({ state }) => state !== 'NOT_FOUND')) {
    const { project, referenceType, dependsOn } = request;
    const key = { project, integrationId: undefined, referenceType, dependsOn };
    const known = await findList(em, { project, id: listId(key) });
    const list = await openList(em, key, { accountId: '', generation: 0 }, { now, nextTime: null }, known);
    await watchResolved(em, list, references, now);
  }
  return { references, completeness: completeness(references, now), integrationId: undefined };
}

export function completeness(references: readonly ResolvedReference[], asOf: Date): Completeness {
  const known = references.filter(r => r.state !== 'NOT_FOUND').length;
  return { complete: true, known, asOf, gaps: [] };
}

export function tell(
  value: string,
  item: (ReferenceItem & { readonly seenTime: Date }) | undefined,
  knownLabels: Readonly<Record<string, string>>,
  now: Date,
): ResolvedReference {
  if (item === undefined) return { value, label: '', state: 'NOT_FOUND', seenTime: now };
  const before = Object.hasOwn(knownLabels, value) ? knownLabels[value] : undefined;
  if (item.state !== 'PRESENT' || before === undefined || before === item.label) return item;
  return { ...item, state: 'RENAMED', previousLabel: before };
}
