import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { type Development, openDevelopment } from '../src/dev/development.ts';
import { type Postgres, startPostgres } from '../src/dev/postgres.ts';
import { serviceArguments, serviceEnvironment } from '../src/dev/service_command.ts';
import type { Addresses } from '../src/server.ts';
import { type Child, childrenOf, cpuMsOf, parentOf, startChild } from './child.ts';
import { type Cores, findCores, moveTo } from './cores.ts';

/** What every measurement stands on: one PostgreSQL, one authority for callers, one database with a schema. */
export type Ground = {
  readonly cores: Cores;
  readonly development: Development;
  readonly postgres: Postgres;
  readonly databaseUrl: string;
  readonly db: pg.Pool;
  readonly dir: string;
  /** A token that may do everything in any project, on rpc and edge. */
  readonly token: string;
  /** What the service is told, but for its database. */
  readonly environment: Readonly<Record<string, string>>;
  /** The service as production starts it, on the server's core. */
  /** Of PostgreSQL's processor time so far, in ms. */
  postgresCpuMs(): number;
  startService(options?: ServiceOptions): Promise<ServiceChild>;
  onEnd(end: () => unknown): void;
};

export type ServiceOptions = {
  readonly databaseUrl?: string;
  readonly core?: string | undefined;
  /** Variables beyond the ground's. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** The last things the service said that were not of calls that went well. */
export function complaints({ dir }: Ground): string {
  const path = join(dir, 'service.log');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines
    .filter(line => line !== '' && !line.includes('"code":"ok"'))
    .slice(-5)
    .join('\n');
}

export type ServiceChild = Child & { readonly addresses: Addresses };

export const webhookSecret = 'bench-webhook-secret-5f0c1d9e7a';
const manager = 'user:bench';
const [main = '', ...nodeArguments] = serviceArguments.toReversed();

/** `settings`: PostgreSQL's beyond ours, such as `{shared_preload_libraries: 'pg_stat_statements'}` to see what costs. */
export async function openGround(
  onEnd: (end: () => unknown) => void,
  settings: Readonly<Record<string, string>> = {},
): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'mobius-bench-'));
  // As root: PostgreSQL runs as another user, who must pass.
  chmodSync(dir, 0o755);
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  const cores = findCores();
  const postgres = await startPostgres({
    dataDir: join(dir, 'postgres'),
    isTemporary: true,
    settings: { shared_buffers: '512MB', max_wal_size: '8GB', checkpoint_timeout: '30min', ...settings },
    say: console.error,
  });
  onEnd(postgres.stop);
  const databaseUrl = await postgres.createDatabase('bench');
  const db = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  db.on('error', () => undefined);
  onEnd(() => db.end());
  // The postmaster; its processes are made from it and stay where it is.
  const [{ pid } = { pid: 0 }] = (await db.query<{ pid: number }>(`select pg_backend_pid() as pid`)).rows;
  const postmaster = parentOf(pid);
  moveTo(cores.other, postmaster);
  const development = await openDevelopment(join(dir, 'dev'), () => new Date());
  grantEverything(development.environment.MOBIUS_ACCESS_FILE ?? '');
  const token = await development.issuer.issueToken({ subject: manager, projects: [], lifetimeSeconds: 86_400 });
  const platformFile = join(dir, 'platform.yaml');
  writeFileSync(platformFile, stringify({ providers: { slack: { app: slackApp }, github: { app: githubApp } } }));
  chmodSync(platformFile, 0o600);
  const environment = {
    ...development.environment,
    MOBIUS_PLATFORM_FILE: platformFile,
    // One endpoint takes all that is sent here.
    MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND: '1000000',
    // No provider can be reached from here, and none is asked: a crawl that only fails is no work of production's.
    MOBIUS_REFERENCE_CRAWL: 'off',
    MOBIUS_SUBSCRIPTIONS: 'off',
    MOBIUS_EDGE_LISTEN: '127.0.0.1:0',
    MOBIUS_RPC_LISTEN: '127.0.0.1:0',
    MOBIUS_INTERNAL_LISTEN: '127.0.0.1:0',
    MOBIUS_METRICS_LISTEN: '127.0.0.1:0',
  };
  return {
    cores,
    development,
    postgres,
    databaseUrl,
    db,
    dir,
    token,
    environment,
    postgresCpuMs: () => cpuMsOf(postmaster) + childrenOf(postmaster).reduce((sum, child) => sum + cpuMsOf(child), 0),
    startService: async (options = {}) => {
      const core = 'core' in options ? options.core : cores.server;
      const child = startChild(main, {
        core,
        // As in production, where the output is read and not thrown away.
        output: join(dir, 'service.log'),
        nodeArguments,
        environment: {
          ...serviceEnvironment,
          ...environment,
          DATABASE_URL: options.databaseUrl ?? databaseUrl,
          ...options.environment,
        },
      });
      onEnd(child.stop);
      const { listening } = (await child.said) as { listening: Addresses };
      return { ...child, addresses: listening };
    },
    onEnd,
  };
}

const slackApp = { client_id: 'bench', client_secret: 'bench-client-secret', signing_secret: 'bench-signing-secret' };
const githubApp = {
  app_id: '1',
  slug: 'bench',
  client_id: 'bench',
  client_secret: 'bench-client-secret',
  private_key: 'bench-private-key',
  webhook_secret: webhookSecret,
};

/** The manager of every project; the internal callers have theirs from development's list. */
function grantEverything(path: string): void {
  const list = parse(readFileSync(path, 'utf8')) as { callers: object[] };
  list.callers.push({ identity: manager, roles: ['manager'], projects: ['*'] });
  writeFileSync(path, stringify(list));
}
