import { setTimeout as sleep } from 'node:timers/promises';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { IntegrationError } from '../src/errors.ts';
import { callerKey } from '../src/rpc/caller.ts';
import { createHealth } from '../src/rpc/health.ts';
import { serveReflection } from '../src/rpc/reflection.ts';
import { createPlumbing, publicServices, serveRpc } from './rpc-harness.ts';

export const secret = 'xoxb-1234567890-abcdefghij';
const accessYaml = `
callers:
  - {identity: user:alice, permissions: [catalog.read, integrations.read, integrations.manage], projects: [demo]}
  - {identity: spiffe://mobius/executor, permissions: [catalog.read], projects: [demo]}
`;

/** One method for each way a call can end. */
export function routes(router: ConnectRouter) {
  router.service(IntegrationService, {});
  router.service(CatalogService, {
    listProviders: ({ project }, { values }) => ({
      providers: [{ id: project, displayName: values.get(callerKey)?.identity }],
    }),
    getProvider({ provider }) {
      if (provider === 'absent') throw new IntegrationError('PROVIDER_NOT_FOUND', { provider });
      if (provider === 'busy') throw new IntegrationError('RATE_LIMITED', { provider }, { retryDelayMs: 1500 });
      if (provider === 'foreign') throw new ConnectError(`upstream said ${secret}`, Code.PermissionDenied);
      throw new Error(`driver said ${secret}`);
    },
    async getAction(_request, { signal }) {
      await sleep(20_000, undefined, { signal });
      return {};
    },
    async *watchReadiness({ providers }) {
      yield { snapshot: true };
      if (providers[0] === 'broken') throw new Error(`driver said ${secret}`);
      if (providers[0] === 'absent') throw new IntegrationError('PROVIDER_NOT_FOUND', { provider: 'absent' });
    },
  });
}

export type RpcStage = Awaited<ReturnType<typeof startRpcStage>>;

/** The rpc listener over methods that end in every way, with health and reflection. `alice` may call them. */
export async function startRpcStage() {
  const plumbing = await createPlumbing(accessYaml);
  const health = createHealth(publicServices.map(s => s.typeName));
  const shutdown = new AbortController();
  const rpc = await serveRpc({
    routes(router) {
      routes(router);
      health.serve(router);
      serveReflection(router, publicServices);
    },
    interceptors: plumbing.interceptors(plumbing.bearer('rpc')),
    record: plumbing.record,
    log: plumbing.log,
    shutdownSignal: shutdown.signal,
  });
  return {
    plumbing,
    health,
    shutdown,
    rpc,
    alice: { authorization: `Bearer ${await plumbing.token('user:alice')}` },
    async stop() {
      await rpc.close();
      await plumbing.close();
    },
  };
}

export async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  const err: unknown = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (err instanceof ConnectError) return err;
  throw new Error('the call did not fail');
}
export const infoOf = (err: ConnectError) => err.findDetails(ErrorInfoSchema)[0];
export async function drain(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of stream) count++;
  return count;
}
