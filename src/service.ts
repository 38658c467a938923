import { readFileSync } from 'node:fs';
import type { PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';
import { createAuditLog } from './audit/log.ts';
import { type Config, ConfigError } from './config.ts';
import { withConnectOnly } from './connect_only/list.ts';
import { createHotRows } from './credentials/rows.ts';
import { startSweep } from './credentials/sweep.ts';
import type { Deps } from './deps.ts';
import { startJetStream } from './events/jetstream.ts';
import { platformProvider } from './events/platform_provider.ts';
import { startEventSweep } from './events/sweep.ts';
import { assertSound } from './faults/check.ts';
import { createFlights } from './flights.ts';
import { type Manifests, openManifests } from './manifests/open.ts';
import type { Fetch } from './outbound.ts';
import { type Lookup, networkLookup } from './outbound_pinned.ts';
import { loadPlatform, type Platform } from './platform.ts';
import { providers } from './providers/index.ts';
import { openCatalog } from './providers/live_catalog.ts';
import type { Provider } from './providers/provider.ts';
import { startCrawler } from './references/crawler.ts';
import { createAccess } from './rpc/access.ts';
import { assertEveryMethodDeclares, knownPermissions } from './rpc/authorize.ts';
import { createHealth } from './rpc/health.ts';
import { createMetrics } from './rpc/metrics.ts';
import { createTokenVerifier } from './rpc/token.ts';
import { type Addresses, internalServices, publicServices, startServer } from './server.ts';
import { openChanges } from './store/changes.ts';
import { migrate, openKeyed, openPipeline, openStore } from './store/open.ts';
import { migrateAsOwner, roleOf } from './store/roles.ts';
import { statementsOn } from './store/sql.ts';
import { startSubscriptions } from './subscriptions/worker.ts';
import { openKeyring } from './vault/open_keyring.ts';
import { createVault } from './vault/vault.ts';

export type Service = {
  readonly addresses: Addresses;
  readonly deps: Deps;
  /** Drains: calls in flight get ten seconds. */
  readonly stop: () => Promise<void>;
};

const DRAIN_MS = 10_000;

/** The providers that need no manifest. */
const builtIn: readonly Provider[] = [...providers, platformProvider];

/** Starts the whole service, or throws ConfigError with everything that its files have wrong. */
export async function startService(
  config: Config,
  world: { readonly now: () => Date; readonly fetch: Fetch; readonly lookup?: Lookup; readonly log: Logger },
): Promise<Service> {
  const { now, fetch, lookup = networkLookup, log } = world;
  const services = [...publicServices, ...internalServices];
  assertEveryMethodDeclares(services);
  const files = await readFiles(config, fetch, log);

  const store = await openStore(config.databaseUrl, config.poolMax);
  const opened: (() => Promise<void>)[] = [
    () => store.close(true),
    async () => files.access.close(),
    async () => files.keyring.close(),
  ];
  try {
    if (config.migrationDatabaseUrl === undefined) await migrate(store);
    else await migrateAsOwner(config.migrationDatabaseUrl, roleOf(config.databaseUrl));
    const changes = await openChanges(config.databaseUrl, log);
    opened.unshift(() => changes.close());
    const auditPool = openPipeline(config.databaseUrl, 'audit', log);
    opened.unshift(() => auditPool.end());
    const deliveryPool = openPipeline(config.databaseUrl, 'deliveries', log);
    opened.unshift(() => deliveryPool.end());
    const keyedPool = openKeyed(config.databaseUrl, log);
    opened.unshift(() => keyedPool.end());
    const metrics = createMetrics();
    const pool = await (store.em.getConnection() as PostgreSqlConnection).getNativeClient();
    metrics.watchPool(() => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
    const stopping = new AbortController();
    let publicUrl = config.publicUrl;
    const deps: Deps = {
      store,
      keyed: statementsOn(keyedPool),
      changes,
      deliveryPool,
      vault: createVault(store, files.keyring, changes, now),
      hotRows: createHotRows(store, changes),
      keyring: files.keyring,
      audit: createAuditLog(auditPool, now),
      access: files.access,
      platform: files.platform,
      catalog: openCatalog(withConnectOnly([...builtIn, ...(files.manifests?.providers() ?? [])])),
      fetch,
      lookup,
      now,
      random: Math.random,
      flights: createFlights(),
      events: config.events,
      log,
      metrics,
      publicUrl: () => publicUrl ?? '',
      stopping: stopping.signal,
    };
    if (files.manifests !== undefined) {
      metrics.watchManifests(files.manifests.count);
      const stop = files.manifests.follow(brought => deps.catalog.replace(withConnectOnly([...builtIn, ...brought])));
      opened.unshift(async () => stop());
    }
    const server = await startServer(deps, config, {
      health: createHealth(services.map(s => s.typeName)),
      verifyToken: createTokenVerifier({ ...config.issuer, issuer: config.issuer.url, jwks: files.jwks, now }),
      onEdge: url => {
        publicUrl ??= url;
      },
      stop: () => stopping.abort(),
    });
    const stopCrawler = config.crawlsReferences ? [startCrawler(deps)] : [];
    const stopTending = config.tendsSubscriptions ? [startSubscriptions(deps)] : [];
    const stopPublisher = deps.events.natsUrl === undefined ? [] : [await startJetStream(deps, deps.events.natsUrl)];
    const stopSweeps = [startSweep(deps), startEventSweep(deps), ...stopCrawler, ...stopTending, ...stopPublisher];
    return {
      addresses: server.addresses,
      deps,
      stop: async () => {
        await server.drain(DRAIN_MS);
        await Promise.all(stopSweeps.map(stop => stop()));
        await deps.audit.drain();
        for (const close of opened.splice(0)) await close();
      },
    };
  } catch (error) {
    for (const close of opened) await close();
    throw error;
  }
}

/** Reads all the files before anything is opened, so that every mistake is told at once. */
async function readFiles(config: Config, fetch: Fetch, log: Logger) {
  const problems: string[] = [];
  const attempt = async <T>(name: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const permissions = knownPermissions([...publicServices, ...internalServices]);
  const keyring = await attempt('MOBIUS_KEYRING', () =>
    openKeyring(config.keyring, { fetch, ...config.keyringSecrets }),
  );
  const platform = await attempt('MOBIUS_PLATFORM_FILE', () =>
    config.providersDir === undefined
      ? loadPlatform(config.platformFile, withConnectOnly(providers))
      : loadPlatform(config.platformFile, providers, 'LATER'),
  );
  const jwks = await attempt('MOBIUS_JWKS', () => readJwks(config.issuer.jwks));
  const access = await attempt('MOBIUS_ACCESS_FILE', () => createAccess(config.accessFile, { log, permissions }));
  await attempt('providers', () => assertSound(providers));
  const { providersDir } = config;
  const manifests =
    providersDir === undefined || platform === undefined
      ? undefined
      : await attempt('MOBIUS_PROVIDERS_DIR', () => readManifests(providersDir, platform, log));
  if (
    problems.length > 0 ||
    keyring === undefined ||
    platform === undefined ||
    jwks === undefined ||
    access === undefined
  ) {
    access?.close();
    keyring?.close();
    throw new ConfigError(problems);
  }
  return { keyring, platform, jwks, access, manifests };
}

/** Settings of a provider that nobody declares are no mistake: its manifest may come, or come back. They are told. */
async function readManifests(directory: string, platform: Platform, log: Logger): Promise<Manifests> {
  const settingsProblems = (provider: Provider) =>
    platform.problemsOf(provider).map(text => `the platform file: ${text}`);
  const manifests = await openManifests(directory, { present: builtIn, settingsProblems, log });
  const inForce = withConnectOnly([...builtIn, ...manifests.providers()]);
  // A manifest may have taken the id of a connect-only provider, and what the platform file says is then of the manifest.
  const wrong = inForce.filter(({ id, support }) => support && platform.ids.includes(id)).flatMap(settingsProblems);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const known = inForce.map(({ id }) => id);
  const unknown = platform.ids.filter(id => !known.includes(id));
  if (unknown.length > 0)
    log.warn({ providers: unknown }, 'the platform file has settings of providers that are not there');
  return manifests;
}

function readJwks(source: string): URL | JSONWebKeySet {
  if (source.startsWith('https:')) return new URL(source);
  const parsed: unknown = JSON.parse(readFileSync(source, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && Array.isArray((parsed as JSONWebKeySet).keys)) {
    return parsed as JSONWebKeySet;
  }
  throw new Error('is not a JSON Web Key Set');
}
