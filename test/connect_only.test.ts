import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { ConnectionState, ProviderSupport } from '../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { RevocationOutcome } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { connectBy } from '../proof/conformance/connect.ts';
import { emulatedFacts, type Facts } from '../proof/conformance/facts.ts';
import { departures } from '../src/connect_only/departures.ts';
import { connectOnlyEmulator } from '../src/connect_only/emulator.ts';
import { connectOnlyProviders, withConnectOnly } from '../src/connect_only/list.ts';
import { identityOf } from '../src/connect_only/profile.ts';
import { words } from '../src/connect_only/words.ts';
import { visit } from '../src/demo/browser.ts';
import { faultsOf, openSchemaFaults } from '../src/faults/check.ts';
import { providers } from '../src/providers/index.ts';
import { mapLimited } from '../src/providers/kit/batch.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { Provider, ProviderCall, ProviderFailure } from '../src/providers/provider.ts';
import { Secret } from '../src/secret.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** The vendors of the table: what is written of each, and each through the whole service and the sandbox. */

const ids = connectOnlyProviders.map(({ id }) => id);
/** What is wrong, by provider: one that is not in order shall not hide another. */
const wrongIn = (look: (provider: Provider) => readonly string[]): readonly string[] =>
  connectOnlyProviders.flatMap(provider => look(provider).map(what => `${provider.id}: ${what}`));

describe('the table', () => {
  test('holds each vendor once, under an id and a name of its own, and none that has more to offer', () => {
    expect(ids.length).toBeGreaterThan(140);
    expect(ids).toEqual([...new Set(ids)].toSorted());
    const names = connectOnlyProviders.map(({ displayName }) => displayName);
    expect(names.filter((name, index) => names.indexOf(name) !== index || name === '')).toEqual([]);
    expect(ids.filter(id => providers.some(provider => provider.id === id))).toEqual([]);
  });

  test('has no words and no departures of vendors that are not in it', () => {
    expect([...Object.keys(words), ...Object.keys(departures)].filter(id => !ids.includes(id))).toEqual([]);
  });

  test('offers a way to connect and nothing else', () => {
    const wrong = wrongIn(({ support, connect, eventTypes, actions, references, webhook, feed }) => [
      ...(support === 'CONNECT_ONLY' && connect.length === 1 ? [] : ['is not connect-only']),
      ...[...eventTypes, ...actions, ...references].map(({ name }) => name),
      ...(webhook === undefined && feed === undefined ? [] : ['receives']),
    ]);
    expect(wrong).toEqual([]);
  });

  test('stands all the rules that hold for providers', () => {
    expect(faultsOf(withConnectOnly(providers))).toEqual([]);
    // Those with a setting have a form of their own; the app's is the same for all.
    const [one, ...others] = connectOnlyProviders;
    const withSettings = others.filter(({ endpoints }) => Object.values(endpoints).some(url => url.includes('{')));
    expect([one!, ...withSettings].flatMap(openSchemaFaults())).toEqual([]);
    expect(new Set(connectOnlyProviders.map(({ app }) => app)).size).toBe(1);
  });

  test('sends a secret to the vendor’s own domain only: no customer names a whole host', () => {
    const base = /^https:\/\/(\{subdomain\}\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;
    expect(wrongIn(({ endpoints }) => Object.values(endpoints).filter(url => !base.test(url)))).toEqual([]);
  });

  test('gives way to a provider of the same id', () => {
    const [first] = connectOnlyProviders;
    const better = { ...first!, support: undefined };
    const all = withConnectOnly([better]);
    expect(all.filter(({ id }) => id === better.id)).toEqual([better]);
    expect(all).toHaveLength(connectOnlyProviders.length);
  });
});

describe('who signed in', () => {
  const identify = identityOf({ at: { endpoint: 'api', path: '/me' }, within: [] });
  const callThat = (answer: unknown): ProviderCall => ({
    fetch: async () => {
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: new Headers(), body: answer };
    },
    credential: { kind: 'OAUTH2', secrets: { access_token: new Secret('access') } },
    config: {},
    endpoints: { api: 'https://api.vendor.example' },
    app: undefined,
    signal: AbortSignal.timeout(1_000),
    now: () => new Date(),
  });
  const failed = (kind: ProviderFailure['kind']) => new ProviderError({ kind } as ProviderFailure);

  test.each([
    [{ sub: 'a', id: 'b', email: 'ada@example.com' }, 'a', 'ada@example.com'],
    [{ id: 7, name: 'Ada' }, '7', 'Ada'],
    [{ data: { id: '7', username: 'ada' } }, '7', 'ada'],
    [{ account: { uuid: 'u-7', email: 'ada@example.com' } }, 'u-7', 'ada@example.com'],
  ])('is read where vendors write it: %j', async (answer, id, label) => {
    expect((await identify(callThat(answer))).account).toEqual({ id, label });
  });

  test.each([
    [{ email: 'ada@example.com', username: 'ada' }],
    [[{ id: 'the first of a list is anybody' }]],
    [failed('forbidden')],
    [failed('not_found')],
  ])('has no name where nothing that never changes is told: %j', async answer => {
    const { account } = await identify(callThat(answer));
    expect(account.id).toMatch(/^unnamed:[0-9a-f]{12}$/);
  });

  test.each(['refused', 'throttled', 'unavailable'] as const)('is not made up when the vendor is %s', async kind => {
    const failure = await identify(callThat(failed(kind))).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: { kind } });
  });
});

