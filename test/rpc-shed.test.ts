import { Code, type ConnectRouter, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { Health } from '../gen/grpc/health/v1/health_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { createHealth } from '../src/rpc/health.ts';
import { createRefusalNotes, limitCalls } from '../src/rpc/shed.ts';
import { createPlumbing, type Plumbing, type Running, serveAdapted, serveRpc } from './rpc-harness.ts';
import { failureOf, infoOf } from './rpc-stage.ts';

let plumbing: Plumbing;
let servers: readonly Running[];
let entered = 0;
let release = Promise.withResolvers<void>();
beforeAll(async () => {
  plumbing = await createPlumbing('callers: [{identity: user:alice, permissions: [catalog.read], projects: [demo]}]');
  const calls = limitCalls(3);
  const options = {
    limit: { calls, noteRefused: createRefusalNotes(plumbing.log, plumbing.metrics.observeCall) },
    routes: (router: ConnectRouter) => {
      router.service(CatalogService, {
        listProviders: async () => {
          entered++;
          await release.promise;
          return {};
        },
      });
      createHealth().serve(router);
    },
    interceptors: plumbing.interceptors(plumbing.bearer('rpc'), calls),
    record: plumbing.record,
    log: plumbing.log,
  };
  servers = [await serveRpc(options), await serveAdapted(options)];
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await plumbing.close();
});

test.each([
  ['the lean path', 0],
  ["Connect's adapter", 1],
])(
  'over %s calls beyond the limit are refused at once with a delay, health answers, and room comes back',
  async (_name, i) => {
    const transport = createGrpcTransport({ baseUrl: servers[i]?.url ?? '' });
    const catalog = createClient(CatalogService, transport);
    const headers = { authorization: `Bearer ${await plumbing.token('user:alice')}` };
    const list = () => catalog.listProviders({ project: 'demo' }, { headers });
    for (let round = 0; round < 3; round++) {
      release = Promise.withResolvers<void>();
      entered = 0;
      const taken = Array.from({ length: 3 }, list);
      await expect.poll(() => entered).toBe(3);
      const refused = await Promise.all(Array.from({ length: 5 }, () => failureOf(list())));
      for (const answer of refused) {
        expect(answer.code).toBe(Code.ResourceExhausted);
        expect(infoOf(answer)).toMatchObject({ reason: 'RATE_LIMITED', metadata: { limit: 'server' } });
        expect(answer.findDetails(RetryInfoSchema)).toHaveLength(1);
      }
      expect((await createClient(Health, transport).check({})).status).toBeDefined();
      release.resolve();
      expect(await Promise.all(taken)).toHaveLength(3);
    }
  },
);

test('what is refused unread is counted, and told in one line', async () => {
  const text = await plumbing.metrics.read();
  expect(text).toMatch(/mobius_rpc_calls_total\{[^}]*code="resource_exhausted",reason="RATE_LIMITED"\} \d+/);
  const told = () => plumbing.lines.filter(({ msg }) => String(msg).startsWith('calls were refused'));
  await expect.poll(told, { timeout: 5_000 }).toHaveLength(1);
  expect(told()[0]).toMatchObject({ calls: 15 });
});
