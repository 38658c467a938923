import { readFileSync } from 'node:fs';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { CallerName, Certificates } from '../dev/certificates.ts';
import type { Addresses } from '../server.ts';

export type Clients = {
  /** gRPC on rpc, as the manager. */
  rpc<S extends DescService>(service: S): Client<S>;
  /** Connect on the edge, as the manager. */
  edge<S extends DescService>(service: S): Client<S>;
  /** gRPC on internal with the caller's certificate, or without any. */
  internal<S extends DescService>(service: S, caller: CallerName | undefined): Client<S>;
  close(): void;
};

export function openClients(addresses: Addresses, certificates: Certificates, token: string): Clients {
  const sessions: Http2SessionManager[] = [];
  const asManager: Interceptor = next => request => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
  const grpc = (baseUrl: string, interceptors: Interceptor[], nodeOptions = {}) => {
    const sessionManager = new Http2SessionManager(baseUrl, undefined, nodeOptions);
    sessions.push(sessionManager);
    return createGrpcTransport({ baseUrl, sessionManager, interceptors, defaultTimeoutMs: 15_000 });
  };
  const rpc = grpc(`http://${addresses.rpc}`, [asManager]);
  const edge = createConnectTransport({
    baseUrl: addresses.edge,
    httpVersion: '1.1',
    interceptors: [asManager],
    defaultTimeoutMs: 15_000,
  });
  const ca = readFileSync(certificates.ca);
  return {
    rpc: service => createClient(service, rpc),
    edge: service => createClient(service, edge),
    internal(service, caller) {
      const pair = caller && certificates.clients[caller];
      const identity = pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
      return createClient(service, grpc(`https://${addresses.internal}`, [], { ca, ...identity }));
    },
    close() {
      for (const session of sessions) session.abort();
    },
  };
}
