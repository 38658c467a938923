import type { Provider } from '../src/providers/provider.ts';
import type { Entries, Entry } from './operations/entry.ts';

/** What is wrong with the list of operations: actions that work and name none, and entries that belong to no action. */
export function unheldActions(
  providers: readonly Provider[],
  operationsOf: Readonly<Record<string, Entries<string>>>,
  undescribed: Readonly<Record<string, string>>,
): readonly string[] {
  const known = new Set(providers.map(({ id }) => id));
  const strangers = [...Object.keys(operationsOf), ...Object.keys(undescribed)].filter(id => !known.has(id));
  return [
    ...strangers.map(id => `${id}: there is no such provider`),
    ...providers.flatMap(provider => unheldOf(provider, operationsOf[provider.id], undescribed[provider.id])),
  ];
}

function unheldOf(
  { id, actions }: Provider,
  entries: Entries<string> | undefined,
  reason: string | undefined,
): readonly string[] {
  const names = actions.filter(({ runtimeState }) => runtimeState !== 'PLANNED').map(({ name }) => name);
  if (entries === undefined) {
    return names.length === 0 || reason !== undefined
      ? []
      : [`${id}: has actions, and neither conformance/operations/${id}.ts nor a reason in conformance/undescribed.ts`];
  }
  const held = Object.keys(entries).map(name => `${id}.${name}`);
  return [
    ...(reason === undefined ? [] : [`${id}: is listed in conformance/undescribed.ts and has operations all the same`]),
    ...names.filter(name => !held.includes(name)).map(name => `${name}: names no operation of its vendor`),
    ...held.filter(name => !names.includes(name)).map(name => `${name}: is no action that works`),
  ];
}

/** The operations that an entry names; none where the vendor's package has none. */
export function operationsIn(entry: Entry): readonly string[] {
  if (typeof entry === 'string') return [entry];
  return 'unlisted' in entry ? [] : entry;
}
