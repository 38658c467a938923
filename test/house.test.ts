import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { providers } from '../src/providers/index.ts';

/** The house's rules that can be read off the files. */

const root = resolve(import.meta.dirname, '..');
const sources = read('src/**/*.ts');
const everything = [...sources, ...read('{test,examples,bench}/**/*.ts'), ...read('conformance/{,*/}*.ts')];
/** Cases are test code that lies beside its provider. */
const shipped = sources.filter(({ path }) => !path.includes('/fixtures/'));
const providerFolders = readdirSync(resolve(root, 'src/providers'), { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'kit')
  .map(({ name }) => name);

test('every provider folder is listed, and every listed provider has a folder of its name', () => {
  expect(providers.map(({ id }) => id).toSorted()).toEqual(providerFolders.toSorted());
});

test('a provider is named by its id only in its own folder and in the list', () => {
  const literalOf = (ids: readonly string[]): RegExp => new RegExp(`(['"\`])(?:${ids.join('|')})(?:\\1|\\.[a-z_]+)`);
  const literal = literalOf(providerFolders);
  // The database that development starts, its directory and its user of the system have the name of a provider.
  const inDevelopment = literalOf(providerFolders.filter(id => id !== 'postgres'));
  const places = shipped.filter(({ path }) => !/^src\/(providers\/[a-z_]+\/|sandbox\/|demo\/)/.test(path));
  const found = places
    .filter(({ path }) => path !== 'src/providers/index.ts')
    .filter(({ path, text }) => (path.startsWith('src/dev/') ? inDevelopment : literal).test(code(text)));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('a provider imports only the contract, the kit, the secret and its own files', () => {
  const allowed = /^src\/(providers\/(provider|delivery|subscription)\.ts|providers\/kit\/[a-z0-9_]+\.ts|secret\.ts)$/;
  for (const { path, imports } of shipped) {
    const own = /^src\/providers\/[a-z0-9_]+\//.exec(path)?.[0];
    if (own === undefined) continue;
    const foreign = imports.filter(name => name.startsWith('src/') && !name.startsWith(own) && !allowed.test(name));
    const isEmulator = path === `${own}emulator.ts`;
    expect(isEmulator ? foreign.filter(name => name !== 'src/providers/emulator.ts') : foreign, path).toEqual([]);
  }
});

test('an emulator takes from its provider’s folder nothing but fixtures, and nothing of ours that verifies', () => {
  for (const { path, imports } of shipped) {
    if (!/^src\/providers\/[a-z0-9_]+\/emulator\.ts$/.test(path)) continue;
    const ours = imports.filter(name => name.startsWith('src/') && !name.includes('/fixtures/'));
    expect(ours, path).toEqual(['src/providers/emulator.ts']);
  }
});

test('the service reaches neither the sandbox nor an emulator', () => {
  const byPath = new Map(shipped.map(source => [source.path, source]));
  const reached = new Set(['src/main.ts']);
  for (const path of reached) for (const name of byPath.get(path)?.values ?? []) reached.add(name);
  expect(reached.size).toBeGreaterThan(100);
  expect([...reached].filter(path => /^src\/sandbox\/|\/emulator\.ts$/.test(path))).toEqual([]);
});

test('nobody imports the main file', () => {
  expect(everything.filter(({ imports }) => imports.includes('src/main.ts')).map(({ path }) => path)).toEqual([]);
});

test('nothing of src imports tests, examples or benches', () => {
  const found = shipped.filter(({ imports }) => imports.some(name => /^(test|examples|bench)\//.test(name)));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('only the configuration reads the environment', () => {
  const found = shipped.filter(({ text }) => /process\s*(\.\s*env\b|\[\s*['"`]env)/.test(code(text)));
  expect(found.map(({ path }) => path).filter(path => path !== 'src/config.ts')).toEqual([]);
});

test('only the outbound client touches the global fetch', () => {
  const found = shipped.filter(({ text }) => {
    const body = code(text).replaceAll(/typeof (globalThis\s*\.\s*)?fetch/g, '');
    const bound = /\bfetch\s*[:,})?]/.test(body);
    return /globalThis\s*\.\s*fetch\b/.test(body) || (/(?<![.\w])fetch\s*\(/.test(body) && !bound);
  });
  expect(found.map(({ path }) => path).filter(path => path !== 'src/outbound.ts')).toEqual([]);
});

test('the entity of a room is used only inside that room; others may name its type', () => {
  for (const { path, values } of shipped) {
    const entities = values.filter(name => /^src\/[a-z_]+\/entity\.ts$/.test(name));
    const foreign = entities.filter(name => dirname(name) !== dirname(path) && !path.startsWith('src/store/'));
    expect(foreign, path).toEqual([]);
  }
});

test('no file is over 400 lines', () => {
  const long = everything.filter(({ text }) => text.trimEnd().split('\n').length > 400).map(({ path }) => path);
  expect(long).toEqual([]);
});

test('no file or folder of src has a name that says nothing', () => {
  const empty =
    /(^|[/_-])(utils?|helpers?|common|shared|base|core|managers?|handlers?|impl|factory|abstract|dtos?)([/_.-]|$)/;
  expect(shipped.map(({ path }) => path).filter(path => empty.test(path))).toEqual([]);
});

test('there are no default exports and no files that only pass others on', () => {
  const found = shipped.filter(({ text }) => /^export default\b/m.test(text) || /^export \* from/m.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

type Source = {
  readonly path: string;
  readonly text: string;
  /** Files of ours it imports, from the root. */
  readonly imports: readonly string[];
  /** Those of them that are there when it runs. */
  readonly values: readonly string[];
};

function read(pattern: string): readonly Source[] {
  return globSync(pattern, { cwd: root })
    .filter(path => !path.includes('node_modules'))
    .toSorted()
    .map(path => {
      const text = readFileSync(resolve(root, path), 'utf8');
      const imports = importsOf(path, code(text));
      const values = importsOf(path, code(text).replaceAll(/^(import|export) type [^;]+;/gm, ''));
      return { path, text, imports, values };
    });
}

function importsOf(path: string, text: string): readonly string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport\s*\(|^import)\s*['"]([^'"]+)['"]/gm)].map(
    match => match[1]!,
  );
  return specifiers
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier => relative(root, resolve(root, dirname(path), specifier)));
}

/** The text without comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}
