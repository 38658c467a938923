import type { Versions } from './newest.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Change = {
  readonly title: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Names of ours among the removed. */
  readonly affected: readonly string[];
  /** Nothing was found in the newest: its types stand elsewhere. */
  readonly isUnread: boolean;
};

/** What became of a vocabulary; undefined where nothing did. `ours` are the names that we use. */
export function changeOf(
  title: string,
  pinned: ReadonlySet<string>,
  newest: ReadonlySet<string>,
  ours: ReadonlySet<string>,
): Change | undefined {
  const added = [...newest.difference(pinned)].toSorted();
  const removed = [...pinned.difference(newest)].toSorted();
  if (added.length === 0 && removed.length === 0) return undefined;
  return { title, added, removed, affected: removed.filter(name => ours.has(name)), isUnread: newest.size === 0 };
}

/** The lines of one package: its versions, and what changed in the vocabularies that it is part of. */
export function linesOf(
  name: string,
  { pinned, newest }: { readonly pinned: Versions; readonly newest: Versions },
  changes: readonly (Change & Pick<Vocabulary, 'packages'>)[],
): readonly string[] {
  const versions = pinned[name] === newest[name] ? `${pinned[name]}, the newest` : `${pinned[name]} → ${newest[name]}`;
  return [
    `${name} ${versions}`,
    ...changes.filter(({ packages }) => packages.includes(name)).flatMap(change => linesOfChange(change)),
  ];
}

function linesOfChange({ title, added, removed, affected, isUnread }: Change): readonly string[] {
  if (isUnread) return [`  ${title}: could not be read; the newest version has its types elsewhere`];
  return [
    `  ${title}: ${added.length} added, ${removed.length} removed, ${affected.length} of ours among these`,
    ...(added.length > 0 ? [`    + ${someOf(added)}`] : []),
    ...(removed.length > 0 ? [`    - ${someOf(removed)}`] : []),
    ...affected.map(name => `    ! ${name} is ours, and gone`),
  ];
}

const SHOWN = 20;

function someOf(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
