import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { CapabilityKind, Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { loadStandings } from '../src/catalog/standings.ts';
import type { Reader } from '../src/catalog/state.ts';
import type { Provider } from '../src/providers/provider.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** The catalog while the list of providers is replaced by another. */

let world: World;
let all: readonly Provider[];
let project: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
  all = world.service.deps.catalog.providers;
});
afterAll(() => world.stop());
beforeEach(() => {
  world.service.deps.catalog.replace(all);
  project = `live${++count}`;
});

const without = (id: string): readonly Provider[] => all.filter(provider => provider.id !== id);
const titled = (title: string): readonly Provider[] =>
  all.map(provider => ({
    ...provider,
    actions: provider.actions.map(each => (each.name === 'linear.issue.create' ? { ...each, title } : each)),
  }));
const titleNow = async (): Promise<string | undefined> => {
  const { actions } = await world.rpc(CatalogService).listActions({ project, provider: 'linear', pageSize: 200 });
  return actions.find(({ name }) => name === 'linear.issue.create')?.title;
};

describe('a catalog that was replaced', () => {
  test('shows each item as it is now, in lists too, whose messages are kept', async () => {
    const before = await titleNow();
    world.service.deps.catalog.replace(titled('Another title'));
    expect(before).not.toBe('Another title');
    expect(await titleNow()).toBe('Another title');
    world.service.deps.catalog.replace(all);
    expect(await titleNow()).toBe(before);
  });

  test('is one catalog in an answer, though it is replaced while the answer is made', async () => {
    const { deps } = world.service;
    const caller = { kind: 'token', identity: 'user:tester', claims: {} } as unknown as Reader['caller'];
    const em = deps.store.em.fork();
    const loading = loadStandings(em, deps, { project, caller, permission: 'catalog.read' }, 'linear');
    deps.catalog.replace(titled('Another title'));
    const standings = await loading;
    const titles = standings.offered('ACTION').map(({ item }) => item.title);
    expect(titles).toContain('Another title');
    for (const { provider } of standings.offered('ACTION')) expect(standings.of(provider)).toBeDefined();
  });

  test('tells who watches what is gone, and what came back', async () => {
    const abort = new AbortController();
    const request = { project, providers: ['linear'], kinds: [CapabilityKind.PROVIDER, CapabilityKind.ACTION] };
    const stream = world.rpc(CatalogService).watchReadiness(request, { signal: abort.signal });
    const messages = stream[Symbol.asyncIterator]();
    const next = async () => (await messages.next()).value;
    const snapshot = await next();
    world.service.deps.catalog.replace(without('linear'));
    const gone = await next();
    expect(gone.capabilities.length).toBe(snapshot.capabilities.length);
    for (const { readiness, causes } of gone.capabilities) {
      expect([readiness, causes[0]?.cause]).toEqual([Readiness.UNAVAILABLE, ReadinessCause.NOT_IMPLEMENTED]);
    }
    world.service.deps.catalog.replace(all);
    const back = await next();
    expect(back.capabilities).toEqual(snapshot.capabilities);
    abort.abort();
  });

  test('keeps the integrations of a provider that is gone, answers clearly, and goes on when it is back', async () => {
    const integrations = world.rpc(IntegrationService);
    const credentials = { api_key: world.seeds.linear.apiKey };
    const { integration } = await integrations.connectProvider({ project, provider: 'linear', credentials });
    const one = { project, integration: integration?.id ?? '' };
    world.service.deps.catalog.replace(without('linear'));
    expect(await reasonOf(integrations.testIntegration(one))).toBe('NOT_IMPLEMENTED');
    expect(await reasonOf(integrations.connectProvider({ project, provider: 'linear' }))).toBe('PROVIDER_NOT_FOUND');
    expect((await integrations.listIntegrations({ project })).integrations.map(({ id }) => id)).toEqual([
      one.integration,
    ]);
    world.service.deps.catalog.replace(all);
    expect((await integrations.testIntegration(one)).accepted).toBe(true);
  });
});
