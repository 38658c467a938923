import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { CallerName, Certificates } from '../src/dev/certificates.ts';
import { serviceArguments } from '../src/dev/service_command.ts';
import type { Addresses } from '../src/server.ts';
import { type GrpcCaller, openGrpcCaller } from './grpc_caller.ts';

/** One process of the service, as production starts it, but for a clock that can be set. */
export type ServiceProcess = {
  readonly addresses: Addresses;
  readonly pid: number;
  /** All it has said. */
  log(): string;
  /** Sets its clock forward; resolves when that is so. */
  advance(ms: number): Promise<void>;
  /** gRPC on rpc with the token. */
  rpc<S extends DescService>(service: S): Client<S>;
  /** gRPC on internal over mutual TLS; each `connection` is a connection of its own. */
  internal<S extends DescService>(service: S, caller?: CallerName, connection?: number): Client<S>;
  /** The executor, by gRPC's own client; each `connection` is one of its own. */
  executor(connection?: number): GrpcCaller;
  readonly isAlive: boolean;
  /** kill -9; resolves when the system has reaped it. */
  kill(): Promise<void>;
  /** SIGTERM, waits for its drain. */
  stop(): Promise<void>;
};

export type Launch = {
  readonly environment: Readonly<Record<string, string>>;
  readonly certificates: Certificates;
  readonly token: string;
  /** Its clock against the machine's. */
  readonly clockOffsetMs?: number;
};

const clock = new URL('./clock.ts', import.meta.url).href;

export async function startServiceProcess(launch: Launch): Promise<ServiceProcess> {
  const child = spawn(process.execPath, ['--import', clock, ...serviceArguments], {
    env: {
      MOBIUS_EDGE_LISTEN: '127.0.0.1:0',
      MOBIUS_RPC_LISTEN: '127.0.0.1:0',
      MOBIUS_INTERNAL_LISTEN: '127.0.0.1:0',
      MOBIUS_METRICS_LISTEN: '127.0.0.1:0',
      // All that can be said: a proof reads it.
      MOBIUS_LOG_LEVEL: 'trace',
      PROOF_CLOCK_OFFSET_MS: String(launch.clockOffsetMs ?? 0),
      ...launch.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const exited = once(child, 'close');
  // It ends with us, however that is.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const addresses = await Promise.race([listening(child), exited.then(() => undefined)]);
  if (addresses === undefined) throw new Error(`the service does not start:\n${said.join('')}`);
  const clients = openClients(addresses, launch);
  let isAlive = true;
  exited.then(() => {
    isAlive = false;
    process.off('exit', end);
    clients.close();
  });
  return {
    addresses,
    pid: child.pid ?? 0,
    log: () => said.join(''),
    get isAlive() {
      return isAlive;
    },
    async advance(ms) {
      const done = nextMessage(child, 'advanced');
      child.send({ advanceMs: ms });
      await done;
    },
    rpc: clients.rpc,
    internal: clients.internal,
    executor: clients.executor,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(end, 15_000);
      await exited;
      clearTimeout(patience);
    },
  };
}

async function listening(child: ChildProcess): Promise<Addresses> {
  return (await nextMessage(child, 'listening')) as Addresses;
}

function nextMessage(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise(resolve => {
    const take = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !(name in message)) return;
      child.off('message', take);
      resolve((message as Record<string, unknown>)[name]);
    };
    child.on('message', take);
  });
}

function openClients(addresses: Addresses, { certificates, token }: Launch) {
  const sessions = new Map<string, Http2SessionManager>();
  const executors = new Map<number, GrpcCaller>();
  const transport = (name: string, baseUrl: string, interceptors: Interceptor[], tls?: () => object) => {
    let sessionManager = sessions.get(name);
    if (sessionManager === undefined) {
      sessionManager = new Http2SessionManager(baseUrl, undefined, tls?.());
      sessions.set(name, sessionManager);
    }
    return createGrpcTransport({ baseUrl, sessionManager, interceptors });
  };
  const authenticate: Interceptor = next => request => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
  return {
    rpc: <S extends DescService>(service: S): Client<S> =>
      createClient(service, transport('rpc', `http://${addresses.rpc}`, [authenticate])),
    internal: <S extends DescService>(service: S, caller: CallerName = 'executor', connection = 0): Client<S> => {
      const { cert, key } = certificates.clients[caller];
      const tls = () => ({ ca: readFileSync(certificates.ca), cert: readFileSync(cert), key: readFileSync(key) });
      return createClient(service, transport(`${caller}/${connection}`, `https://${addresses.internal}`, [], tls));
    },
    executor(connection = 0): GrpcCaller {
      let caller = executors.get(connection);
      if (caller === undefined) {
        caller = openGrpcCaller(addresses.internal, certificates, 'executor');
        executors.set(connection, caller);
      }
      return caller;
    },
    close(): void {
      for (const executor of executors.values()) executor.close();
      for (const session of sessions.values()) session.abort();
      sessions.clear();
    },
  };
}
