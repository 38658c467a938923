import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deps } from '../src/deps.ts';
import { openIngest } from '../src/events/ingest.ts';
import { openKeySets } from '../src/events/key_sets.ts';
import { createRateLimit } from '../src/events/rate_limit.ts';
import { greet, receiveDelivery } from '../src/events/receive.ts';
import { createFlights } from '../src/flights.ts';
import { activate } from '../src/integrations/activate.ts';
import type { Webhook } from '../src/providers/delivery.ts';
import { jsonBody } from '../src/providers/kit/body.ts';
import { headerEcho } from '../src/providers/kit/handshakes.ts';
import { noHeaders } from '../src/providers/kit/headers.ts';
import { hmac } from '../src/providers/kit/hmac.ts';
import { openCatalog } from '../src/providers/live_catalog.ts';
import type { Provider, ProviderCall } from '../src/providers/provider.ts';
import type { Feed, Subscriptions, SubscriptionWish } from '../src/providers/subscription.ts';
import { Secret } from '../src/secret.ts';
import { workDue } from '../src/subscriptions/worker.ts';
import { HOUR_MS } from './subscription_stage.ts';
import { startWorld, type World } from './world.ts';

/** Ways of vendors that none of the sandbox's has: a vendor of the test's own, in memory, behind a provider of its own. */

type Hook = { id: string; url: string; secret: string; expireTime: Date | undefined; key: string };

let world: World;
let project: string;
let count = 0;
let vendor: { hooks: Map<string, Hook>; log: string[]; payloads: string[]; standing: number[] };

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.db.query('delete from integrations');
  project = `v${++count}`;
  vendor = { hooks: new Map(), log: [], payloads: [], standing: [] };
});

const target = { key: 'base', label: 'the base', eventTypes: ['fake.thing.changed'] };
const now = () => world.clock.now();

/** What every one of them has; `create` is the vendor's. */
function subscriptions(more: Partial<Subscriptions> & Pick<Subscriptions, 'create'>): Subscriptions {
  return {
    authKinds: ['API_KEY'],
    scopes: [],
    endpoint: 'made',
    address: 'OWN',
    secret: 'VENDOR',
    targets: async () => [target],
    check: async (_, { id }) => (vendor.hooks.has(id) ? {} : 'GONE'),
    remove: async (_, { id }) => {
      vendor.log.push(`removed ${id}`);
      vendor.hooks.delete(id);
      vendor.standing.push(vendor.hooks.size);
    },
    ...more,
  };
}

function add(url: string, key: string, lifeMs?: number): Hook {
  const id = `hook-${vendor.log.length + 1}`;
  const expireTime = lifeMs === undefined ? undefined : new Date(now().getTime() + lifeMs);
  const hook = { id, url, secret: randomUUID(), expireTime, key };
  vendor.hooks.set(id, hook);
  vendor.log.push(`made ${id}`);
  vendor.standing.push(vendor.hooks.size);
  return hook;
}

function depsFor(ability: { subscriptions: Subscriptions; feed?: Feed; webhook?: Partial<Webhook> }): Deps {
  const provider: Provider = {
    id: 'fake',
    displayName: 'Fake',
    description: 'A vendor of a test.',
    category: 'Productivity',
    docsUrl: 'https://fake.example',
    logo: 'monogram',
    endpoints: {},
    credentialEndpoints: [],
    connect: [
      {
        mode: 'API_KEY',
        authKind: 'API_KEY',
        schema: { type: 'object' },
        headers: noHeaders,
        identify: async () => ({ account: { id: 'one', label: 'one' } }),
      },
    ],
    eventTypes: [],
    actions: [],
    references: [],
    subscriptions: ability.subscriptions,
    ...(ability.feed && { feed: ability.feed }),
    webhook: {
      endpoints: [
        { suffix: 'made', description: '', signature: 'hmac-sha256', secret: 'SUBSCRIPTION', secretField: 'hook' },
      ],
      verify: hmac({ header: 'x-signature' }),
      parse: verified => {
        const { id } = jsonBody(verified);
        if (id === undefined) return [];
        return [
          { eventType: 'fake.thing.changed', schemaVersion: 1, deliveryKey: String(id), accountId: '', payload: {} },
        ];
      },
      ...ability.webhook,
    },
  };
  const { deps } = world.service;
  const platform = { ...deps.platform, endpointsOf: () => ({}), appOf: () => undefined, credentialOf: () => undefined };
  return { ...deps, catalog: openCatalog([provider]), platform };
}

async function connect(deps: Deps): Promise<void> {
  await deps.vault.prepare(project);
  await deps.store.em.fork().transactional(em =>
    activate(em, deps, {
      project,
      provider: 'fake',
      authKind: 'API_KEY',
      secrets: { api_key: new Secret('k') },
      config: {},
      identity: { account: { id: 'one', label: 'one' } },
      requestedScopes: [],
      grantedScopes: undefined,
      expireTime: undefined,
      refreshable: false,
      wish: { config: {}, tags: {}, makeDefault: false, allowOtherAccount: false },
      integrationId: undefined,
      caller: 'test',
    }),
  );
}

