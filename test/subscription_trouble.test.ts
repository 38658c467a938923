import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { DeliveryCause, SubscriptionState } from '../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { ImpactChange, IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { createFlights } from '../src/flights.ts';
import { networkFetch } from '../src/outbound.ts';
import { startSubscriptions, workDue } from '../src/subscriptions/worker.ts';
import { cutAfter, HOUR_MS, holdAnswers, openWorld, type Stage } from './subscription_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openWorld();
});
afterAll(() => stage.world.stop());
beforeEach(() => stage.begin());

const hooks = () => stage.hooks('github');
const creations = () => stage.count('github', 'POST', /\/hooks$/);
const refuse = (fault: object) => stage.inject({ provider: 'github', path: /\/hooks$/, method: 'POST', ...fault });

describe('a creation that fails', () => {
  test('is on the integration’s health, in readiness and explained; it is tried again, and its gap read', async () => {
    const fault = refuse({ status: 500, times: 100 });
    const id = await stage.connectGitHub();
    await stage.work();
    const [row] = await stage.rows();
    expect([row?.state, row?.failure, row?.failures]).toEqual(['FAILED', 'unavailable', 1]);
    const { health } = (await stage.integration(id)) ?? {};
    expect(health?.cause).toBe(ReadinessCause.SUBSCRIPTION_LAPSED);
    expect(health?.message).toContain('acme/api');

    const { project } = stage;
    const catalog = stage.world.rpc(CatalogService);
    const { eventTypes } = await catalog.listEventTypes({ project, provider: 'github', pageSize: 200 });
    const opened = eventTypes.find(({ name }) => name === 'github.issues.opened');
    expect(opened?.readiness).toBe(Readiness.DEGRADED);
    expect(opened?.causes[0]?.cause).toBe(ReadinessCause.SUBSCRIPTION_LAPSED);
    const { action } = await catalog.getAction({ project, action: 'github.issue.create' });
    expect(action?.causes.map(({ cause }) => cause)).not.toContain(ReadinessCause.SUBSCRIPTION_LAPSED);

    await stage.happen('github', { event: 'issues.opened' });
    const explained = await stage.world
      .rpc(EventService)
      .explainDelivery({ project, eventType: 'github.issues.opened' });
    expect(explained.cause).toBe(DeliveryCause.SUBSCRIPTION_LAPSED);
    expect(explained.message).toContain('the provider cannot be reached');
    expect(explained.subscriptions.map(({ state }) => state)).toEqual([SubscriptionState.LAPSED]);

    fault.remove();
    stage.advance(2 * 60_000);
    await stage.work();
    expect(hooks()).toHaveLength(1);
    expect((await stage.integration(id))?.health).toBeUndefined();
    expect(await stage.receipts()).toEqual(['github.issues.opened RECOVERED RECORDED']);
    const after = await stage.world.rpc(EventService).explainDelivery({ project, eventType: 'github.issues.opened' });
    expect(after.cause).toBe(DeliveryCause.NO_CONSUMER);
    expect(after.subscriptions.map(({ state }) => state)).toEqual([SubscriptionState.ACTIVE]);
  });

  test('comes back later and later, not at once, and never before the vendor wants', async () => {
    refuse({ status: 500, times: 2 });
    await stage.connectGitHub({ repositories: ['acme/api', 'acme/web'] });
    await stage.work();
    const before = creations();
    await stage.work();
    expect(creations()).toBe(before);
    stage.advance(60_000);
    refuse({ status: 429, headers: { 'Retry-After': '600' } });
    await stage.work();
    // One was told to wait: the other, of the same account, was not even tried.
    expect(creations()).toBe(before + 1);
    stage.advance(500_000);
    await stage.work();
    expect(creations()).toBe(before + 1);
    stage.advance(300_000);
    await stage.work();
    expect(hooks()).toHaveLength(2);
  });

  test('for want of a right waits for somebody to mend it', async () => {
    refuse({ status: 403, times: 100, body: { message: 'Resource not accessible by personal access token' } });
    const id = await stage.connectGitHub();
    await stage.work();
    const before = creations();
    stage.advance(HOUR_MS);
    await stage.work();
    expect(creations()).toBe(before);
    expect((await stage.integration(id))?.health?.message).toContain('the credential may not do that');
    const explained = await stage.world
      .rpc(EventService)
      .explainDelivery({ project: stage.project, provider: 'github' });
    expect(explained.fix?.method).toContain('ConnectProvider');
    // Connecting again is what mends it.
    await stage.connectGitHub();
    await stage.work();
    expect(creations()).toBe(before + 1);
  });

  test('after the vendor did its work leaves one webhook: the lost one is taken over', async () => {
    refuse({ reset: true, afterWork: true });
    await stage.connectGitHub();
    await stage.work();
    expect(hooks()).toHaveLength(1);
    expect((await stage.rows())[0]?.state).toBe('FAILED');
    stage.advance(2 * 60_000);
    await stage.work();
    expect(hooks()).toHaveLength(1);
    const { deliveries } = await stage.happen('github', { event: 'issues.opened' });
    expect(deliveries.map(({ status }) => status)).toEqual([200]);
  });
});

