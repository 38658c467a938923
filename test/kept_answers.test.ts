import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { Readiness } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { startWorld, type World } from './world.ts';

/** Answers of the catalog are kept, and each of these must make another of the very same request. */

const narrow = 'user:narrow';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    access: list =>
      list.callers.push({ identity: narrow, permissions: ['catalog.read'], projects: ['*'], providers: ['linear'] }),
  });
});
afterAll(() => world.stop());

const readinessOf = async (project: string, as?: { readonly subject: string }): Promise<Readiness | undefined> => {
  const { actions } = await world.rpc(CatalogService, as).listActions({ project, provider: 'linear', pageSize: 1 });
  return actions[0]?.readiness;
};

const connect = (project: string) => {
  const credentials = { api_key: world.seeds.linear.apiKey };
  return world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
};

test('what the project has', async () => {
  expect(await readinessOf('state')).toBe(Readiness.NEEDS_SETUP);
  expect(await readinessOf('state')).toBe(Readiness.NEEDS_SETUP);
  await connect('state');
  expect(await readinessOf('state')).toBe(Readiness.READY);
});

test('who asks, and what he is granted then', async () => {
  await connect('grants');
  const path = join(world.dir, 'access.yaml');
  const before = readFileSync(path, 'utf8');
  expect(await readinessOf('grants')).toBe(Readiness.READY);
  expect(await readinessOf('grants', { subject: narrow })).toBe(Readiness.READY);
  writeFileSync(path, before.replace(/^( +)- linear$/m, '$1- slack'));
  await expect.poll(() => readinessOf('grants', { subject: narrow }), { timeout: 10_000 }).toBe(Readiness.NEEDS_SETUP);
  expect(await readinessOf('grants')).toBe(Readiness.READY);
  writeFileSync(path, before);
  await expect.poll(() => readinessOf('grants', { subject: narrow }), { timeout: 10_000 }).toBe(Readiness.READY);
});

test('the end of a credential, though nothing is written then', async () => {
  await connect('time');
  const end = new Date(world.clock.now().getTime() + 3_600_000);
  await world.db.query(`update credentials set expire_time = $1, refreshable = false where project = 'time'`, [end]);
  expect(await readinessOf('time')).toBe(Readiness.DEGRADED);
  world.clock.advance(3_601_000);
  expect(await readinessOf('time')).toBe(Readiness.NEEDS_SETUP);
});
