import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { serviceArguments, serviceEnvironment } from '../src/dev/service_command.ts';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: { start: string };
};

/** `import … from 'x'` and `export … from 'x'`, `import 'x'`, `import('x')`. */
const importPattern =
  /^(?:import|export)\s[^'";]*\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Packages and files that are loaded with the file, however deep. Type imports are gone before Node sees the file. */
function loadedWith(entry: string): { packages: Set<string>; files: Set<string> } {
  const packages = new Set<string>();
  const files = new Set<string>([entry]);
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*\/\/.*$/gm, '')
      .replace(/^(import|export) type [^;]+;/gm, '')
      // Templates of files that are written elsewhere.
      .replace(/`(?:[^`\\]|\\[\s\S])*`/g, '``');
    for (const [, ...found] of text.matchAll(importPattern)) {
      const specifier = found.find(each => each !== undefined)!;
      if (specifier.startsWith('.')) files.add(resolve(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
    }
  }
  return { packages, files };
}

test.each(['src/main.ts', 'src/cli/mobius.ts', 'contract.js'])('%s needs only what production installs', entry => {
  const { packages, files } = loadedWith(resolve(root, entry));
  expect(files.size).toBeGreaterThan(5);
  expect([...packages].filter(name => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
});

test('neither the sandbox nor anything of development is loaded with the service', () => {
  const { files } = loadedWith(resolve(root, 'src/main.ts'));
  const inside = [...files].map(file => file.slice(root.length + 1));
  expect(inside).toContain('src/server.ts');
  expect(inside.filter(file => /^(src\/(dev|sandbox)|test)\//.test(file))).toEqual([]);
});

test('the walk sees through what it is for: development needs what production does not install', () => {
  const { packages } = loadedWith(resolve(root, 'src/dev/run.ts'));
  expect([...packages].filter(name => Object.hasOwn(manifest.devDependencies, name))).toContain('@peculiar/x509');
});

test('development runs the service as npm start does', () => {
  const main = serviceArguments.at(-1)!;
  const variables = Object.entries(serviceEnvironment).map(
    ([name, value]) => `${name}=${value.startsWith(root) ? relative(root, value) : value}`,
  );
  const command = `${variables.join(' ')} exec bin/node ${serviceArguments.slice(0, -1).join(' ')} ${relative(root, main)}`;
  expect(manifest.scripts.start).toBe(command);
});

test('without configuration the service does not start, and says all that is missing at once', async () => {
  const child = spawn(process.execPath, serviceArguments, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
  }
  const [status] = await once(child, 'close');
  expect(status).toBe(2);
  for (const name of [
    'DATABASE_URL',
    'MOBIUS_KEYRING',
    'MOBIUS_ACCESS_FILE',
    'MOBIUS_INTERNAL_TLS_CERT',
    'MOBIUS_INTERNAL_TLS_KEY',
    'MOBIUS_INTERNAL_CLIENT_CA',
    'MOBIUS_ISSUER',
    'MOBIUS_AUDIENCE',
    'MOBIUS_JWKS',
  ]) {
    expect(told).toContain(`${name}: is not set`);
  }
});

test('the contract for callers has every service and message, and its types say the same as its code', () => {
  const exported = (file: string): string[] =>
    [...readFileSync(resolve(root, file), 'utf8').matchAll(/^export \* from '\.\/(.+)';$/gm)].map(match => match[1]!);
  const generated = globSync('gen/mobius/integrations/**/*_pb.js', { cwd: root });
  expect(exported('contract.js').toSorted()).toEqual(generated.toSorted());
  expect(readFileSync(resolve(root, 'contract.d.ts'), 'utf8')).toBe(readFileSync(resolve(root, 'contract.js'), 'utf8'));
});
