import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CatalogService, type WatchReadinessResponse } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { CapabilityKind, Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `w${++count}`;
});

type Watch = { readonly next: () => Promise<WatchReadinessResponse>; readonly stop: () => void };

function watch(filter: { providers?: string[]; kinds?: CapabilityKind[] } = {}, of = world): Watch {
  const abort = new AbortController();
  const stream = of.rpc(CatalogService).watchReadiness({ project, ...filter }, { signal: abort.signal });
  const messages = stream[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await messages.next();
      if (done) throw new Error('the stream ended');
      return value;
    },
    stop: () => abort.abort(),
  };
}

async function connectLinear(): Promise<string> {
  const request = { project, provider: 'linear', credentials: { api_key: world.seeds.linear.apiKey } };
  return (await world.rpc(IntegrationService).connectProvider(request)).integration?.id ?? '';
}

/** What another process would do: change the row and tell of it. */
async function changeElsewhere(sql: string): Promise<void> {
  await world.db.query(sql, [project]);
  await world.db.query(`select pg_notify('mobius_integration_changed', $1)`, [project]);
}

const onlyLinear = { providers: ['linear'], kinds: [CapabilityKind.PROVIDER] };

describe('watching readiness', () => {
  test('begins with all of it, then tells what changed and nothing else', async () => {
    const watched = watch();
    const snapshot = await watched.next();
    expect(snapshot.snapshot).toBe(true);
    expect(new Set(snapshot.capabilities.map(c => c.kind)).size).toBe(4);
    expect(new Set(snapshot.capabilities.map(c => c.provider)).size).toBe(8);
    const startMs = performance.now();
    await connectLinear();
    const change = await watched.next();
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(change.snapshot).toBe(false);
    expect(new Set(change.capabilities.map(c => c.provider))).toEqual(new Set(['linear']));
    expect(change.capabilities.find(c => c.name === 'linear')?.readiness).toBe(Readiness.READY);
    watched.stop();
  });

  test('keeps to the providers and kinds asked for', async () => {
    const watched = watch(onlyLinear);
    expect((await watched.next()).capabilities.map(c => c.name)).toEqual(['linear']);
    watched.stop();
    expect(await reasonOf(watch({ providers: ['slak'] }).next())).toBe('PROVIDER_NOT_FOUND');
  });

  test('tells within a second what another process changed, and is silent about other projects', async () => {
    await connectLinear();
    const watched = watch(onlyLinear);
    await watched.next();
    await world.db.query(`select pg_notify('mobius_integration_changed', 'another')`);
    const startMs = performance.now();
    await changeElsewhere(`update integrations set status = 'INACTIVE' where project = $1`);
    const change = await watched.next();
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(change.capabilities[0]?.causes.map(c => c.cause)).toEqual([ReadinessCause.INACTIVE]);
    watched.stop();
  });

  test('misses nothing that changed while its reader was slow', async () => {
    const id = await connectLinear();
    const watched = watch(onlyLinear);
    await watched.next();
    const integrations = world.rpc(IntegrationService);
    for (const status of [IntegrationStatus.INACTIVE, IntegrationStatus.ACTIVE, IntegrationStatus.INACTIVE]) {
      await integrations.updateIntegration({ project, integration: id, status });
    }
    let last = await watched.next();
    while (last.capabilities[0]?.readiness !== Readiness.NEEDS_SETUP) last = await watched.next();
    await integrations.updateIntegration({ project, integration: id, status: IntegrationStatus.ACTIVE });
    while (last.capabilities[0]?.readiness !== Readiness.READY) last = await watched.next();
    watched.stop();
  });

  test('tells of a credential that ends without anybody doing anything', async () => {
    await connectLinear();
    const watched = watch(onlyLinear);
    await watched.next();
    await changeElsewhere(`update credentials set expire_time = now() + interval '700 ms' where project = $1`);
    expect((await watched.next()).capabilities[0]?.readiness).toBe(Readiness.DEGRADED);
    const ended = await watched.next();
    expect(ended.capabilities[0]).toMatchObject({
      readiness: Readiness.NEEDS_SETUP,
      causes: [{ cause: ReadinessCause.EXPIRED }],
    });
    watched.stop();
  });

  test('leaves nothing behind when its caller goes', async () => {
    const changes = world.service.deps.changes;
    const before = world.service.deps.stopping;
    const watched = watch(onlyLinear);
    await watched.next();
    watched.stop();
    await expect(watched.next()).rejects.toThrow();
    expect(world.service.deps.changes).toBe(changes);
    expect(before.aborted).toBe(false);
  });

  test('ends with SHUTTING_DOWN when the service drains', async () => {
    const other = await startWorld();
    const watched = watch(onlyLinear, other);
    await watched.next();
    const ended = reasonOf(watched.next());
    const stopped = other.stop();
    expect(await ended).toBe('SHUTTING_DOWN');
    await stopped;
  });
});
