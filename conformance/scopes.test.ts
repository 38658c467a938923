import { expect, test } from 'vitest';
import { providers } from '../src/providers/index.ts';
import { scopesOf, sources, unheldScopes } from './scopes.ts';

test('a scope that its vendor does not list is named', () => {
  const known = new Map(providers.map(provider => [provider.id, scopesOf(provider)]));
  expect(unheldScopes(providers, id => known.get(id))).toEqual([]);
  known.set('asana', scopesOf(providers.find(({ id }) => id === 'asana')!).difference(new Set(['tasks:write'])));
  expect(unheldScopes(providers, id => known.get(id))).toEqual(['asana: its vendor lists no scope tasks:write']);
});

test('an app’s permissions are read with their levels', () => {
  const text = [
    '    "app-permissions": {',
    '      contents?: "read" | "write";',
    '      pages?: "read";',
    '    };',
  ].join('\n');
  expect(sources.github!.read(text)).toEqual(['contents:read', 'contents:write', 'pages:read']);
});
