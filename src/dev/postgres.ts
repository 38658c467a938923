import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { findFreePort } from './free_port.ts';
import { findHome, give, type Home } from './postgres_home.ts';
import { stopLeftover } from './postgres_leftover.ts';
import { type PostgresProcess, PostgresStartFailed, postgresEnvironment, startProcess } from './postgres_process.ts';

export type PostgresOptions = {
  /** Keeps the password, the port and, where it can be reached, the cluster. Made when absent. */
  readonly dataDir: string;
  /** Default: the port of the start before if it is free, else any free one. */
  readonly port?: number;
  /** Server settings beyond ours, such as `{fsync: 'off'}`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether stopping deletes everything. Default: no. */
  readonly isTemporary?: boolean;
  /** Takes the lines a person should read. */
  readonly say?: (line: string) => void;
};

export type Postgres = {
  readonly port: number;
  /** The database `postgres`, as a superuser. */
  readonly url: string;
  /** Makes the database unless it is there, and returns its URL. The template must have no connections. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** The URL as a role that owns nothing; the role is made where it is missing. */
  asRole(url: string, role: string): Promise<string>;
  /** Resolves with the end of its log when the server ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

const startAttempts = 20;

/**
 * Starts PostgreSQL from the installed packages, on 127.0.0.1 with a password; makes its cluster the first time. It
 * ends with this process, however that ends.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { settings = {}, say = () => undefined } = options;
  // Open to the server's user, whatever our umask: what is secret in it is closed by itself.
  if (mkdirSync(options.dataDir, { recursive: true }) !== undefined) chmodSync(options.dataDir, 0o755);
  const dataDir = realpathSync(options.dataDir);
  const isNew = !existsSync(join(dataDir, 'password'));
  if (isNew && existsSync(join(dataDir, 'cluster'))) {
    throw new Error(
      `the password of the database is gone from ${dataDir}; restore it, or delete ${dataDir} to start anew`,
    );
  }
  const password = isNew ? randomBytes(24).toString('base64url') : readFileSync(join(dataDir, 'password'), 'utf8');
  if (isNew) writeFileSync(join(dataDir, 'password'), password, { mode: 0o600 });
  const home = findHome(dataDir, password, say);
  const urlOf = (port: number, database: string): string =>
    `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

  if (!existsSync(home.cluster)) makeCluster(home, password);
  await stopLeftover(home.cluster, port => urlOf(port, 'postgres'));
  const portFile = join(dataDir, 'port');
  const preferred = options.port ?? (existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0);
  const { port, server } = await startOnPort(home, settings, preferred, options.port === undefined);
  writeFileSync(portFile, String(port));

  return {
    port,
    url: urlOf(port, 'postgres'),
    ended: server.ended,
    async stop() {
      await server.stop();
      if (!options.isTemporary) return;
      for (const path of [home.place, dataDir]) if (path) rmSync(path, { recursive: true, force: true });
    },
    async createDatabase(name, template = 'template1') {
      const create = `create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`;
      await createOnce(urlOf(port, 'postgres'), create, '42P04');
      return urlOf(port, name);
    },
    async asRole(url, role) {
      const rolePassword = rolePasswordOf(password, role);
      const create = `create role ${escapeIdentifier(role)} login password ${escapeLiteral(rolePassword)}`;
      await createOnce(urlOf(port, 'postgres'), create, '42710');
      const own = new URL(url);
      [own.username, own.password] = [role, rolePassword];
      return own.href;
    },
  };
}

/** A role's password follows from the superuser's, and does not lead back to it. */
export function rolePasswordOf(password: string, role: string): string {
  return createHmac('sha256', password).update(`role ${role}`).digest('base64url');
}

/** Runs the statement; `existsCode` says that what it makes is there. */
async function createOnce(url: string, statement: string, existsCode: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== existsCode) throw error;
  } finally {
    await client.end();
  }
}

/** Runs initdb beside the final place and renames, so that a cluster that is there is whole. */
function makeCluster({ installation, cluster, owner }: Home, password: string): void {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  chmodSync(draft, 0o700);
  give(draft, owner);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  give(passwordFile, owner);
  const initdb = spawnSync(
    installation.initdb,
    [
      ...[`--pgdata=${draft}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      // Sorting that is the same on every machine, whatever locales it has.
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
    ],
    { ...owner, cwd: '/', env: postgresEnvironment, encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (initdb.status !== 0) {
    throw new Error(`PostgreSQL's cluster cannot be made: ${(initdb.error?.message ?? initdb.stderr).trim()}`);
  }
  renameSync(draft, cluster);
}

async function startOnPort(
  home: Home,
  settings: Readonly<Record<string, string>>,
  preferred: number,
  mayMove: boolean,
): Promise<{ port: number; server: PostgresProcess }> {
  let port = preferred || (await findFreePort());
  for (let attempt = 1; ; attempt++) {
    const all = {
      listen_addresses: '127.0.0.1',
      // No socket in the file system: its path may be too long, and its directory another user's.
      unix_socket_directories: '',
      max_connections: '200',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    try {
      const args = ['-D', home.cluster, '-p', String(port), ...flags];
      return { port, server: await startProcess(home.installation.postgres, args, home.owner) };
    } catch (error) {
      if (!(error instanceof PostgresStartFailed) || attempt === startAttempts) throw explain(error);
      if (mayMove && error.message.includes('could not bind')) port = await findFreePort();
      // Processes of a killed server go a moment after it.
      else if (error.message.includes('is still in use')) await delay(250);
      else throw explain(error);
    }
  }
}

function explain(error: unknown): unknown {
  return error instanceof PostgresStartFailed ? new Error(`PostgreSQL does not start:\n${error.message}`) : error;
}
