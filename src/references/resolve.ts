import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { explainFailure } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import type { Completeness } from './completeness.ts';
import { PublishedReferenceEntity } from './entity.ts';
import { openSource, type ReferenceSource, type SourceRequest } from './source.ts';
import { assertStorable } from './storable.ts';

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
};

export type Resolved = {
  /** One a value, in the order of the request. */
  readonly references: readonly ResolvedReference[];
  readonly completeness: Completeness;
  readonly integrationId: string | undefined;
};

/** What became of stored values. One that is not there is an answer; a provider that does not answer is an error. */
export async function resolveReferences(
  em: EntityManager,
  deps: Deps,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<Resolved> {
  const source = await openSource(em, deps, request);
  const items =
    source.source === 'PUBLISHED' ? await readPublished(em, request) : await askProvider(source, request, signal);
  const byValue = new Map(items.map(item => [item.value, item]));
  const references = request.values.map(value => tell(value, byValue.get(value), request.knownLabels));
  return {
    references,
    completeness: {
      complete: true,
      known: references.filter(r => r.state !== 'NOT_FOUND').length,
      asOf: deps.now(),
      gaps: [],
    },
    integrationId: source.source === 'PROVIDER' ? source.integrationId : undefined,
  };
}

function tell(
  value: string,
  item: ReferenceItem | undefined,
  knownLabels: Readonly<Record<string, string>>,
): ResolvedReference {
  if (item === undefined) return { value, label: '', state: 'NOT_FOUND' };
  const before = Object.hasOwn(knownLabels, value) ? knownLabels[value] : undefined;
  if (item.state !== 'PRESENT' || before === undefined || before === item.label) return item;
  return { ...item, state: 'RENAMED', previousLabel: before };
}

async function askProvider(
  { provider, type, opened }: Extract<ReferenceSource, { source: 'PROVIDER' }>,
  { values, dependsOn }: ResolveRequest,
  signal: AbortSignal,
): Promise<readonly ReferenceItem[]> {
  try {
    return await type.resolve(opened.call(signal), { values, dependsOn });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ProviderError ? explainFailure(provider, error) : error;
  }
}

async function readPublished(
  em: EntityManager,
  { project, referenceType, values }: ResolveRequest,
): Promise<ReferenceItem[]> {
  for (const [index, value] of values.entries()) assertStorable(`values[${index}]`, value);
  const rows = await em.find(PublishedReferenceEntity, {
    project,
    referenceType,
    value: { $in: [...values] },
    removeTime: null,
  });
  return rows.map(row => ({
    value: row.value,
    label: row.label,
    metadata: row.metadata,
    ...(row.description && { description: row.description }),
    ...(row.parent && { parent: row.parent }),
    state: row.archived ? 'ARCHIVED' : 'PRESENT',
  }));
}
