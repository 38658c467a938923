import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, readEnvironment } from '../config.ts';
import { connectOnlyEmulator } from '../connect_only/emulator.ts';
import { connectOnlyProviders } from '../connect_only/list.ts';
import { isPageBuilt } from '../console/files.ts';
import { callbackPath } from '../console/sign_in.ts';
import { providers } from '../providers/index.ts';
import { loadBrought } from '../sandbox/emulated/load.ts';
import { type Sandbox, startSandbox } from '../sandbox/start.ts';
import type { Addresses } from '../server.ts';
import { faces, people } from './access.ts';
import { type Development, openDevelopment } from './development.ts';
import { type Variables, writeEnvFile } from './env_file.ts';
import { platformOf, platformText } from './platform.ts';
import { rolePasswordOf, startPostgres } from './postgres.ts';
import { lockRun } from './run_lock.ts';
import { describeRun, type ResolveExample } from './run_text.ts';
import { serviceArguments, serviceEnvironment } from './service_command.ts';
import { openSignInPages } from './sign_in.ts';

const project = 'demo';
const serviceRole = 'mobius_service';
const exampleProviders = fileURLToPath(new URL('../../examples/providers', import.meta.url));
/** A handful of the long tail: all of it would bury the others. */
const someConnectOnly = connectOnlyProviders
  .filter(({ id }) => ['dropbox', 'figma', 'okta', 'spotify', 'todoist'].includes(id))
  .map(provider => ({ provider, emulator: connectOnlyEmulator(provider.id) }));
const tokenLifetimeSeconds = 30 * 24 * 60 * 60;

type Settings = {
  readonly dataDir: string;
  readonly withSandbox: boolean;
  readonly withConsole: boolean;
  readonly databaseUrl: string | undefined;
};

/** What `make run` runs: the service as production starts it, with all that production is given from outside. */
async function run(environment: Environment): Promise<number> {
  const settings = readSettings(environment);
  const { dataDir } = settings;
  const now = (): Date => new Date();
  const say = (line: string): void => console.log(line);
  const stops: (() => void | Promise<void>)[] = [lockRun(dataDir)];
  const halt = new AbortController();
  const stopSignals = onSignals(() => halt.abort());
  let isStopping = false;
  let isBroken = false;
  try {
    const devDir = join(dataDir, 'dev');
    if (settings.withConsole && !isPageBuilt())
      say('the console is off: its page was not built; make console does that');
    const signIn = settings.withConsole && isPageBuilt() ? await openSignInPages(devDir, now) : undefined;
    if (signIn !== undefined) stops.unshift(signIn.stop);
    const development = await openDevelopment(devDir, now, signIn?.url);
    signIn?.serve(development.issuer, faces, [project]);
    const variables: Record<string, string> = {
      ...development.environment,
      MOBIUS_CONSOLE: signIn === undefined ? 'off' : 'on',
    };
    const own: Record<string, string> = {};
    if (settings.databaseUrl === undefined) {
      const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), say });
      stops.unshift(postgres.stop);
      void postgres.ended.then(tail => {
        if (halt.signal.aborted || isStopping) return;
        console.error(`make run: the database ended\n${tail}`);
        isBroken = true;
        halt.abort();
      });
      // Two roles, as in production: the service's owns nothing.
      own.MOBIUS_MIGRATION_DATABASE_URL = await postgres.createDatabase('mobius');
      own.DATABASE_URL = await postgres.asRole(own.MOBIUS_MIGRATION_DATABASE_URL, serviceRole);
    }
    let sandbox: Sandbox | undefined;
    if (settings.withSandbox) {
      const providersDir = environment.MOBIUS_PROVIDERS_DIR || exampleProviders;
      const manifests = await loadBrought(providersDir);
      const taken = new Set(manifests.map(({ provider }) => provider.id));
      const brought = [...manifests, ...someConnectOnly.filter(({ provider }) => !taken.has(provider.id))];
      sandbox = await startSandbox({ state: join(dataDir, 'dev', 'sandbox.json'), brought });
      stops.unshift(sandbox.stop);
      variables.MOBIUS_PROVIDERS_DIR = providersDir;
      const path = join(dataDir, 'dev', 'platform.yaml');
      rmSync(path, { force: true });
      writeFileSync(
        path,
        platformText(platformOf(sandbox, [...providers, ...brought.map(({ provider }) => provider)])),
        { mode: 0o600 },
      );
      variables.MOBIUS_PLATFORM_FILE = path;
    }
    if (halt.signal.aborted) return 130;
    const given = { ...variables, ...withoutEmpty(environment), ...own };
    const { addresses, ended } = await startService(given, halt.signal);
    if (addresses !== undefined) {
      const publicUrl = (environment.MOBIUS_PUBLIC_URL || addresses.edge).replace(/\/+$/, '');
      sandbox?.useEdge(publicUrl);
      signIn?.allow(`${publicUrl}${callbackPath}`);
      const known = await describe(development, addresses, given.DATABASE_URL ?? '', sandbox?.url);
      const envFile = join(dataDir, 'dev.env');
      writeEnvFile(envFile, known);
      const page = signIn && `${publicUrl}/console/`;
      say(describeRun(known, envFile, addresses, page, resolveExample()));
    }
    const status = await ended;
    return isBroken ? 1 : status;
  } finally {
    isStopping = true;
    for (const stop of stops) await stop();
    stopSignals();
  }
}

