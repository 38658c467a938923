import { spawnSync } from 'node:child_process';
import { type Checkout, toolPath } from './checkout.ts';

/** Formats a source as `make check` wants it, imports in order. `path` is where it will stand; nothing is written. */
export function formatSource(checkout: Checkout, path: string, text: string): string {
  const biome = toolPath(checkout, '@biomejs/biome', 'bin/biome');
  const args = [biome, 'check', '--write', `--stdin-file-path=${path}`];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: checkout.root,
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`biome does not take ${path}: ${stderr.trim()}`);
  return stdout;
}
