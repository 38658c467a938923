import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../gen/grpc/health/v1/health_pb.js';
import { ServerReflection } from '../gen/grpc/reflection/v1/reflection_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { createHealth } from '../src/rpc/health.ts';
import { publicServices, serveRpc } from './rpc-harness.ts';
import { failureOf, type RpcStage, startRpcStage } from './rpc-stage.ts';

let stage: RpcStage;
beforeAll(async () => {
  stage = await startRpcStage();
});
afterAll(() => stage.stop());

describe('reflection', () => {
  const buf = (...args: string[]) =>
    promisify(execFile)('buf', ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', ...args]);

  test('lists exactly the services it was given, to anyone', async () => {
    const { stdout } = await buf('--list-services', stage.rpc.url);
    expect(stdout.trim().split('\n')).toEqual(publicServices.map(s => s.typeName).sort());
  });

  test('is enough for a client that has no contract to call a method', async () => {
    const url = `${stage.rpc.url}/mobius.integrations.v1.CatalogService/ListProviders`;
    const { stdout } = await buf('-d', '{"project":"demo"}', '-H', `authorization: ${stage.alice.authorization}`, url);
    expect(JSON.parse(stdout)).toMatchObject({ providers: [{ id: 'demo' }] });
  });

  test('never shows what is not reachable from its services', async () => {
    const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: stage.rpc.url }));
    const questions = [
      { case: 'fileContainingSymbol', value: 'mobius.integrations.internal.v1.VaultService' },
      { case: 'fileByFilename', value: 'mobius/integrations/internal/v1/vault_service.proto' },
      { case: 'fileContainingSymbol', value: 'nonsense' },
      { case: 'fileContainingSymbol', value: 'mobius.integrations.v1.Provider.id' },
      { case: 'allExtensionNumbersOfType', value: 'google.protobuf.MethodOptions' },
      {
        case: 'fileContainingExtension',
        value: { containingType: 'google.protobuf.MethodOptions', extensionNumber: 50001 },
      },
      { case: undefined },
    ] as const;
    async function* ask() {
      for (const messageRequest of questions) yield { host: 'h', messageRequest };
    }
    const answers = [];
    for await (const { messageResponse } of client.serverReflectionInfo(ask())) answers.push(messageResponse);
    expect(answers.map(a => a.case)).toEqual([
      'errorResponse',
      'errorResponse',
      'errorResponse',
      'fileDescriptorResponse',
      'allExtensionNumbersResponse',
      'fileDescriptorResponse',
      'errorResponse',
    ]);
    expect(answers[0]?.value).toMatchObject({ errorCode: Code.NotFound });
    expect(answers[4]?.value).toMatchObject({ extensionNumber: expect.arrayContaining([50001, 72295728]) });
  });
});

describe('health', () => {
  const client = () => createClient(Health, createGrpcTransport({ baseUrl: stage.rpc.url }));

  test('answers anyone, and NOT_FOUND for a service it does not know', async () => {
    stage.health.set('', 'SERVING');
    expect((await client().check({})).status).toBe(ServingStatus.SERVING);
    expect((await client().check({ service: CatalogService.typeName })).status).toBe(ServingStatus.NOT_SERVING);
    expect((await failureOf(client().check({ service: 'nonsense' }))).code).toBe(Code.NotFound);
  });

  test('streams every change, SERVICE_UNKNOWN included, and ends when draining', async () => {
    const drained = createHealth(['a']);
    const server = await serveRpc({
      routes: r => drained.serve(r),
      record: stage.plumbing.record,
      log: stage.plumbing.log,
    });
    const watcher = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    const seen: ServingStatus[] = [];
    const watching = (async () => {
      for await (const { status } of watcher.watch({ service: 'a' })) seen.push(status);
    })();
    const unknown = watcher.watch({ service: 'b' })[Symbol.asyncIterator]();
    expect((await unknown.next()).value?.status).toBe(ServingStatus.SERVICE_UNKNOWN);
    drained.set('b', 'SERVING');
    expect((await unknown.next()).value?.status).toBe(ServingStatus.SERVING);
    await vi.waitFor(() => expect(seen).toEqual([ServingStatus.NOT_SERVING]));
    drained.set('a', 'SERVING');
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    drained.drain();
    await watching;
    drained.set('a', 'SERVING');
    expect(seen).toEqual([ServingStatus.NOT_SERVING, ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    expect((await watcher.check({ service: 'b' })).status).toBe(ServingStatus.NOT_SERVING);
    expect((await unknown.next()).value?.status).toBe(ServingStatus.NOT_SERVING);
    expect((await unknown.next()).done).toBe(true);
    await server.close();
  });
});
