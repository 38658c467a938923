import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { onCore } from './cores.ts';

/** A process of a benchmark's, on a core of its own where the machine allows. */
export type Child = {
  readonly pid: number;
  /** The first message it sends. */
  readonly said: Promise<unknown>;
  /** Asks it, and waits for its next message. */
  ask(message: object): Promise<unknown>;
  /** Of its processor time so far, in ms. */
  cpuMs(): number;
  /** Of its resident memory, in MB. */
  memoryMb(): number;
  stop(): Promise<void>;
};

export function startChild(
  file: string,
  options: {
    readonly core: string | undefined;
    readonly environment?: Readonly<Record<string, string>>;
    /** For Node, before the file. */
    readonly nodeArguments?: readonly string[];
    /** The file its output goes to. Default: nowhere. */
    readonly output?: string;
  },
): Child {
  const [program, args] = onCore(options.core, process.execPath, [...(options.nodeArguments ?? []), file]);
  const child = spawn(program, args, {
    env: { PATH: '/usr/bin:/bin', ...options.environment },
    stdio: ['ignore', options.output === undefined ? 'ignore' : openSync(options.output, 'a'), 'pipe', 'ipc'],
  });
  const pid = child.pid ?? 0;
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  const ended = once(child, 'close');
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  ended.then(() => process.off('exit', end));
  const next = (): Promise<unknown> =>
    Promise.race([
      once(child, 'message').then(([message]) => message as unknown),
      ended.then(() => {
        throw new Error(`${file} ended early:\n${complaint}`);
      }),
    ]);
  return {
    pid,
    said: next(),
    async ask(message) {
      const answer = next();
      child.send(message);
      return answer;
    },
    cpuMs: () => cpuMsOf(pid),
    memoryMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(patience);
}

/** User and system time of the process and of its children that ended, in clock ticks of 10 ms. */
export function cpuMsOf(pid: number): number {
  const fields = readIfThere(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * 10;
}

export function parentOf(pid: number): number {
  return Number(/PPid:\s+(\d+)/.exec(readIfThere(`/proc/${pid}/status`))?.[1]);
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(child => child > 0 && parentOf(child) === pid);
}

/** Processes end while they are looked at. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
