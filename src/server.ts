import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
} from 'node:http2';
import { type ConnectRouter, createRouterTransport, type Interceptor } from '@connectrpc/connect';
import { createValidateInterceptor } from '@connectrpc/validate';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { ReferenceFeedService } from '../gen/mobius/integrations/internal/v1/reference_feed_service_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { VaultService } from '../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { serveAudit } from './audit/rpc.ts';
import { serveCatalog } from './catalog/rpc.ts';
import { type Config, ConfigError, type Listen } from './config.ts';
import { openConsole } from './console/serve.ts';
import { serveCredentials } from './credentials/rpc.ts';
import type { Deps } from './deps.ts';
import { serveEvents } from './events/rpc.ts';
import { serveSourceEvents } from './events/source_rpc.ts';
import { serveWebhooks } from './events/webhook.ts';
import { serveConnectPages } from './integrations/pages.ts';
import { serveIntegrations } from './integrations/rpc.ts';
import { serveLogos } from './logos/serve.ts';
import { serveReferenceFeed } from './references/feed_rpc.ts';
import { serveReferences } from './references/rpc.ts';
import { asShutdown, createRpcHandler, type RpcHandlerOptions } from './rpc/adapter.ts';
import { authorize, knownPermissions } from './rpc/authorize.ts';
import { certificateContext } from './rpc/caller.ts';
import { frameCalls } from './rpc/frame.ts';
import type { ProcessHealth } from './rpc/health.ts';
import { fromBearer, fromCertificate, identify } from './rpc/identify.ts';
import { serveHttp2 } from './rpc/lean/listen.ts';
import { http2Limits, maxCallsInFlight, maxSendReadBytes } from './rpc/limits.ts';
import { createRecorder } from './rpc/log.ts';
import { describeOpenApi } from './rpc/openapi.ts';
import type { Comments } from './rpc/openapi_schema.ts';
import { serveReflection } from './rpc/reflection.ts';
import { createRestRoutes } from './rpc/rest.ts';
import { createRefusalNotes, limitCalls } from './rpc/shed.ts';
import type { TokenVerifier } from './rpc/token.ts';
import { createRequestValidator } from './rpc/validator.ts';
import { serveVault } from './vault/rpc.ts';

/** Made beside the generated code: the contract's texts, that generated code leaves out. */
const commentsFile = new URL('../gen/comments.json', import.meta.url);

/** On rpc, edge and internal. */
export const publicServices = [CatalogService, IntegrationService, EventService, ReferenceService, AuditService];
/** On internal alone. */
export const internalServices = [CredentialService, SourceEventService, ReferenceFeedService, VaultService];

/**
 * Events go out as they are, whatever the consumer would take: to compress one of 8 kB took 230 µs of our processor and a turn
 * of the thread pool, and to decompress it 190 of the consumer's.
 */
const NEVER_BYTES = 0xffffffff;

export function servePublic(router: ConnectRouter, deps: Deps): void {
  router.service(CatalogService, serveCatalog(deps));
  router.service(IntegrationService, serveIntegrations(deps));
  router.service(EventService, serveEvents(deps));
  router.service(ReferenceService, serveReferences(deps));
  router.service(AuditService, serveAudit(deps));
}

export function serveInternal(router: ConnectRouter, deps: Deps): void {
  router.service(CredentialService, serveCredentials(deps), { readMaxBytes: maxSendReadBytes });
  router.service(SourceEventService, serveSourceEvents(deps), { compressMinBytes: NEVER_BYTES });
  router.service(ReferenceFeedService, serveReferenceFeed(deps));
  router.service(VaultService, serveVault(deps));
}

export type Addresses = {
  /** A URL. */
  readonly edge: string;
  /** host:port, as are the next two. */
  readonly rpc: string;
  readonly internal: string;
  readonly metrics: string;
};

export type Server = {
  readonly addresses: Addresses;
  /** Health turns NOT_SERVING, calls in flight finish within `graceMs`, streams are told to go, the listeners close. */
  readonly drain: (graceMs: number) => Promise<void>;
};