const pathOf = (url: string) => ({ provider: 'fake', endpoint: url.split('/webhook/')[1] ?? '' });

/** Sends as the vendor does; answers how it was received. */
async function send(deps: Deps, hook: Pick<Hook, 'url' | 'secret'>, body: object): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'x-signature': createHmac('sha256', hook.secret).update(bytes).digest('hex') };
  const endpointLimit = createRateLimit({ perSecond: 100, burst: 100, now: deps.now });
  const entrance = { ingest: openIngest(deps), endpointLimit, keySets: openKeySets(deps) };
  const arrived = { body: bytes, headers, query: new URLSearchParams(), url: hook.url };
  return (await receiveDelivery(deps, entrance, pathOf(hook.url), arrived)).kind;
}

const hooks = () => [...vendor.hooks.values()];

const receipts = async () =>
  (
    await world.db.query('select source, delivery_key from integration_events where project = $1 order by id', [
      project,
    ])
  ).rows;

describe('a secret that the vendor makes', () => {
  const answered = (lifeMs?: number) =>
    subscriptions({
      create: async (_, { url, id }) => {
        const { secret, expireTime, ...hook } = add(url, id, lifeMs);
        return { id: hook.id, secret, ...(expireTime && { expireTime }) };
      },
    });

  test('and answers with verifies its deliveries', async () => {
    const deps = depsFor({ subscriptions: answered() });
    await connect(deps);
    await workDue(deps);
    expect(await send(deps, hooks()[0]!, { id: 1 })).toBe('RECORDED');
    expect(await send(deps, { ...hooks()[0]!, secret: 'other' }, { id: 2 })).toBe('REFUSED');
    expect(await receipts()).toHaveLength(1);
  });

  test('is lost with the answer that told it: the webhook is removed, and another made', async () => {
    let isLost = true;
    const made = answered();
    const deps = depsFor({
      subscriptions: {
        ...made,
        create: async (call, wish) => {
          const answer = await made.create(call, wish);
          if (isLost) {
            isLost = false;
            return await call.fetch('http://nowhere.invalid').then(() => answer);
          }
          return answer;
        },
        find: async (_, { url }) => hooks().filter(hook => hook.url === url),
      },
    });
    await connect(deps);
    await workDue(deps);
    world.clock.advance(10 * 60_000);
    await workDue(deps);
    world.clock.advance(HOUR_MS);
    await workDue(deps);
    expect(hooks()).toHaveLength(1);
    expect(vendor.log.filter(text => text.startsWith('made'))).toHaveLength(2);
    expect(await send(deps, hooks()[0]!, { id: 1 })).toBe('RECORDED');
  });

  test('and tells a process that was thought dead does not count: the one that another made stays', async () => {
    const made = answered();
    let release = (): void => undefined;
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    let creations = 0;
    const find = async () => hooks();
    const stalls = {
      ...made,
      find,
      create: async (call: ProviderCall, wish: SubscriptionWish) => {
        const answer = await made.create(call, wish);
        if (++creations === 1) await released;
        return answer;
      },
    };
    const deps = depsFor({ subscriptions: stalls });
    await connect(deps);
    const late = workDue(deps);
    await expect.poll(() => vendor.hooks.size).toBe(1);
    await world.db.query(`update subscriptions set lease_end_time = now() - interval '1 second'`);
    await workDue({ ...deps, flights: createFlights() });
    const [standing] = hooks();
    release();
    await late;
    expect(hooks()).toEqual([standing]);
    expect(await send(deps, standing!, { id: 1 })).toBe('RECORDED');
    const { rows } = await world.db.query('select vendor_id from subscriptions where project = $1', [project]);
    expect(rows).toEqual([{ vendor_id: standing!.id }]);
  });

  test('of one that cannot be renewed: the next one stands before it goes, and its deliveries count meanwhile', async () => {
    const day = 24 * HOUR_MS;
    const kept: { hook?: Hook } = {};
    const shape = answered(7 * day);
    const deps: Deps = depsFor({
      subscriptions: {
        ...shape,
        remove: async (call, held) => {
          // Until the last moment it may deliver.
          if (kept.hook !== undefined) expect(await send(deps, kept.hook, { id: 'late' })).toBe('RECORDED');
          await shape.remove(call, held);
        },
      },
    });
    await connect(deps);
    await workDue(deps);
    for (let i = 0; i < 30; i++) {
      kept.hook = hooks()[0]!;
      world.clock.advance(day);
      await workDue(deps);
      expect(hooks()).toHaveLength(1);
      expect(hooks()[0]!.expireTime!.getTime()).toBeGreaterThan(now().getTime());
    }
    expect(Math.min(...vendor.standing)).toBe(1);
    expect(new Set(vendor.log.filter(text => text.startsWith('made'))).size).toBeGreaterThan(7);
    expect(await send(deps, hooks()[0]!, { id: 'now' })).toBe('RECORDED');
    expect(await send(deps, kept.hook!, { id: 'old' })).toBe(kept.hook!.id === hooks()[0]!.id ? 'RECORDED' : 'REFUSED');
  });

  test('and tells in a handshake is taken while the webhook is being made, and at no other time', async () => {
    const webhook = {
      greeting: headerEcho('x-hook-secret'),
      tellsSecret: ({ headers }: { headers: Readonly<Record<string, string>> }) =>
        headers['x-hook-secret'] === undefined ? undefined : new Secret(headers['x-hook-secret']),
    };
    const shake = (deps: Deps, url: string, secret: string) =>
      greet(deps, pathOf(url), { method: 'POST', headers: { 'x-hook-secret': secret }, query: new URLSearchParams() });
    const deps: Deps = depsFor({
      webhook,
      subscriptions: subscriptions({
        create: async (_, { url, id }) => {
          const hook = add(url, id);
          const answer = await shake(deps, url, hook.secret);
          expect(answer?.headers?.['x-hook-secret']).toBe(hook.secret);
          return { id: hook.id };
        },
      }),
    });
    await connect(deps);
    await workDue(deps);
    const hook = hooks()[0]!;
    expect(await send(deps, hook, { id: 1 })).toBe('RECORDED');
    await shake(deps, hook.url, 'a-strangers-secret');
    expect(await send(deps, { ...hook, secret: 'a-strangers-secret' }, { id: 2 })).toBe('REFUSED');
    expect(await send(deps, hook, { id: 3 })).toBe('RECORDED');
  });

  test('and does not tell: the webhook is removed, and the trouble is shown', async () => {
    const deps = depsFor({
      subscriptions: subscriptions({ create: async (_, { url, id }) => ({ id: add(url, id).id }) }),
    });
    await connect(deps);
    await workDue(deps);
    expect(hooks()).toEqual([]);
    const { rows } = await world.db.query('select state, failure from subscriptions where project = $1', [project]);
    expect(rows).toEqual([{ state: 'FAILED', failure: 'invalid_answer' }]);
  });
});

