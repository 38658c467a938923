import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CatalogService, type WatchReadinessResponse } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { CapabilityKind, Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { watchReadiness } from '../src/catalog/watch.ts';
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

function watch(filter: { providers?: string[]; kinds?: CapabilityKind[] } = {}): Watch {
  const abort = new AbortController();
  const stream = world.rpc(CatalogService).watchReadiness({ project, ...filter }, { signal: abort.signal });
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
    const shown = world.service.deps.catalog.providers.filter(({ support }) => support === undefined);
    expect(new Set(snapshot.capabilities.map(c => c.provider)).size).toBe(shown.length);
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

  test('misses nothing that changed while its reader was busy', async () => {
    await connectLinear();
    const { deps } = world.service;
    const abort = new AbortController();
    const request = { providers: ['linear'], kinds: ['PROVIDER' as const] };
    const reports = watchReadiness(deps, reader(), request, abort.signal);
    await reports.next();
    const heard = new Promise<void>(resolve => {
      const stop = deps.changes.subscribe('integration_changed', () => {
        stop();
        resolve();
      });
    });
    await changeElsewhere(`update integrations set status = 'INACTIVE' where project = $1`);
    await heard;
    const { value } = await reports.next();
    expect(value?.capabilities[0]?.verdict.readiness).toBe('NEEDS_SETUP');
    abort.abort();
    expect((await reports.next()).done).toBe(true);
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

  test('ends when its caller goes, and leaves no listener behind', async () => {
    const { deps } = world.service;
    let listeners = 0;
    const subscribe: typeof deps.changes.subscribe = (channel, listener) => {
      const stop = deps.changes.subscribe(channel, listener);
      listeners++;
      return () => {
        listeners--;
        stop();
      };
    };
    const abort = new AbortController();
    const counting = { ...deps, changes: { ...deps.changes, subscribe } };
    const reports = watchReadiness(counting, reader(), { providers: [], kinds: [] }, abort.signal);
    await reports.next();
    expect(listeners).toBe(1);
    const ended = reports.next();
    abort.abort();
    expect((await ended).done).toBe(true);
    expect(listeners).toBe(0);
  });

  test('ends with SHUTTING_DOWN when the service drains', async () => {
    const draining = new AbortController();
    const deps = { ...world.service.deps, stopping: draining.signal };
    const reports = watchReadiness(deps, reader(), { providers: [], kinds: [] }, new AbortController().signal);
    await reports.next();
    const ended = reports.next();
    draining.abort();
    await expect(ended).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' });
  });
});

function reader() {
  const caller = { identity: 'user:tester', kind: 'token' as const };
  return { project, caller, permission: 'catalog.read' as const };
}