/** What Node answers by itself where nobody listens. */
const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

type Http = ReturnType<typeof createServer> | Http2Server | Http2SecureServer;

/** Opens the four listeners: the map of the process. */
export async function startServer(
  deps: Deps,
  config: Config,
  parts: {
    readonly health: ProcessHealth;
    readonly verifyToken: TokenVerifier;
    /** Told the edge's own address before anything is served. */
    readonly onEdge: (url: string) => void;
    /** Aborts `deps.stopping`. */
    readonly stop: () => void;
  },
): Promise<Server> {
  const { log, access } = deps;
  const { health } = parts;
  const record = createRecorder(log, deps.metrics.observeCall);
  const noteRefused = createRefusalNotes(log, deps.metrics.observeCall);
  const interceptors = (identification: Interceptor, calls = limitCalls(maxCallsInFlight)): Interceptor[] => [
    frameCalls({ record, log, limit: calls }),
    identification,
    createValidateInterceptor({ validator: createRequestValidator() }),
    authorize(access),
  ];
  // Calls in flight go on while the listeners drain; what is left when the grace is over is cut off by this.
  const cut = new AbortController();
  const bearer = fromBearer(parts.verifyToken, log);

  const [rpcCalls, internalCalls] = [limitCalls(maxCallsInFlight), limitCalls(maxCallsInFlight)];
  const rpcOptions: RpcHandlerOptions = {
    routes: router => {
      servePublic(router, deps);
      health.serve(router);
      serveReflection(router, publicServices);
    },
    interceptors: interceptors(identify('rpc', bearer), rpcCalls),
    limit: { calls: rpcCalls, noteRefused },
    shutdownSignal: cut.signal,
    record,
    log,
  };
  const internalOptions: RpcHandlerOptions = {
    routes: router => {
      servePublic(router, deps);
      serveInternal(router, deps);
      health.serve(router);
      serveReflection(router, [...publicServices, ...internalServices]);
    },
    interceptors: interceptors(identify('internal', fromCertificate), internalCalls),
    limit: { calls: internalCalls, noteRefused },
    contextValues: certificateContext(),
    shutdownSignal: cut.signal,
    record,
    log,
  };

  const edgeInterceptors = interceptors(identify('edge', bearer));
  const transport = createRouterTransport(router => servePublic(router, deps), {
    router: { interceptors: edgeInterceptors, shutdownSignal: asShutdown(cut.signal) },
  });
  const webhooks = serveWebhooks(deps);
  const rest = createRestRoutes(publicServices, transport, record, [CatalogService]);
  const stops = [webhooks.serve, serveConnectPages(deps), serveLogos(deps), rest];
  const edgeRpc = createRpcHandler({
    routes: router => servePublic(router, deps),
    interceptors: edgeInterceptors,
    shutdownSignal: cut.signal,
    record,
    log,
  });
  if (config.console !== undefined) {
    const { issuer } = config;
    const permissions = knownPermissions(publicServices);
    const page = openConsole(deps, config.console, { issuer, verifyToken: parts.verifyToken, permissions });
    const pageRpc = createRpcHandler({
      routes: router => servePublic(router, deps),
      interceptors: interceptors(page.identify),
      shutdownSignal: cut.signal,
      record,
      log,
    });
    stops.push(page.serve(pageRpc));
  }
  let described: object | undefined;
  // Made once, by the first who asks: it takes some ten milliseconds and names the edge's own address.
  const openApi = (): object => {
    described ??= describeOpenApi(publicServices, {
      serverUrl: deps.publicUrl(),
      version: 'v1',
      comments: JSON.parse(readFileSync(commentsFile, 'utf8')) as Comments,
    });
    return described;
  };
  const edgeHandler = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    for (const stop of stops) if (await stop(req, res)) return;
    if (!answerProbe(req, res, health, openApi)) edgeRpc(req, res);
  };

  const edge = createServer({ requestTimeout: 60_000, headersTimeout: 15_000, maxHeaderSize: 32_768 }, (req, res) => {
    edgeHandler(req, res).catch((err: unknown) => {
      log.error({ err, path: req.url?.split('?')[0] }, 'edge request failed');
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'application/json' });
      res.end();
    });
  });
  const busy = new WeakSet<object>();
  edge.on('request', (req, res) => {
    busy.add(req.socket);
    res.once('close', () => busy.delete(req.socket));
  });
  edge.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // Of a request that has begun its own listener notes what came of it.
    if (!busy.has(socket)) webhooks.noteUnreadable(error.rawPacket?.toString('latin1', 0, 1024) ?? '');
    const status = UNREADABLE.get(error.code ?? '') ?? '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    else socket.destroy();
  });
  const rpc =
    config.rpcTls === undefined
      ? createHttp2Server(http2Limits)
      : createSecureServer({ ...http2Limits, ...config.rpcTls });
  serveHttp2(rpc, rpcOptions);
  const internal = createSecureServer({
    ...http2Limits,
    cert: config.internalTls.cert,
    key: config.internalTls.key,
    ca: config.internalTls.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    allowHTTP1: false,
  });
  serveHttp2(internal, internalOptions);
  const metrics = createServer(serveMetrics(deps));

  const servers: Http[] = [edge, rpc, internal, metrics];
  const sessions = new Set<{ close: () => void; destroy: () => void }>();
  for (const server of [rpc, internal]) {
    server.on('session', session => {
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
    });
  }
  const edgeAddress = await listen(edge, config.edgeListen);
  parts.onEdge(`http://${edgeAddress}`);
  const addresses: Addresses = {
    edge: `http://${edgeAddress}`,
    rpc: await listen(rpc, config.rpcListen),
    internal: await listen(internal, config.internalListen),
    metrics: await listen(metrics, config.metricsListen),
  };
  for (const service of ['', ...publicServices.map(s => s.typeName), ...internalServices.map(s => s.typeName)]) {
    health.set(service, 'SERVING');
  }
  return {
    addresses,
    drain: async graceMs => {
      health.drain();
      parts.stop();
      const closed = servers.map(server => new Promise<void>(resolve => server.close(() => resolve())));
      for (const session of sessions) session.close();
      edge.closeIdleConnections();
      const grace = setTimeout(() => {
        cut.abort();
        for (const session of sessions) session.destroy();
        edge.closeAllConnections();
        metrics.closeAllConnections();
      }, graceMs);
      metrics.closeAllConnections();
      await Promise.all(closed);
      clearTimeout(grace);
      await webhooks.drain();
    },
  };
}

