import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { type Development, openDevelopment } from '../src/dev/development.ts';
import { platformOf } from '../src/dev/platform.ts';
import { type Postgres, startPostgres } from '../src/dev/postgres.ts';
import { providers } from '../src/providers/index.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
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
  /** Brings the providers' sandbox too, for those that the vendor does not stand for; ALONE: for all. */
  readonly withSandbox?: boolean | 'ALONE';
  /** Changes the access list before the processes read it. */
  readonly access?: (list: { callers: object[] }) => void;
};

export type Stage = {
  readonly processes: ServiceProcess[];
  readonly vendor: Vendor;
  /** Throws where the stage was not to bring it. */
  readonly sandbox: Sandbox;
  readonly databaseUrl: string;
  /** The database, for looking behind the contract. */
  readonly db: pg.Pool;
  /** The directory of this stage's files. */
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the manager of every project. */
  readonly token: string;
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
        const sandbox = options.withSandbox ? await startSandbox() : undefined;
        if (sandbox !== undefined) ends.unshift(sandbox.stop);
        const platform = sandbox === undefined ? { providers: {} } : platformOf(sandbox, providers);
        if (options.withSandbox !== 'ALONE') platform.providers = { ...platform.providers, ...vendor.settings };
        writeFileSync(platformFile, stringify(platform), { mode: 0o600 });
        const accessFile = join(stageDir, 'access.yaml');
        writeFileSync(accessFile, accessOf(development.environment.MOBIUS_ACCESS_FILE ?? '', options.access));
        const environment = {
          ...development.environment,
          DATABASE_URL: databaseUrl,
          MOBIUS_PLATFORM_FILE: platformFile,
          MOBIUS_ACCESS_FILE: accessFile,
          // What fails at vendors that only stand for a part of themselves, and is counted there, is the proofs' own.
          MOBIUS_SUBSCRIPTIONS: 'off',
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
          ends.unshift(() => (process.isAlive ? process.kill() : undefined));
          sandbox?.alsoAt(process.addresses.edge);
          return process;
        };
        const clocks = options.clockOffsetsMs ?? [];
        const processes = await Promise.all(
          Array.from({ length: options.processes }, (_, i) => start({ clockOffsetMs: clocks[i] ?? 0 })),
        );
        // Apps that customers install lead back to the address the operator registered.
        if (processes[0] !== undefined) sandbox?.useEdge(processes[0].addresses.edge);
        const onStageEnd = (end: () => unknown): void => void ends.unshift(end);
        const stage = {
          processes,
          vendor,
          token,
          databaseUrl,
          db,
          dir: stageDir,
          environment,
          start,
          onEnd: onStageEnd,
        };
        const demanded = (): Sandbox => {
          if (sandbox === undefined) throw new Error('the stage brings no sandbox');
          return sandbox;
        };
        // Not enumerable: a stage without a sandbox can be spread.
        return await work(
          Object.defineProperty(stage, 'sandbox', { get: demanded }) as typeof stage & { sandbox: Sandbox },
        );
      } finally {
        for (const end of ends) await end();
      }
    },
  };
}

/** The list of development, and a manager of every project. */
function accessOf(path: string, change: StageOptions['access']): string {
  const list = parse(readFileSync(path, 'utf8')) as { callers: object[] };
  list.callers.push({ identity: manager, roles: ['manager'], projects: ['*'] });
  change?.(list);
  return stringify(list);
}