describe('a webhook that only says that there is something to read', () => {
  /** What is to be read are the payloads that the vendor keeps for a webhook, counted from one. */
  const feed: Feed = {
    authKinds: ['API_KEY'],
    scopes: [],
    everyMs: 6 * HOUR_MS,
    rung: 'OF_SUBSCRIPTION',
    targets: async () => [target],
    start: async (_, { subscription }) => {
      vendor.log.push(`begun for ${subscription?.id}`);
      return '0';
    },
    read: async (_, __, cursor) => {
      const from = Number(cursor);
      const page = vendor.payloads.slice(from, from + 2);
      const events = page.map(key => ({
        eventType: 'fake.thing.changed',
        schemaVersion: 1,
        deliveryKey: key,
        accountId: '',
        payload: {},
      }));
      return { events, cursor: String(from + page.length), hasMore: from + page.length < vendor.payloads.length };
    },
  };
  const shape = () =>
    subscriptions({
      create: async (_, { url, id }) => {
        const hook = add(url, id);
        vendor.payloads = [];
        return { id: hook.id, secret: hook.secret };
      },
    });

  test('rings: what there is is read at once, page by page, and told once', async () => {
    const deps = depsFor({ subscriptions: shape(), feed });
    await connect(deps);
    await workDue(deps);
    vendor.payloads.push('a', 'b', 'c', 'd', 'e');
    await workDue(deps);
    expect(await receipts()).toEqual([]);
    expect(await send(deps, hooks()[0]!, {})).toBe('RECORDED');
    await workDue(deps);
    expect((await receipts()).map(({ source, delivery_key }) => `${source} ${delivery_key}`)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map(key => `POLL ${key}`),
    );
    expect(await send(deps, hooks()[0]!, {})).toBe('RECORDED');
    await workDue(deps);
    expect(await receipts()).toHaveLength(5);
  });

  test('is begun anew with each webhook whose payloads it reads', async () => {
    const deps = depsFor({ subscriptions: shape(), feed });
    await connect(deps);
    await workDue(deps);
    vendor.payloads.push('a', 'b');
    await send(deps, hooks()[0]!, {});
    await workDue(deps);
    vendor.hooks.clear();
    world.clock.advance(2 * HOUR_MS);
    await workDue(deps);
    expect(vendor.log.filter(text => text.startsWith('begun'))).toEqual(['begun for hook-1', 'begun for hook-3']);
    vendor.payloads.push('x');
    await send(deps, hooks()[0]!, {});
    await workDue(deps);
    expect((await receipts()).map(({ delivery_key }) => delivery_key)).toEqual(['a', 'b', 'x']);
  });
});
