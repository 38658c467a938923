import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const stopTimeoutMs = 15_000;

/**
 * Stops a server that an earlier run left behind on this cluster, and takes away a lock file that names a process which
 * is no server of ours. A lock file whose process is gone is PostgreSQL's own business: it checks more than we could.
 */
export async function stopLeftover(cluster: string, urlOf: (port: number) => string): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  // Line 1: process id; line 4: port (PostgreSQL, src/include/utils/pidfile.h).
  const lines = existsSync(lock) ? readFileSync(lock, 'utf8').split('\n') : [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;

  if (await serves(cluster, urlOf(Number(lines[3])))) {
    process.kill(pid, 'SIGINT');
  } else if (!isPostgres(pid)) {
    rmSync(lock);
    return;
  }
  const deadline = Date.now() + stopTimeoutMs;
  while (existsSync(lock)) {
    if (Date.now() > deadline) throw new Error(`another PostgreSQL (process ${pid}) uses ${cluster}; stop it`);
    await delay(50);
  }
}

/** Whether the server at the URL takes our password and says that the cluster is its own. */
async function serves(cluster: string, url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // An error after the connection stood: the server is going, which is what we want.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === cluster;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the system does not tell what a process is, it is taken for a server. */
function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return true;
  }
}
