import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { people } from '../dev/access.ts';
import type { Certificates } from '../dev/certificates.ts';
import { openDevelopment } from '../dev/development.ts';
import { writeEnvFile } from '../dev/env_file.ts';
import { platformOf, platformText } from '../dev/platform.ts';
import { startPostgres } from '../dev/postgres.ts';
import { serviceArguments, serviceEnvironment } from '../dev/service_command.ts';
import { providers } from '../providers/index.ts';
import { type Sandbox, startSandbox } from '../sandbox/start.ts';
import type { Addresses } from '../server.ts';
import { type Clients, openClients } from './clients.ts';
import { type Program, startProgram } from './program.ts';
import { linesOf, openSecretBook, type SecretBook } from './secrets.ts';
import { startWiretap } from './wiretap.ts';

/** The running whole, as the steps see it: from outside, by its listeners, certificates and programs. */
export type Stage = {
  readonly project: string;
  readonly addresses: Addresses;
  readonly databaseUrl: string;
  readonly sandbox: Sandbox;
  readonly clients: Clients;
  readonly secrets: SecretBook;
  readonly service: Program;
  /** Every program the steps started. */
  readonly programs: readonly Program[];
  /** The `mobius` command, which finds its settings in the directory's dev.env. */
  mobius(...args: string[]): Program;
  /** One of the examples, with the variables of dev.env. */
  example(name: string, ...args: string[]): Program;
  /** What steps leave for later ones. */
  readonly notes: Map<Note, string>;
};

export type Note = 'slack' | 'github' | 'channel' | 'event' | 'delivery' | 'lease' | 'run';

const root = resolve(import.meta.dirname, '../..');
const project = 'demo';

/** Starts everything below a throw-away directory on free ports; `onStop` collects how it all ends, the last first. */
export async function setStage(onStop: (stop: () => unknown) => void): Promise<Stage> {
  const now = (): Date => new Date();
  const dir = mkdtempSync(join(tmpdir(), 'mobius-demo-'));
  onStop(() => rmSync(dir, { recursive: true, force: true }));
  // As root: PostgreSQL runs as another user, who must pass.
  chmodSync(dir, 0o755);
  const dataDir = join(dir, '.data');
  mkdirSync(dataDir);
  const secrets = openSecretBook();

  const starting = startPostgres({ dataDir: join(dataDir, 'postgres'), isTemporary: true, say: console.error });
  const [postgres, sandbox, development] = await Promise.all([
    starting.then(started => {
      onStop(started.stop);
      return started;
    }),
    startSandbox().then(started => {
      onStop(started.stop);
      return started;
    }),
    openDevelopment(join(dataDir, 'dev'), now),
  ]);
  const databaseUrl = await postgres.createDatabase('mobius');
  const wiretap = await startWiretap(sandbox.url, secrets);
  onStop(wiretap.close);

  const { rehost } = sandbox;
  const tapped: Sandbox['rehost'] = (provider, endpoints) =>
    Object.fromEntries(
      Object.entries(rehost(provider, endpoints)).map(([name, url]) => [name, url.replace(sandbox.url, wiretap.url)]),
    );
  const platform = platformOf({ ...sandbox, rehost: tapped }, providers);
  const platformFile = join(dataDir, 'dev', 'platform.yaml');
  writeFileSync(platformFile, platformText(platform), { mode: 0o600 });

  const service = startProgram(process.execPath, serviceArguments, {
    cwd: root,
    ipc: true,
    env: {
      ...serviceEnvironment,
      ...development.environment,
      DATABASE_URL: databaseUrl,
      MOBIUS_PLATFORM_FILE: platformFile,
      MOBIUS_EDGE_LISTEN: '127.0.0.1:0',
      MOBIUS_RPC_LISTEN: '127.0.0.1:0',
      MOBIUS_INTERNAL_LISTEN: '127.0.0.1:0',
      MOBIUS_METRICS_LISTEN: '127.0.0.1:0',
      // All that can be said: the last step reads it.
      MOBIUS_LOG_LEVEL: 'trace',
    },
  });
  onStop(service.stop);
  const message = (await service.message) as { listening: Addresses } | undefined;
  if (message === undefined) throw new Error(`the service does not start:\n${service.stderr()}${service.stdout()}`);
  const { listening: addresses } = message;
  sandbox.useEdge(addresses.edge);

  const token = await development.issuer.issueToken({ subject: people.manager, projects: [project] });
  const envFile = join(dataDir, 'dev.env');
  writeEnvFile(envFile, describe(development.certificates, addresses, token, databaseUrl));
  keepGiven(secrets, development, sandbox, token, databaseUrl);
  const clients = openClients(addresses, development.certificates, token);
  onStop(clients.close);

  const programs: Program[] = [];
  const start = (file: string, args: string[], cwd: string): Program => {
    const program = startProgram(file, args, { cwd, env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` } });
    programs.push(program);
    onStop(program.stop);
    return program;
  };
  return {
    project,
    addresses,
    databaseUrl,
    sandbox,
    clients,
    secrets,
    service,
    programs,
    notes: new Map(),
    mobius: (...args) => start(join(root, 'bin/mobius'), args, dir),
    example: (name, ...args) =>
      start(process.execPath, [`--env-file=${envFile}`, `examples/${name}.ts`, ...args], root),
  };
}

function describe(certificates: Certificates, addresses: Addresses, token: string, databaseUrl: string) {
  const { executor, trigger, stranger } = certificates.clients;
  return {
    MOBIUS_PROJECT: project,
    MOBIUS_EDGE_URL: addresses.edge,
    MOBIUS_RPC_ADDR: addresses.rpc,
    MOBIUS_INTERNAL_ADDR: addresses.internal,
    MOBIUS_TOKEN: token,
    MOBIUS_CA: certificates.ca,
    MOBIUS_EXECUTOR_CERT: executor.cert,
    MOBIUS_EXECUTOR_KEY: executor.key,
    MOBIUS_TRIGGER_CERT: trigger.cert,
    MOBIUS_TRIGGER_KEY: trigger.key,
    MOBIUS_STRANGER_CERT: stranger.cert,
    MOBIUS_STRANGER_KEY: stranger.key,
    DATABASE_URL: databaseUrl,
  };
}

/** The secrets there are before anything happens. */
function keepGiven(
  secrets: SecretBook,
  { certificates, environment }: Awaited<ReturnType<typeof openDevelopment>>,
  sandbox: Sandbox,
  token: string,
  databaseUrl: string,
): void {
  const { keep } = secrets;
  keep('caller token', token);
  keep('database password', new URL(databaseUrl).password);
  const keyring = JSON.parse(readFileSync(environment.MOBIUS_KEYRING ?? '', 'utf8')) as {
    keys: Record<string, string>;
  };
  for (const key of Object.values(keyring.keys)) {
    keep('keyring key', key);
    keep('keyring key', Buffer.from(key, 'base64').toString('hex'));
  }
  for (const [name, { key }] of Object.entries({ server: certificates.server, ...certificates.clients })) {
    for (const line of linesOf(readFileSync(key, 'utf8'))) keep(`${name}'s private key`, line);
  }
  for (const [provider, seeds] of Object.entries(sandbox.seeds)) secrets.keepFields(provider, seeds);
  for (const line of linesOf(sandbox.seeds.github.privateKey)) keep('App private key', line);
}
