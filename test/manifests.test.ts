import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { platformProvider } from '../src/events/platform_provider.ts';
import { loadManifest, openSurroundings } from '../src/manifests/load_file.ts';
import { problemText } from '../src/manifests/problem.ts';
import { manifestSchema } from '../src/manifests/schema.ts';
import { providers } from '../src/providers/index.ts';
import { wrongParts } from './manifest-parts.ts';
import { wrongShapes } from './manifest-shapes.ts';

/** Manifests as files: what is read from them, and what is said of those that are wrong. */

const example = readFileSync(new URL('../examples/providers/fernhill.yaml', import.meta.url), 'utf8');
const around = openSurroundings([...providers, platformProvider]);

function problemsOf(text: string, file = 'fernhill.yaml'): string[] {
  const loaded = loadManifest(file, text, around);
  return 'id' in loaded ? [] : loaded.map(problemText);
}

/** The example with one part changed; the part must be there. */
function changed(before: string, after: string): string {
  expect(example).toContain(before);
  return example.replace(before, after);
}

/** The line that a part stands on. */
function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  expect(at, part).toBeGreaterThanOrEqual(0);
  return text.slice(0, at).split('\n').length;
}

test('the published schema is the one that manifests are checked with; `mobius providers schema` prints it', () => {
  const published = readFileSync(new URL('../docs/provider-manifest.schema.json', import.meta.url), 'utf8');
  expect(published).toBe(`${JSON.stringify(manifestSchema, null, 2)}\n`);
});

test('the schema is a schema, and says what each key means', () => {
  const ajv = new Ajv2020({ strict: false, discriminator: true });
  expect(ajv.validateSchema(manifestSchema)).toBe(true);
  const bare: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties } = schema as { properties?: Record<string, { description?: string; const?: unknown }> };
    for (const [name, property] of Object.entries(properties ?? {})) {
      if (property.description === undefined && property.const === undefined) bare.push(`${path}/${name}`);
    }
    for (const [name, below] of Object.entries(schema)) walk(below, `${path}/${name}`);
  };
  walk(manifestSchema, '');
  expect(bare).toEqual([]);
});

test('the example is a provider like any other', () => {
  const loaded = loadManifest('fernhill.yaml', example, around);
  if (!('id' in loaded)) throw new Error(loaded.map(problemText).join('\n'));
  expect(Object.keys(loaded).every(key => key in loaded)).toBe(true);
  expect(loaded.connect.map(({ mode, authKind }) => [mode, authKind])).toEqual([
    ['OAUTH_REDIRECT', 'OAUTH2'],
    ['API_KEY', 'API_KEY'],
  ]);
  expect(loaded.eventTypes.map(({ name }) => name)).toEqual(['fernhill.deal.created', 'fernhill.deal.moved']);
  expect(loaded.actions.map(({ risk }) => risk)).toEqual(['MEDIUM', 'HIGH']);
});

describe('a manifest is refused, by line and field, for', () => {
  test.each([...wrongShapes, ...wrongParts])('%s', (_, before, after, part, field, says) => {
    const text = changed(before, after);
    const expected = `fernhill.yaml:${lineOf(text, part)}: ${field}: `;
    const found = problemsOf(text);
    expect(
      found.find(problem => problem.startsWith(expected) && problem.includes(says)),
      found.join('\n'),
    ).toBeDefined();
  });

  test.each([
    ['slack', 'there is a provider slack already'],
    ['table', 'there is a provider table already'],
    ['integration', 'is reserved for the product’s own names'],
    ['run', 'is reserved for the product’s own names'],
    ['inputs', 'is reserved for the product’s own names'],
  ])('the id %s', (id, says) => {
    const found = problemsOf(example.replaceAll('fernhill', id), `${id}.yaml`);
    expect(found.join('\n')).toContain(`${id}.yaml:6: /id: `);
    expect(found.join('\n')).toContain(says);
  });

  test('more items than the contract has room for', () => {
    const manifest = parse(example) as { actions: { name: string }[] };
    const [first] = manifest.actions;
    manifest.actions = Array.from({ length: 501 }, (_, index) => ({
      ...first!,
      name: `fernhill.deal.create_${index}`,
    }));
    expect(problemsOf(stringify(manifest, { aliasDuplicateObjects: false })).join()).toContain(
      '/actions: must NOT have more than 500 items',
    );
  });

  test.each([
    ['https://{tenant}', 'tenant', 'OK'],
    ['https://{tenant}.fernhill.example', 'tenant', 'OK'],
    ['https://api.{tenant}', 'tenant', 'what follows the last {setting} must be the vendor’s own domain'],
    ['https://{tenant}.example', 'tenant', 'what follows the last {setting} must be the vendor’s own domain'],
    ['https://api.{tenant}', 'region', '{tenant} is nothing that'],
  ])('what a setting makes of %s, asked for as %s: %s', (url, name, says) => {
    const manifest = parse(example) as {
      endpoints: Record<string, string>;
      connect: { settings?: unknown; fields?: unknown[] }[];
    };
    const field = { name, title: 'Tenant', description: 'The tenant of the account.' };
    manifest.endpoints.api = url;
    manifest.connect[0]!.settings = [field];
    manifest.connect[1]!.fields?.push(field);
    const found = problemsOf(stringify(manifest));
    if (says === 'OK') expect(found).toEqual([]);
    else if (name === 'tenant') expect(found.join()).toContain(`: /endpoints/api: ${says}`);
    else expect(found.join()).toContain(': /connect/0: must ask for tenant');
  });

  test('anchors that stand for gigabytes', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`),
    ];
    const found = problemsOf(`${example}${bomb.join('\n')}\n`);
    expect(found).toEqual(['fernhill.yaml:1: /: uses its anchors more than 100 times; write the parts out']);
  });
});

test('no manifest, however changed, does more than be refused', () => {
  const whole = parse(example) as Record<string, unknown>;
  const places = placesIn(whole);
  const junk = fc.oneof(
    fc.constantFrom(null, '', 0, -1, true, [], {}, '{', '{}', '/~', '__proto__', 'constructor', 'a'.repeat(70_000)),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(places.length - 1), junk), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (changes, isRemoved) => {
        const manifest = structuredClone(whole);
        for (const [index, value] of changes) change(manifest, places[index]!, value, isRemoved);
        const loaded = loadManifest('fernhill.yaml', stringify(manifest), around);
        if ('id' in loaded) return;
        for (const problem of loaded) expect(problemText(problem)).toMatch(/^fernhill\.yaml:\d+: \/.*: /s);
        expect(loaded.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});

test('no text, however broken, does more than be refused', () => {
  fc.assert(
    fc.property(fc.nat(example.length), fc.nat(40), fc.string({ maxLength: 12 }), (at, length, text) => {
      problemsOf(example.slice(0, at) + text + example.slice(at + length));
    }),
    { numRuns: 200 },
  );
});

type Place = readonly (string | number)[];

function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, below]) => placesIn(below, [...path, name]))].filter(
    each => each.length > 0,
  );
}

function change(value: unknown, path: Place, to: unknown, isRemoved: boolean): void {
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], value);
  if (typeof owner !== 'object' || owner === null) return;
  const name = String(path.at(-1));
  if (isRemoved && !Array.isArray(owner)) Reflect.deleteProperty(owner, name);
  else Reflect.set(owner, name, to);
}
