import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { changeOf, linesOf } from './drift/compare.ts';
import { grantChange } from './drift/grant.ts';
import { manifestIn, newestWorkspace, versionsIn } from './drift/newest.ts';
import { type Vocabulary, vocabulariesIn } from './drift/vocabulary.ts';
import { operationsOf } from './operations/index.ts';
import { operationsIn } from './unheld.ts';

/**
 * `make drift`: what the newest versions of the vendors' packages name otherwise than the pinned ones. A report, never a
 * check: it fails only where it could not be made.
 */

const workspace = import.meta.dirname;
const pinnedVocabularies = vocabulariesIn(workspace);
const named = [...pinnedVocabularies.values()].flatMap(({ packages }) => packages);
const packages = Object.keys(manifestIn(workspace).devDependencies).filter(
  name => name === 'grant' || named.includes(name),
);
const copy = newestWorkspace(workspace, packages);
try {
  const newestVocabularies = vocabulariesIn(copy);
  const changes = [...pinnedVocabularies.values()].flatMap(pinned => {
    const newest = newestVocabularies.get(pinned.title)?.names ?? new Set<string>();
    const change = changeOf(pinned.title, pinned.names, newest, oursOf(pinned));
    return change === undefined ? [] : [{ ...change, packages: pinned.packages }];
  });
  const ofGrant = grantChange(copy);
  const all = ofGrant === undefined ? changes : [...changes, { ...ofGrant, packages: ['grant'] }];
  const versions = { pinned: versionsIn(workspace, packages), newest: versionsIn(copy, packages) };
  for (const name of packages) for (const line of linesOf(name, versions, all)) console.log(line);
  const affected = all.reduce((sum, change) => sum + change.affected.length, 0);
  console.log(`${packages.length} packages, ${all.length} vocabularies changed, ${affected} names of ours gone`);
} finally {
  rmSync(dirname(copy), { recursive: true });
}

/** Events are ours by their table, operations by the actions that name them. */
function oursOf({ title, ours }: Vocabulary): ReadonlySet<string> {
  const [provider = '', kind] = title.split(' ');
  if (kind === 'events') return ours;
  return new Set(Object.values(operationsOf[provider] ?? {}).flatMap(operationsIn));
}