function readSettings(environment: Environment): Settings {
  const [withSandbox, withConsole] = ['MOBIUS_SANDBOX', 'MOBIUS_CONSOLE'].map(name => {
    const value = environment[name] || 'on';
    if (value !== 'on' && value !== 'off') throw new Error(`${name} must be on or off`);
    return value === 'on';
  });
  const dataDir = resolve(environment.MOBIUS_DATA_DIR || '.data');
  const given = environment.DATABASE_URL || undefined;
  const databaseUrl = given && isOwnPostgres(dataDir, given) ? undefined : given;
  // Somebody else's issuer is signed in at there.
  const isOwnIssuer = !environment.MOBIUS_ISSUER;
  return { dataDir, withSandbox: withSandbox === true, withConsole: withConsole === true && isOwnIssuer, databaseUrl };
}

/** Whether the URL is that of the embedded database, left in the shell by a `dev.env` of an earlier run. */
function isOwnPostgres(dataDir: string, url: string): boolean {
  const path = join(dataDir, 'postgres', 'password');
  if (!existsSync(path) || !URL.canParse(url)) return false;
  const password = readFileSync(path, 'utf8');
  return [password, rolePasswordOf(password, serviceRole)].includes(new URL(url).password);
}

/** Variables that are set win over ours; set to nothing, as a shell may leave them, they do not. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

type ServiceProcess = {
  /** Undefined: it ended before it listened. */
  readonly addresses: Addresses | undefined;
  /** Its exit status; a signal counts as shells count it. */
  readonly ended: Promise<number>;
};

/** Starts the service and waits until it listens. The signal drains it. */
async function startService(environment: Environment, halt: AbortSignal): Promise<ServiceProcess> {
  const child: ChildProcess = spawn(process.execPath, serviceArguments, {
    env: { ...serviceEnvironment, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: Ctrl-C reaches it through us, once.
    detached: true,
  });
  const ended = new Promise<number>((resolveEnded, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolveEnded(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  const drain = (): void => void child.kill('SIGTERM');
  halt.addEventListener('abort', drain, { once: true });
  if (halt.aborted) drain();
  const listening = new Promise<Addresses>(resolveListening => {
    child.on('message', message => resolveListening((message as { listening: Addresses }).listening));
  });
  return { addresses: await Promise.race([listening, ended.then(() => undefined)]), ended };
}

/** Returns the way to stop listening. Later signals change nothing: the drain is bounded in time. */
function onSignals(act: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, act);
  return () => {
    for (const signal of signals) process.off(signal, act);
  };
}

function resolveExample(): ResolveExample {
  const provider = providers.find(each => each.platformCredential !== undefined && each.actions.length > 0);
  if (provider === undefined) throw new Error('no provider takes a key of the platform');
  return { provider: provider.id, purpose: provider.actions[0]?.name ?? '' };
}

async function describe(
  { certificates, issuer }: Development,
  addresses: Addresses,
  databaseUrl: string,
  sandboxUrl: string | undefined,
): Promise<Variables> {
  const { executor, trigger, platform, operator, stranger } = certificates.clients;
  return {
    MOBIUS_PROJECT: project,
    MOBIUS_EDGE_URL: addresses.edge,
    MOBIUS_RPC_ADDR: addresses.rpc,
    MOBIUS_INTERNAL_ADDR: addresses.internal,
    MOBIUS_TOKEN: await issuer.issueToken({
      subject: people.manager,
      projects: [project],
      lifetimeSeconds: tokenLifetimeSeconds,
    }),
    MOBIUS_CA: certificates.ca,
    MOBIUS_EXECUTOR_CERT: executor.cert,
    MOBIUS_EXECUTOR_KEY: executor.key,
    MOBIUS_TRIGGER_CERT: trigger.cert,
    MOBIUS_TRIGGER_KEY: trigger.key,
    MOBIUS_PLATFORM_CERT: platform.cert,
    MOBIUS_PLATFORM_KEY: platform.key,
    MOBIUS_OPERATOR_CERT: operator.cert,
    MOBIUS_OPERATOR_KEY: operator.key,
    MOBIUS_STRANGER_CERT: stranger.cert,
    MOBIUS_STRANGER_KEY: stranger.key,
    DATABASE_URL: databaseUrl,
    ...(sandboxUrl !== undefined && { MOBIUS_SANDBOX_URL: sandboxUrl }),
  };
}

try {
  process.exitCode = await run(readEnvironment());
} catch (error) {
  console.error(`make run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
