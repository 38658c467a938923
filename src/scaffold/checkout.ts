import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The repository as somebody has it checked out: providers are sources, written and tested there and nowhere else. */
export type Checkout = {
  readonly root: string;
  /** Folder of the providers. */
  readonly providers: string;
};

/** What is wanted is wrong, or cannot be had here; the message names it and the cure. */
export class ScaffoldError extends Error {
  override name = 'ScaffoldError';
}

/** The checkout that `directory` lies in. */
export function findCheckout(directory: string): Checkout {
  const providers = join(directory, 'src/providers');
  const isRoot = nameOf(directory) === '@mobius/integrations' && existsSync(join(directory, 'test/providers.test.ts'));
  if (isRoot && existsSync(join(providers, 'index.ts'))) return { root: directory, providers };
  const parent = dirname(directory);
  if (parent !== directory) return findCheckout(parent);
  throw new ScaffoldError(
    'this directory is in no checkout of the integrations repository: providers are sources of it, so go there first ' +
      '(a provider without code is a manifest in MOBIUS_PROVIDERS_DIR)',
  );
}

/** Ids of the providers that are there. */
export function providerIds({ providers }: Checkout): readonly string[] {
  const folders = readdirSync(providers, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return folders.map(({ name }) => name).filter(name => existsSync(join(providers, name, 'index.ts')));
}

/** A file of a development package; an installation for production has none of them. */
export function toolPath({ root }: Checkout, name: string, file: string): string {
  try {
    return join(dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`)), file);
  } catch {
    throw new ScaffoldError(`${name} is not installed, a package for development: run \`npm ci\` in ${root}`);
  }
}

function nameOf(directory: string): unknown {
  const file = join(directory, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name;
}