describe('several processes', () => {
  test('make one webhook, and one of them looks after it', async () => {
    const { world } = stage;
    const other = startOther();
    try {
      await stage.connectGitHub({ repositories: ['acme/api', 'acme/web', 'acme/docs'] });
      stage.inject({ provider: 'github', path: /\/hooks$/, method: 'POST', delayMs: 100, times: 3 });
      await Promise.all([workDue(world.service.deps), workDue(other.deps)]);
      await Promise.all([workDue(world.service.deps), workDue(other.deps)]);
      expect(
        hooks()
          .map(({ facts }) => facts.repository)
          .toSorted(),
      ).toEqual(['acme/api', 'acme/docs', 'acme/web']);
      const checks = () => stage.count('github', 'GET', /\/hooks\/\d+$/);
      const before = checks();
      stage.advance(2 * HOUR_MS);
      await Promise.all([workDue(world.service.deps), workDue(other.deps)]);
      expect(checks()).toBe(before + 3);
    } finally {
      other.stop();
    }
  });

  test('replace one that stalled while it made a webhook: there is one, and the late answer changes nothing', async () => {
    await stage.connectGitHub();
    const stalled = holdAnswers((url, method) => method === 'POST' && url.endsWith('/hooks'));
    const late = stage.work(stalled.fetch);
    await expect.poll(() => hooks().length, { timeout: 5_000 }).toBe(1);
    await stage.world.db.query(`update subscriptions set lease_end_time = now() - interval '1 second'`);
    const other = startOther();
    try {
      await workDue(other.deps);
      expect((await stage.rows())[0]?.state).toBe('ACTIVE');
    } finally {
      other.stop();
      stalled.release();
    }
    await late;
    expect(hooks()).toHaveLength(1);
    expect((await stage.rows())[0]).toMatchObject({ state: 'ACTIVE', vendor_id: hooks()[0]?.id, failures: 0 });
    const { deliveries } = await stage.happen('github', { event: 'issues.opened' });
    expect(deliveries.map(({ status }) => status)).toEqual([200]);
  });
});