describe('without an app', () => {
  let world: World;
  const [some] = connectOnlyProviders;
  const id = some!.id;
  beforeAll(async () => {
    world = await startWorld({ connectOnly: connectOnlyProviders.slice(1, 3) });
  });
  afterAll(() => world.stop());

  test('a connect-only provider is in no list that does not ask for it, and what is listed tells its support', async () => {
    const catalog = world.rpc(CatalogService);
    const shown = (await catalog.listProviders({ project: world.project, pageSize: 200 })).providers;
    const tail = shown.filter(({ support }) => support === ProviderSupport.CONNECT_ONLY);
    expect(tail.map(each => each.id)).toEqual(ids.slice(1, 3));
    expect(shown.filter(({ support }) => support === ProviderSupport.FULL)).toHaveLength(providers.length + 1);
    const support = ProviderSupport.CONNECT_ONLY;
    const asked = await catalog.listProviders({ project: world.project, pageSize: 200, support });
    expect(asked.providers.map(each => each.id)).toEqual(ids);
    const full = await catalog.listProviders({ project: world.project, pageSize: 200, support: ProviderSupport.FULL });
    expect(full.providers).toHaveLength(providers.length + 1);
    const watch = catalog.watchReadiness({ project: world.project });
    for await (const { capabilities } of watch) {
      const told = new Set(capabilities.map(({ provider }) => provider));
      expect(ids.filter(each => told.has(each))).toEqual(ids.slice(1, 3));
      break;
    }
  });

  test('it is known all the same, with what it lacks', async () => {
    const { provider } = await world.rpc(CatalogService).getProvider({ project: world.project, provider: id });
    expect(provider).toMatchObject({
      support: ProviderSupport.CONNECT_ONLY,
      connectionState: ConnectionState.UNAVAILABLE,
      causes: [
        { cause: ReadinessCause.PLATFORM_APP_MISSING, fix: { setting: `platform.yaml: providers.${id}.app` } },
        {},
      ],
    });
    const connecting = world.rpc(IntegrationService).connectProvider({ project: world.project, provider: id });
    expect(await reasonOf(connecting)).toBe('PLATFORM_APP_MISSING');
  });
});

