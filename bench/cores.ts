import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The cores of the machine that may be told apart: the server's own, and the one for all else. */
export type Cores = { readonly server: string | undefined; readonly other: string | undefined };

export function findCores(): Cores {
  const isPossible = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;
  return isPossible ? { server: '0', other: '1' } : { server: undefined, other: undefined };
}

/** The command that runs on that core. */
export function onCore(core: string | undefined, program: string, args: readonly string[]): [string, string[]] {
  return core === undefined ? [program, [...args]] : ['taskset', ['-c', core, program, ...args]];
}

/** Moves a running process, with its threads and what it starts from now on. */
export function moveTo(core: string | undefined, pid: number): void {
  if (core !== undefined) execFileSync('taskset', ['-acp', core, String(pid)], { stdio: 'ignore' });
}