describe('an end', () => {
  test('of the integration removes its webhooks at the vendor, before the credential goes', async () => {
    const id = await stage.connectGitHub({ repositories: ['acme/api', 'acme/web'] });
    await stage.work();
    expect(hooks()).toHaveLength(2);
    const impact = await stage.world
      .rpc(IntegrationService)
      .previewImpact({ project: stage.project, integration: id, change: ImpactChange.DELETE });
    expect(impact.subscriptions.map(({ target }) => target).toSorted()).toEqual(['acme/api', 'acme/web']);
    await stage.remove(id);
    expect(hooks()).toEqual([]);
    expect(await stage.rows()).toEqual([]);
    await stage.work();
    expect(hooks()).toEqual([]);
  });

  test('by break-glass removes them too, and a new consent makes new ones', async () => {
    const id = await stage.connectGitHub();
    await stage.work();
    const { project } = stage;
    const request = { project, integrationIds: [id], reason: 'a test' };
    await stage.world.rpc(IntegrationService).revokeIntegrations(request);
    expect(hooks()).toEqual([]);
    await stage.work();
    expect(hooks()).toEqual([]);
    await stage.connectGitHub();
    await stage.work();
    expect(hooks()).toHaveLength(1);
  });

  test('does not wait for a vendor that does not answer', async () => {
    const id = await stage.connectGitHub();
    await stage.work();
    stage.inject({ provider: 'github', path: /\/hooks\//, method: 'DELETE', status: 503, times: 9 });
    await stage.remove(id);
    expect(await stage.integration(id).catch(() => undefined)).toBeUndefined();
    expect(hooks()).toHaveLength(1);
    // It delivers to an address that is nobody's now.
    const { deliveries } = await stage.happen('github', { event: 'issues.opened' });
    expect(deliveries.map(({ status }) => status)).toEqual([401]);
  });

  test('while one is being made leaves none behind', async () => {
    const id = await stage.connectGitHub();
    stage.inject({ provider: 'github', path: /\/hooks$/, method: 'POST', delayMs: 300 });
    const working = stage.work();
    await expect.poll(async () => (await stage.rows()).length).toBe(1);
    await expect.poll(() => creations()).toBeGreaterThan(0);
    await stage.remove(id);
    await working;
    expect(hooks()).toEqual([]);
  });
});

test('the background does all of it by itself, soon after the connect', async () => {
  const own = await openWorld({ environment: { MOBIUS_SUBSCRIPTIONS: 'on' } });
  try {
    own.next();
    const id = await own.connectGitHub();
    await expect.poll(() => own.hooks('github').length, { timeout: 10_000 }).toBe(1);
    await own.happen('github', { event: 'issues.opened' });
    expect(await own.published()).toBe(1);
    own.removeHooks('github');
    await own.happen('github', { event: 'issues.opened' });
    own.advance(2 * HOUR_MS);
    await expect.poll(() => own.published(), { timeout: 10_000 }).toBe(2);
    await own.remove(id);
    expect(own.hooks('github')).toEqual([]);
  } finally {
    await own.world.stop();
  }
});

describe('switched off', () => {
  test('by a person: the vendor is not asked, and what happened meanwhile is not told later', async () => {
    const id = await stage.connectGitHub();
    await stage.work();
    await stage.update(id, { status: 2 });
    await stage.work();
    const calls = () => stage.world.sandbox.count({ provider: 'github' });
    const before = calls();
    stage.advance(5 * HOUR_MS);
    stage.removeHooks('github');
    await stage.happen('github', { event: 'issues.opened' });
    await stage.work();
    expect(calls()).toBe(before);
    stage.advance(10 * 60_000);
    await stage.update(id, { status: 1 });
    await stage.work();
    expect(hooks()).toHaveLength(1);
    expect(await stage.published()).toBe(0);
  });

  test('by the operator, or not in the plan: none is made, and the vendor is not asked', async () => {
    const { deps } = stage.world.service;
    await stage.connectGitHub();
    const before = stage.world.sandbox.count({ provider: 'github' });
    await workDue({ ...deps, platform: { ...deps.platform, isDisabled: () => true } });
    expect(await stage.rows()).toEqual([]);
    expect(stage.world.sandbox.count({ provider: 'github' })).toBe(before);
  });
});

test('one whose address moved is made anew there, and the old one goes', async () => {
  await stage.connectGitHub();
  await stage.work();
  const [before] = hooks();
  stage.advance(2 * HOUR_MS);
  const moved = { ...stage.world.service.deps, publicUrl: () => 'http://127.0.0.1:1' };
  await workDue(moved);
  expect(hooks()).toHaveLength(1);
  expect(hooks()[0]?.url).toContain('http://127.0.0.1:1/v1/provider/github/webhook/');
  expect(hooks()[0]?.id).not.toBe(before?.id);
});

test('a process that starts at another address has them deliver there, without waiting for the next look', async () => {
  await stage.connectGitHub();
  await stage.work();
  const { deps } = stage.world.service;
  const stop = startSubscriptions({ ...deps, flights: createFlights(), publicUrl: () => 'http://127.0.0.1:2' });
  try {
    await expect.poll(() => hooks().map(({ url }) => new URL(url).origin)).toEqual(['http://127.0.0.1:2']);
  } finally {
    await stop();
  }
});

test('a list of repositories that cannot be had is tried again and shown', async () => {
  const id = await stage.connectGitHub();
  await stage.work(cutAfter(0, url => /\/repos\/acme\/api$/.test(url)));
  stage.advance(60_000);
  await stage.work(cutAfter(0, url => /\/repos\/acme\/api$/.test(url)));
  stage.advance(5 * 60_000);
  await stage.work(cutAfter(0, url => /\/repos\/acme\/api$/.test(url)));
  expect((await stage.integration(id))?.health?.cause).toBe(ReadinessCause.SUBSCRIPTION_LAPSED);
  stage.advance(HOUR_MS);
  await stage.work();
  expect(hooks()).toHaveLength(1);
  expect((await stage.integration(id))?.health).toBeUndefined();
});

/** Another process of the service, as far as subscriptions go. */
function startOther() {
  const { service } = stage.world;
  const stopping = new AbortController();
  // What a process keeps to itself is its own; the store is the same.
  const deps = { ...service.deps, flights: createFlights(), fetch: networkFetch, stopping: stopping.signal };
  return { deps, stop: () => stopping.abort() };
}
