import { type ChildProcess, spawn } from 'node:child_process';
import type { Owner } from './postgres_home.ts';

const stopTimeoutMs = 15_000;
/** How much of the server's log is kept to explain a failed start. */
const tailLines = 20;

export type PostgresProcess = {
  /** Resolves, with the end of its log, when the server ended by itself or was stopped. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

/** The server did not come up; the message is the end of its log. */
export class PostgresStartFailed extends Error {
  override name = 'PostgresStartFailed';
}

/** Programs of PostgreSQL see none of our environment (PGDATA, PGPORT, ...) and speak English. */
export const postgresEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Starts the server and waits until it takes connections. */
export async function startProcess(program: string, args: readonly string[], owner?: Owner): Promise<PostgresProcess> {
  const server = spawn(program, args, {
    ...owner,
    cwd: '/',
    env: postgresEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C in the terminal goes to us, who stop it after its clients.
    detached: true,
  });
  let tail: string[] = [];
  const ended = new Promise<string>(resolve => {
    server.once('error', error => resolve(error.message));
    server.once('close', () => resolve(tail.join('\n')));
  });
  const isReady = new Promise<boolean>(resolve => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = [...tail, ...text.split('\n').filter(line => line !== '')].slice(-tailLines);
      if (text.includes('ready to accept connections')) resolve(true);
    });
  });
  const guard = server.pid === undefined ? undefined : startGuard(server.pid, owner);
  const isUp = await Promise.race([isReady, ended.then(() => false)]);
  // The server's process id may be another's soon after it ended.
  void ended.then(() => guard?.kill('SIGKILL'));
  if (!isUp) throw new PostgresStartFailed(await ended);
  return {
    ended,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) server.kill('SIGINT');
      const late = setTimeout(() => server.kill('SIGQUIT'), stopTimeoutMs);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Stops the server when we are gone, however we went: our end of its standard input closes. */
function startGuard(pid: number, owner: Owner | undefined): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'read -r line; kill -INT "$1"', 'sh', String(pid)], {
    ...owner,
    cwd: '/',
    env: postgresEnvironment,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // A guard that could not start leaves an orphan at worst, which the next start stops.
  guard.on('error', () => undefined);
  return guard;
}
