import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { Pool } from 'pg';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../src/config.ts';
import { connectOnlyEmulator } from '../src/connect_only/emulator.ts';
import { callbackPath } from '../src/console/sign_in.ts';
import { faces, people } from '../src/dev/access.ts';
import { type CallerName, callers } from '../src/dev/certificates.ts';
import { type Development, openDevelopment } from '../src/dev/development.ts';
import type { TokenRequest } from '../src/dev/issuer.ts';
import { type PlatformFile, platformOf, platformText } from '../src/dev/platform.ts';
import { openSignInPages } from '../src/dev/sign_in.ts';
import { networkFetch } from '../src/outbound.ts';
import type { Lookup } from '../src/outbound_pinned.ts';
import { providers } from '../src/providers/index.ts';
import type { Provider } from '../src/providers/provider.ts';
import { createLogger } from '../src/rpc/log.ts';
import { loadBrought } from '../src/sandbox/emulated/load.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { type Service, startService } from '../src/service.ts';
import { cloneDatabase } from './database.ts';

export type WorldOptions = {
  /** Changes the platform file before the service reads it. */
  readonly platform?: (file: PlatformFile) => void;
  /** Changes the access list before the service reads it. */
  readonly access?: (list: AccessFile) => void;
  /** Resolves host names in place of the system. */
  readonly lookup?: Lookup;
  /** Connect-only providers that the sandbox plays, with an app of ours at each. */
  readonly connectOnly?: readonly Provider[];
  /** Serves the console, with an issuer to sign in at. Needs the page to be built. */
  readonly console?: boolean;
  /** A directory of manifests, beside which their vendors are. */
  readonly providersDir?: string;
  /** Environment variables beyond those of the world. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type AccessFile = { roles: Record<string, string[]>; callers: Record<string, unknown>[] };

/** A whole service in this process, on free ports, with a database, keys, callers and an outside world of its own. */
export type World = {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly seeds: Sandbox['seeds'];
  /** For tests that need one project only; the manager of `rpc` may do everything in any. */
  readonly project: string;
  readonly edgeUrl: string;
  /** An origin that connect sessions may return to. */
  readonly returnOrigin: string;
  /** The database as a superuser, for looking behind the contract. */
  readonly db: Pool;
  /** The database as the service logs in. */
  readonly serviceDatabaseUrl: string;
  /** The service's log so far, a JSON object a line. */
  readonly logs: readonly string[];
  /** The time of the service, the issuer and the sandbox. */
  readonly clock: { readonly now: () => Date; advance(ms: number): void };
  /** The directory of access.yaml, platform.yaml and the keys. */
  readonly dir: string;
  readonly certificates: Development['certificates'];
  /** A token of the issuer; default: the manager of every project. */
  token(request?: Partial<TokenRequest>): Promise<string>;
  /** A client over gRPC on rpc; default: as the manager of every project. */
  rpc<S extends DescService>(service: S, as?: Partial<TokenRequest>): Client<S>;
  /** As one who may only read, in the project named. */
  viewer<S extends DescService>(service: S, project: string): Client<S>;
  /** A client over mutual TLS on internal. */
  internal<S extends DescService>(service: S, caller: CallerName): Client<S>;
  stop(): Promise<void>;
};

const managerOfAll = 'user:tester';

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'mobius-world-'));
  chmodSync(dir, 0o700);
  const stops: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0)) await each();
  };
  try {
    let offsetMs = 0;
    const now = (): Date => new Date(Date.now() + offsetMs);
    const signIn = options.console === true ? await openSignInPages(dir, now) : undefined;
    if (signIn !== undefined) stops.unshift(signIn.stop);
    const { providersDir, connectOnly = [] } = options;
    const brought = [
      ...(providersDir === undefined ? [] : await loadBrought(providersDir)),
      ...connectOnly.map(provider => ({ provider, emulator: connectOnlyEmulator(provider.id) })),
    ];
    const [database, sandbox, development] = await Promise.all([
      cloneDatabase(),
      startSandbox({ now, brought }),
      openDevelopment(dir, now, signIn?.url),
    ]);
    signIn?.serve(development.issuer, faces, ['demo']);
    stops.unshift(database.drop);
    stops.unshift(sandbox.stop);
    const db = new Pool({ connectionString: database.url, max: 4 });
    // The database may be dropped, or its server ended by a test, below an idle connection.
    db.on('error', () => undefined);
    stops.unshift(() => db.end());

    changeAccess(development.environment.MOBIUS_ACCESS_FILE ?? '', options.access);
    const platform = platformOf(sandbox, [...providers, ...brought.map(({ provider }) => provider)]);
    options.platform?.(platform);
    const platformFile = join(dir, 'platform.yaml');
    writeFileSync(platformFile, platformText(platform));

    const logs: string[] = [];
    const config = loadConfig({
      ...development.environment,
      MOBIUS_PLATFORM_FILE: platformFile,
      DATABASE_URL: database.serviceUrl,
      MOBIUS_EDGE_LISTEN: '127.0.0.1:0',
      MOBIUS_RPC_LISTEN: '127.0.0.1:0',
      MOBIUS_INTERNAL_LISTEN: '127.0.0.1:0',
      MOBIUS_METRICS_LISTEN: '127.0.0.1:0',
      MOBIUS_LOG_LEVEL: 'debug',
      // A crawl would take part in what other tests count: theirs is the outside world alone.
      MOBIUS_REFERENCE_CRAWL: 'off',
      MOBIUS_CONSOLE: signIn === undefined ? 'off' : 'on',
      MOBIUS_SUBSCRIPTIONS: 'off',
      ...(providersDir !== undefined && { MOBIUS_PROVIDERS_DIR: providersDir }),
      ...options.environment,
    });
    const log = createLogger({ level: 'debug', destination: { write: line => void logs.push(line.trimEnd()) } });
    const service = await startService(config, {
      now,
      fetch: networkFetch,
      ...(options.lookup && { lookup: options.lookup }),
      log,
    });
    stops.unshift(service.stop);
    sandbox.useEdge(service.addresses.edge);
    sandbox.alsoAt(service.deps.publicUrl());
    signIn?.allow(`${service.deps.publicUrl()}${callbackPath}`);

    const token = (request: Partial<TokenRequest> = {}): Promise<string> =>
      development.issuer.issueToken({ subject: managerOfAll, projects: [], ...request });
    const clients = openClients(service, development, token);
    stops.unshift(clients.close);
    return {
      service,
      sandbox,
      seeds: sandbox.seeds,
      project: 'demo',
      edgeUrl: service.addresses.edge,
      returnOrigin: platform.return_origins[0] ?? '',
      db,
      serviceDatabaseUrl: database.serviceUrl,
      logs,
      clock: {
        now,
        advance: ms => {
          offsetMs += ms;
        },
      },
      dir,
      certificates: development.certificates,
      token,
      rpc: clients.rpc,
      viewer: (schema, project) => clients.rpc(schema, { subject: people.viewer, projects: [project] }),
      internal: clients.internal,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adds the manager of every project, who spares tests from naming theirs in a token. */
function changeAccess(path: string, change?: (list: AccessFile) => void): void {
  const list = parse(readFileSync(path, 'utf8')) as AccessFile;
  list.callers.push({ identity: managerOfAll, roles: ['manager'], projects: ['*'] });
  change?.(list);
  writeFileSync(path, stringify(list));
}

/** One connection for rpc, and one a caller for internal; opened by the first call. */
function openClients(service: Service, development: Development, token: World['token']) {
  const managers: Http2SessionManager[] = [];
  const connect = (baseUrl: string, tls?: object): ((interceptors: Interceptor[]) => Transport) => {
    const sessionManager = new Http2SessionManager(baseUrl, undefined, tls);
    managers.push(sessionManager);
    return interceptors => createGrpcTransport({ baseUrl, sessionManager, interceptors });
  };
  const { ca, clients } = development.certificates;
  const rpc = connect(`http://${service.addresses.rpc}`);
  const internal = new Map(
    (Object.keys(callers) as CallerName[]).map(name => {
      const [cert, key] = [clients[name].cert, clients[name].key].map(path => readFileSync(path));
      return [name, connect(`https://${service.addresses.internal}`, { ca: readFileSync(ca), cert, key })([])];
    }),
  );
  return {
    rpc<S extends DescService>(schema: S, as?: Partial<TokenRequest>): Client<S> {
      // A token a call: the clock may have moved on.
      const authenticate: Interceptor = next => async request => {
        request.header.set('authorization', `Bearer ${await token(as)}`);
        return next(request);
      };
      return createClient(schema, rpc([authenticate]));
    },
    internal<S extends DescService>(schema: S, caller: CallerName): Client<S> {
      return createClient(schema, internal.get(caller)!);
    },
    close(): void {
      for (const manager of managers) manager.abort();
    },
  };
}
