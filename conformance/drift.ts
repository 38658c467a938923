import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providers } from '../src/providers/index.ts';
import { changeOf, linesOf } from './drift/compare.ts';
import { grantChange } from './drift/grant.ts';
import { manifestIn, newestWorkspace, versionsIn } from './drift/newest.ts';
import { type Vocabulary, vocabulariesIn } from './drift/vocabulary.ts';
import { operationsOf } from './operations/index.ts';
import { scopesIn, scopesOf, sources } from './scopes.ts';
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
const place = mkdtempSync(join(tmpdir(), 'mobius-drift-'));
try {
  const copy = newestWorkspace(place, workspace, packages);
  const newestVocabularies = vocabulariesIn(copy);
  const changes = [...pinnedVocabularies.values()].flatMap(pinned => {
    const newest = newestVocabularies.get(pinned.title)?.names ?? new Set<string>();
    const change = changeOf(pinned.title, pinned.names, newest, oursOf(pinned));
    return change === undefined ? [] : [{ ...change, packages: pinned.packages }];
  });
  const ofScopes = Object.entries(sources).flatMap(([id, source]) => {
    const ours = providers.filter(provider => provider.id === id).flatMap(provider => [...scopesOf(provider)]);
    const change = changeOf(`${id} scopes`, scopesIn(workspace, source), scopesIn(copy, source), new Set(ours));
    return change === undefined ? [] : [{ ...change, packages: source.packages }];
  });
  const ofGrant = grantChange(copy);
  const all = [...changes, ...ofScopes, ...(ofGrant === undefined ? [] : [{ ...ofGrant, packages: ['grant'] }])];
  const versions = { pinned: versionsIn(workspace, packages), newest: versionsIn(copy, packages) };
  for (const name of packages) for (const line of linesOf(name, versions, all)) console.log(line);
  const affected = all.reduce((sum, change) => sum + change.affected.length, 0);
  console.log(`${packages.length} packages, ${all.length} vocabularies changed, ${affected} names of ours gone`);
} finally {
  rmSync(place, { recursive: true });
}

/** Events are ours by their table, operations by the actions that name them. */
function oursOf({ title, ours }: Vocabulary): ReadonlySet<string> {
  const [provider = '', kind] = title.split(' ');
  if (kind === 'events') return ours;
  return new Set(Object.values(operationsOf[provider] ?? {}).flatMap(operationsIn));
}
