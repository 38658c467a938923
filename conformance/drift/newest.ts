import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Versions = Readonly<Record<string, string>>;

/** Makes the workspace once more in a directory, with the newest version of each package. Throws where npm cannot. */
export function newestWorkspace(place: string, workspace: string, packages: readonly string[]): string {
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
  const { status } = spawnSync('npm', ['install', '--no-package-lock', '--loglevel=error'], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm could not bring the newest versions of the packages: that needs the network');
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
