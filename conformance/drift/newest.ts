import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Versions = Readonly<Record<string, string>>;

/** The workspace once more in a throw-away directory, with the newest version of each package. Throws where npm cannot. */
export function newestWorkspace(workspace: string, packages: readonly string[]): string {
  const place = mkdtempSync(join(tmpdir(), 'mobius-drift-'));
  const copy = join(place, 'conformance');
  mkdirSync(copy);
  for (const folder of ['events', 'operations'])
    cpSync(join(workspace, folder), join(copy, folder), { recursive: true });
  cpSync(join(workspace, '.npmrc'), join(copy, '.npmrc'));
  // What the files import of the service, and the service of its packages.
  for (const name of ['src', 'node_modules', 'package.json'])
    symlinkSync(join(workspace, '..', name), join(place, name));
  const { overrides } = manifestIn(workspace);
  const devDependencies = Object.fromEntries(packages.map(name => [name, 'latest']));
  writeFileSync(
    join(copy, 'package.json'),
    JSON.stringify({ private: true, type: 'module', devDependencies, overrides }),
  );
  execFileSync('npm', ['install', '--no-package-lock', '--loglevel=error'], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return copy;
}

/** The versions that are installed. */
export function versionsIn(workspace: string, packages: readonly string[]): Versions {
  return Object.fromEntries(packages.map(name => [name, versionOf(join(workspace, 'node_modules', name))]));
}

export function manifestIn(workspace: string): { readonly devDependencies: Versions; readonly overrides: Versions } {
  return JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'));
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}
