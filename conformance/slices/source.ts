import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Package } from './vendor.ts';

const run = promisify(execFile);
/** Kept between runs: a pinned version never changes. */
const packages = resolve(import.meta.dirname, '../node_modules/.cache/slices');

/** Text of a file of a package. Only that file is unpacked: some packages unpack to hundreds of megabytes. */
export async function read(source: Package, file: string): Promise<string> {
  const folder = folderOf(source);
  const path = resolve(folder, 'package', file);
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept;
  await run('tar', ['-xzf', await pack(source, folder), '-C', folder, `package/${file}`]);
  return await readFile(path, 'utf8');
}

/** All files of a package, for those that import one another. Answers the folder. */
export async function unpack(source: Package): Promise<string> {
  const folder = folderOf(source);
  const whole = resolve(folder, 'whole');
  const isKept = await access(whole).then(
    () => true,
    () => false,
  );
  if (!isKept) {
    await run('tar', ['-xzf', await pack(source, folder), '-C', folder]);
    await writeFile(whole, '');
  }
  return resolve(folder, 'package');
}

function folderOf({ package: name, version }: Package): string {
  return resolve(packages, `${name.replace('/', '+')}@${version}`);
}

async function pack({ package: name, version }: Package, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const asked = ['pack', `${name}@${version}`, '--json', '--prefer-offline', '--pack-destination', folder];
  const { stdout } = await run('npm', asked);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return resolve(folder, filename);
}
