import { providers } from '../src/providers/index.ts';
import { operationScopesIn, shortActions } from './operation_scopes.ts';
import { operationsOf } from './operations/index.ts';
import { scopesIn, sources, unheldScopes } from './scopes.ts';
import { isGrantSliceCurrent } from './slices/grant.ts';
import { undescribed } from './undescribed.ts';
import { operationsIn, unheldActions } from './unheld.ts';

/**
 * Whether every action that works names an operation of its vendor, and scopes are those that vendors list, and do for
 * the operation. That a vendor has the operation is for the compiler to say.
 */
const knownScopes = (id: string) =>
  sources[id] === undefined ? undefined : scopesIn(import.meta.dirname, sources[id]);
const short = providers.flatMap(provider => {
  const [entries, scopes] = [operationsOf[provider.id], operationScopesIn(import.meta.dirname, provider.id)];
  return entries === undefined || scopes === undefined ? [] : shortActions(provider, entries, scopes);
});
const unheld = [
  ...unheldActions(providers, operationsOf, undescribed),
  ...unheldScopes(providers, knownScopes),
  ...short,
];
for (const what of unheld) console.error(what);
const entries = Object.values(operationsOf).flatMap(of => Object.values(of));
const named = entries.filter(entry => operationsIn(entry).length > 0);
console.log(
  `${named.length} of ${entries.length} actions of ${Object.keys(operationsOf).length} providers name an operation of their vendor`,
);
const isSliceCurrent = isGrantSliceCurrent();
if (!isSliceCurrent)
  console.error('src/connect_only is not what grant’s table makes; run: node conformance/slices/grant.ts');
process.exitCode = unheld.length === 0 && isSliceCurrent ? 0 : 1;
