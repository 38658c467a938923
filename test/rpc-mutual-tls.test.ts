import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { certificateContext } from '../src/rpc/caller.ts';
import { fromCertificate, identify } from '../src/rpc/identify.ts';
import { type Authority, createAuthority, type Issued } from './rpc-certificates.ts';
import { type Running, serveRpc } from './rpc-harness.ts';
import { failureOf, infoOf, type RpcStage, routes, startRpcStage } from './rpc-stage.ts';

let stage: RpcStage;
beforeAll(async () => {
  stage = await startRpcStage();
});
afterAll(() => stage.stop());

describe('mutual TLS', () => {
  let authority: Authority;
  let internal: Running;
  beforeAll(async () => {
    authority = await createAuthority('mobius test');
    const leaf = await authority.issue([{ type: 'ip', value: '127.0.0.1' }]);
    internal = await serveRpc(
      {
        routes,
        interceptors: stage.plumbing.interceptors(identify('internal', fromCertificate)),
        contextValues: certificateContext(),
        record: stage.plumbing.record,
        log: stage.plumbing.log,
      },
      { ...leaf, ca: authority.cert },
    );
  });
  afterAll(() => internal.close());

  const clientOf = (issued: Issued | undefined) =>
    createClient(
      CatalogService,
      createGrpcTransport({ baseUrl: internal.url, nodeOptions: { ca: authority.cert, ...issued } }),
    );
  const workload = (uri: string) => authority.issue([{ type: 'url', value: uri }]);

  test('the certificate is the caller, on every call of the connection, and a token beside it is nothing', async () => {
    const executor = clientOf(await workload('spiffe://mobius/executor'));
    for (let i = 0; i < 3; i++) {
      const { providers } = await executor.listProviders({ project: 'demo' }, { headers: stage.alice });
      expect(providers[0]?.displayName).toBe('spiffe://mobius/executor');
    }
  });

  test('a valid certificate without a grant is refused by name; one without a SPIFFE ID is nobody', async () => {
    const stranger = await failureOf(
      clientOf(await workload('spiffe://mobius/stranger')).listProviders({ project: 'demo' }),
    );
    expect(infoOf(stranger)?.reason).toBe('PERMISSION_MISSING');
    const nameless = clientOf(await authority.issue([{ type: 'dns', value: 'executor' }]));
    const err = await failureOf(nameless.listProviders({ project: 'demo' }, { headers: stage.alice }));
    expect(infoOf(err)).toMatchObject({ reason: 'CALLER_UNKNOWN', metadata: { listener: 'internal' } });
  });

  test('a certificate of another authority, or none, never gets past the handshake', async () => {
    const before = stage.plumbing.calls.length;
    const other = await createAuthority('another');
    const forged = await other.issue([{ type: 'url', value: 'spiffe://mobius/executor' }]);
    for (const issued of [forged, undefined]) {
      const err = await failureOf(clientOf(issued).listProviders({ project: 'demo' }));
      expect(infoOf(err)).toBeUndefined();
    }
    expect(stage.plumbing.calls.length).toBe(before);
  });
});
