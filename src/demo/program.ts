import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of the demo, and all it has said. */
export type Program = {
  stdout(): string;
  stderr(): string;
  /** The exit status; a signal is 128. */
  readonly ended: Promise<number>;
  /** Its first message, where it has an IPC channel; undefined when it ended before. */
  readonly message: Promise<unknown>;
  /** SIGTERM, and SIGKILL when that is not enough. */
  stop(): Promise<void>;
};

const stopTimeoutMs = 15_000;

export function startProgram(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly ipc?: boolean },
): Program {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    // Ctrl-C in the terminal comes to us, who stop everything in order.
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', status => resolve(status ?? 128));
  });
  ended.catch(() => undefined);
  return {
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended,
    message: Promise.race([new Promise(resolve => child.once('message', resolve)), ended.then(() => undefined)]),
    async stop() {
      child.kill('SIGTERM');
      const patience = new AbortController();
      const kill = delay(stopTimeoutMs, undefined, { signal: patience.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
      await ended.catch(() => undefined);
      patience.abort();
      await kill;
    },
  };
}

/** Asks until the answer is there; throws with `what` when the time is over. */
export async function until<T>(what: string, ask: () => T | Promise<T>, timeoutMs = 20_000): Promise<NonNullable<T>> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await delay(50);
  }
}