function listen(server: Http, { host, port }: Listen): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(listenProblem(error, host, port));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('not a TCP address'));
      resolve(`${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
    });
  });
}

/** An address that cannot be taken is the configuration's trouble. */
function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): Error {
  return new ConfigError([`MOBIUS_*_LISTEN: ${host}:${port} cannot be listened on (${error.code ?? error.message})`]);
}

/** `/healthz`: the process lives; `/readyz`: it serves; `/openapi.json`: what REST offers. */
function answerProbe(req: IncomingMessage, res: ServerResponse, health: ProcessHealth, openApi: () => object): boolean {
  const path = req.url?.split('?')[0];
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  const answer = (status: number, body: object): true => {
    res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    res.end(req.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
    return true;
  };
  if (path === '/healthz') return answer(200, { status: 'alive' });
  if (path === '/readyz') {
    const serving = health.get('') === 'SERVING';
    return answer(serving ? 200 : 503, { status: serving ? 'serving' : 'not serving' });
  }
  if (path !== '/openapi.json') return false;
  return answer(200, openApi());
}

function serveMetrics(deps: Deps): RequestListener {
  return (req, res) => {
    if (req.url?.split('?')[0] !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    deps.metrics.read().then(
      text => res.writeHead(200, { 'content-type': deps.metrics.contentType }).end(text),
      (err: unknown) => {
        deps.log.error({ err }, 'metrics failed');
        res.writeHead(500).end();
      },
    );
  };
}
