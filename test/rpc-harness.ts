import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createH2cServer, createSecureServer, type Http2Session } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { type ConnectRouter, createRouterTransport, type Interceptor } from '@connectrpc/connect';
import { createValidateInterceptor } from '@connectrpc/validate';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { type Access, createAccess } from '../src/rpc/access.ts';
import { createRpcHandler, type RpcHandlerOptions } from '../src/rpc/adapter.ts';
import { authorize, knownPermissions } from '../src/rpc/authorize.ts';
import type { CallRecord } from '../src/rpc/call_record.ts';
import { frameCalls } from '../src/rpc/frame.ts';
import { fromBearer, identify } from '../src/rpc/identify.ts';
import { serveHttp2 } from '../src/rpc/lean/listen.ts';
import { http2Limits } from '../src/rpc/limits.ts';
import { createLogger, createRecorder } from '../src/rpc/log.ts';
import { createMetrics } from '../src/rpc/metrics.ts';
import { createRestRoutes } from '../src/rpc/rest.ts';
import { type CallLimit, limitCalls } from '../src/rpc/shed.ts';
import { createTokenVerifier } from '../src/rpc/token.ts';
import { createRequestValidator } from '../src/rpc/validator.ts';
import type { Issued } from './rpc-certificates.ts';

export const publicServices: DescService[] = [
  CatalogService,
  IntegrationService,
  EventService,
  ReferenceService,
  AuditService,
];

const issuer = 'https://issuer.example';
const audience = 'mobius-integrations';

/** Everything around a call, as the service has it, with the log in memory. */
export type Plumbing = {
  access: Access;
  lines: Record<string, unknown>[];
  calls: CallRecord[];
  metrics: ReturnType<typeof createMetrics>;
  log: ReturnType<typeof createLogger>;
  record: (call: CallRecord) => void;
  interceptors(identity: Interceptor, limit?: CallLimit): Interceptor[];
  bearer(listener: 'rpc' | 'edge'): Interceptor;
  token(sub: string, claims?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
};

export async function createPlumbing(accessYaml: string, services = publicServices): Promise<Plumbing> {
  const dir = await mkdtemp(join(tmpdir(), 'rpc-'));
  const path = join(dir, 'access.yaml');
  await writeFile(path, accessYaml);
  const lines: Record<string, unknown>[] = [];
  const calls: CallRecord[] = [];
  const log = createLogger({ level: 'info', destination: { write: line => void lines.push(JSON.parse(line)) } });
  const access = await createAccess(path, { log, permissions: knownPermissions(services) });
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
  const verify = createTokenVerifier({ issuer, audience, jwks, now: () => new Date() });
  const metrics = createMetrics();
  const record = createRecorder(log, call => {
    calls.push(call);
    metrics.observeCall(call);
  });
  return {
    access,
    lines,
    calls,
    metrics,
    log,
    record,
    interceptors: (identity, limit = limitCalls(1_000)) => [
      frameCalls({ record, log, limit }),
      identity,
      createValidateInterceptor({ validator: createRequestValidator() }),
      authorize(access),
    ],
    bearer: listener => identify(listener, fromBearer(verify, log)),
    token: (sub, claims = {}) =>
      new SignJWT({ sub, iss: issuer, aud: audience, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setExpirationTime('1h')
        .sign(privateKey),
    async close() {
      access.close();
      await rm(dir, { recursive: true });
    },
  };
}

export type Running = { url: string; port: number; close(): Promise<void> };

async function listen(server: Server, scheme: string): Promise<Running> {
  const sessions = new Set<Http2Session>();
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** A listener over HTTP/2 as the service has it: plain, or with mutual TLS when `tls` is given. */
export function serveRpc(options: RpcHandlerOptions, tls?: Issued & { ca: string }): Promise<Running> {
  const scheme = tls === undefined ? 'http' : 'https';
  const secure = { ...http2Limits, ...tls, requestCert: true, rejectUnauthorized: true };
  const server = tls === undefined ? createH2cServer(http2Limits) : createSecureServer(secure);
  serveHttp2(server, options);
  return listen(server, scheme);
}

/** The same with everything through Connect's adapter. */
export function serveAdapted(options: RpcHandlerOptions): Promise<Running> {
  return listen(createH2cServer(http2Limits, createRpcHandler(options)), 'http');
}

/** An HTTP/1.1 listener with REST over the routes; 404 `not ours` for the rest. */
export function serveRest(plumbing: Plumbing, routes: (router: ConnectRouter) => void): Promise<Running> {
  const interceptors = plumbing.interceptors(plumbing.bearer('edge'));
  const transport = createRouterTransport(routes, { router: { interceptors } });
  const rest = createRestRoutes(publicServices, transport, plumbing.record, [CatalogService]);
  const server = createServer(async (req, res) => {
    if (!(await rest(req, res))) res.writeHead(404).end('not ours');
  });
  return listen(server, 'http');
}
