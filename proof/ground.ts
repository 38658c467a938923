import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { type Development, openDevelopment } from '../src/dev/development.ts';
import { type Postgres, startPostgres } from '../src/dev/postgres.ts';
import { type Launch, type ServiceProcess, startServiceProcess } from './service_process.ts';
import { startVendor, type Vendor } from './vendor.ts';

/** What every proof stands on: one PostgreSQL, one authority for callers. */
export type Ground = {
  readonly postgres: Postgres;
  readonly development: Development;
  /** A database, an outside world and the processes between them; cleared away when `work` ends. */
  stage<T>(options: StageOptions, work: (stage: Stage) => Promise<T>): Promise<T>;
};

export type StageOptions = {
  readonly processes: number;
  /** Of the first process, the second, ...: against the machine's. */
  readonly clockOffsetsMs?: readonly number[];
  /** Variables beyond those of the stage. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes what the processes reach the database by. */
  readonly viaDatabase?: (url: string) => string;
};

export type Stage = {
  readonly processes: ServiceProcess[];
  readonly vendor: Vendor;
  readonly databaseUrl: string;
  /** The database, for looking behind the contract. */
  readonly db: pg.Pool;
  /** The directory of this stage's files. */
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** One more process; it ends with the stage. */
  start(options?: Partial<Launch> & { readonly databaseUrl?: string }): Promise<ServiceProcess>;
  onEnd(end: () => unknown): void;
};

const manager = 'user:prover';

export async function openGround(onEnd: (end: () => unknown) => void): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'mobius-proof-'));
  // As root: PostgreSQL runs as another user, who must pass.
  chmodSync(dir, 0o755);
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), isTemporary: true, say: console.error });
  onEnd(postgres.stop);
  const development = await openDevelopment(join(dir, 'dev'), () => new Date());
  grantEverything(development.environment.MOBIUS_ACCESS_FILE ?? '');
  const token = await development.issuer.issueToken({ subject: manager, projects: [], lifetimeSeconds: 30 * 86_400 });
  let stages = 0;
  return {
    postgres,
    development,
    async stage(options, work) {
      const ends: (() => unknown)[] = [];
      const number = ++stages;
      try {
        const databaseUrl = await postgres.createDatabase(`stage_${number}`);
        const db = new pg.Pool({ connectionString: databaseUrl, max: 4 });
        db.on('error', () => undefined);
        ends.unshift(() => db.end());
        const vendor = await startVendor();
        ends.unshift(vendor.close);
        const stageDir = join(dir, `stage-${number}`);
        mkdirSync(stageDir);
        const platformFile = join(stageDir, 'platform.yaml');
        writeFileSync(platformFile, stringify({ providers: vendor.settings }), { mode: 0o600 });
        const environment = {
          ...development.environment,
          DATABASE_URL: options.viaDatabase?.(databaseUrl) ?? databaseUrl,
          MOBIUS_PLATFORM_FILE: platformFile,
          // Dozens of processes start; what one has compiled serves the others.
          NODE_COMPILE_CACHE: join(dir, 'compiled'),
          ...options.environment,
        };
        const start: Stage['start'] = async (more = {}) => {
          const process = await startServiceProcess({
            certificates: development.certificates,
            token,
            ...more,
            environment: {
              ...environment,
              ...(more.databaseUrl !== undefined && { DATABASE_URL: more.databaseUrl }),
              ...more.environment,
            },
          });
          ends.unshift(() => (process.isAlive ? process.stop() : undefined));
          return process;
        };
        const clocks = options.clockOffsetsMs ?? [];
        const processes = await Promise.all(
          Array.from({ length: options.processes }, (_, i) => start({ clockOffsetMs: clocks[i] ?? 0 })),
        );
        const onStageEnd = (end: () => unknown): void => void ends.unshift(end);
        return await work({ processes, vendor, databaseUrl, db, dir: stageDir, environment, start, onEnd: onStageEnd });
      } finally {
        for (const end of ends) await end();
      }
    },
  };
}

/** The manager of every project, who may do everything, and internal callers that may use every internal service. */
function grantEverything(path: string): void {
  const list = parse(readFileSync(path, 'utf8')) as { callers: object[] };
  list.callers.push({ identity: manager, roles: ['manager'], projects: ['*'] });
  writeFileSync(path, stringify(list));
}