describe('with an app', () => {
  let project = '';
  let attempt = 0;
  let world: World;
  let facts: readonly Facts[];
  beforeAll(async () => {
    world = await startWorld({ connectOnly: connectOnlyProviders });
    facts = connectOnlyProviders.map(provider =>
      emulatedFacts({ provider, emulator: connectOnlyEmulator(provider.id) }, world.sandbox),
    );
  }, 60_000);
  afterAll(() => world.stop());

  test('each connects, is refreshed, resolved, used where hosts are given, and revoked', {
    timeout: 300_000,
  }, async () => {
    project = `tail-${++attempt}`;
    const failures: string[] = [];
    const integrationIds = await mapLimited(facts, 8, async one => {
      try {
        return await walk(one);
      } catch (error) {
        failures.push(`${one.provider.id}: ${error instanceof Error ? error.message : String(error)}`);
        return '';
      }
    });
    expect(failures).toEqual([]);
    const { receipts } = await world
      .rpc(IntegrationService)
      .revokeIntegrations({ project, integrationIds, reason: 'the end of the walk' });
    const outcomes = receipts.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
    expect(receipts).toHaveLength(integrationIds.length);
    expect(new Set(outcomes)).toEqual(new Set([RevocationOutcome.NOT_SUPPORTED]));
    const target = { case: 'integrationId', value: integrationIds[0] ?? '' } as const;
    const resolving = world.internal(CredentialService, 'executor').resolveCredential({ ...use(), target });
    expect(await reasonOf(resolving)).toBe('EXPIRED');
  });

  test('whom the vendor names is recognised; whom it does not is another at each consent, until that is allowed', async () => {
    project = `names-${++attempt}`;
    const isNamed = ({ account }: Facts): boolean => account !== undefined;
    const named = facts.find(isNamed)!.provider;
    const first = await consent(named, {});
    expect(first).toMatch(/^intg_/);
    expect(await consent(named, {})).toBe(first);
    expect(await consent(named, { integrationId: first })).toBe(first);
    const unnamed = facts.find(one => !isNamed(one))!.provider;
    const one = await consent(unnamed, {});
    const other = await consent(unnamed, {});
    expect(new Set([one, other, 'ACCOUNT_MISMATCH']).size).toBe(3);
    expect(await consent(unnamed, { integrationId: one })).toBe('ACCOUNT_MISMATCH');
    expect(await consent(unnamed, { integrationId: one, allowOtherAccount: true })).toBe(one);
  });

  const use = () => ({ project, purpose: 'connect.only.walk', runId: 'walk' });

  /** Answers the integration that it made. */
  async function walk(one: Facts): Promise<string> {
    const { provider, request } = one;
    const { sandbox } = world;
    const stage = {
      sandbox,
      db: world.db,
      rpc: world.rpc,
      internal: (schema: Parameters<World['internal']>[0]) => world.internal(schema, 'executor'),
    } as Parameters<typeof connectBy>[0];
    const [method] = provider.connect;
    const tally = {
      modes: 0,
      events: 0,
      actions: 0,
      pickers: 0,
      refreshed: 0,
      revoked: 0,
      forgeries: 0,
      exceptions: [],
    };
    const made = await connectBy(stage, one, method!, project, tally);
    const integrationId = made?.id ?? '';
    const target = { case: 'integrationId', value: integrationId } as const;
    const credentials = world.internal(CredentialService, 'executor');

    const { credential } = await credentials.resolveCredential({ ...use(), target });
    expect(credential?.version).toBe(2);
    const send = (method: string, url: string) => credentials.sendAuthorizedRequest({ ...use(), target, method, url });
    if (request !== undefined) expect((await send(request.method, request.path)).status).toBe(200);
    else {
      const { token } = sandbox.rehost(provider.id, provider.endpoints);
      expect(await reasonOf(send('GET', '/me'))).toBe('HOST_NOT_ALLOWED');
      expect(await reasonOf(send('GET', `${token}/me`))).toBe('HOST_NOT_ALLOWED');
    }

    sandbox.approve({ provider: provider.id, account: 'grace' });
    expect(await consent(provider, { integrationId })).toBe('ACCOUNT_MISMATCH');
    return integrationId;
  }

  async function consent(
    provider: Provider,
    more: { readonly integrationId?: string; readonly allowOtherAccount?: boolean },
  ): Promise<string> {
    const integrations = world.rpc(IntegrationService);
    const config = world.sandbox.emulated[provider.id]?.forms.OAUTH2;
    const request = { project, provider: provider.id, ...more, ...(config && { config: { ...config } }) };
    const { redirectUrl, sessionId } = await integrations.connectProvider(request);
    await visit(redirectUrl, () => undefined);
    const { session } = await integrations.getConnectSession({ project, session: sessionId });
    return session?.errorReason || (session?.integrationId ?? '');
  }
});
