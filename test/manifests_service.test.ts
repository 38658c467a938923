import { copyFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { ConnectionState } from '../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../gen/mobius/integrations/v1/event_service_pb.js';
import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { CapabilityKind, Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { visit } from '../src/demo/browser.ts';
import { examplesDir } from './cased-providers.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** A manifest that comes, breaks, goes and comes back while the service runs, and what its integrations do meanwhile. */

const file = 'fernhill.yaml';
const manifest = readFileSync(join(examplesDir, file), 'utf8');
const project = 'demo';

let world: World;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mobius-manifests-'));
  writeFileSync(join(directory, 'broken.yaml'), 'id: broken\n');
  world = await startWorld({
    providersDir: examplesDir,
    platform: each => {
      each.providers.oakhill = { app: { client_id: 'oak' } };
      each.providers.elmhill = { disabled: true };
    },
    // The vendor is there from the beginning, and its settings; the manifest is not.
    environment: { MOBIUS_PROVIDERS_DIR: directory, MOBIUS_REFERENCE_CRAWL: 'on' },
  });
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Waits until the catalog is as the change leaves it. */
async function inForce(change: () => void, isDone: () => boolean): Promise<void> {
  const changed = Promise.withResolvers<void>();
  const stop = world.service.deps.catalog.onChange(() => {
    if (isDone()) changed.resolve();
  });
  change();
  await changed.promise;
  stop();
}

const provider = () => world.service.deps.catalog.provider('fernhill');
const bring = (text = manifest): void => writeFileSync(join(directory, file), text);
const integrations = () => world.rpc(IntegrationService);

async function connect(): Promise<string> {
  const { redirectUrl, sessionId } = await integrations().connectProvider({
    project,
    provider: 'fernhill',
    authKind: AuthKind.OAUTH2,
    scopes: ['contacts.read', 'contacts.write', 'deals.read', 'deals.write', 'users.read'],
  });
  await visit(redirectUrl, () => undefined);
  const { session } = await integrations().getConnectSession({ project, session: sessionId });
  return session?.integrationId ?? '';
}

describe('a manifest, while the service runs,', () => {
  let integration: string;

  test('is not there at first, and a bad one beside it keeps nobody from serving; both are told', async () => {
    expect(await reasonOf(world.rpc(CatalogService).getProvider({ project, provider: 'fernhill' }))).toBe(
      'PROVIDER_NOT_FOUND',
    );
    const logs = world.logs.map(line => JSON.parse(line) as Record<string, unknown>);
    expect(logs.find(({ msg }) => msg === 'provider manifest left out')?.problems).toEqual(
      expect.arrayContaining([expect.stringMatching(/^broken\.yaml:1: \/: needs display_name: /)]),
    );
    const unknown = logs.find(({ msg }) => msg === 'the platform file has settings of providers that are not there');
    expect(new Set(unknown?.providers as string[])).toEqual(new Set(['elmhill', 'fernhill', 'oakhill']));
    const metrics = await (await fetch(`http://${world.service.addresses.metrics}/metrics`)).text();
    expect(metrics).toContain('mobius_provider_manifests{state="refused"} 1');
  });

  test('comes, and finds its app in the platform file without a restart', async () => {
    await inForce(bring, () => provider() !== undefined);
    const { provider: listed } = await world.rpc(CatalogService).getProvider({ project, provider: 'fernhill' });
    expect(listed?.connectionState).toBe(ConnectionState.NEEDS_SETUP);
    integration = await connect();
    const { integration: found } = await integrations().getIntegration({ project, integration });
    expect([found?.account?.id, found?.account?.label]).toEqual(['4711', 'Acme']);
    expect((await world.sandbox.deliver('fernhill', { event: 'fernhill.deal.created' })).status).toBe(200);
    const logo = await (await fetch(`${world.edgeUrl}/v1/providers/fernhill/logo.svg`)).text();
    expect(logo).toContain('#2f7d4f');
  });

  test('stays as it was while it is bad', async () => {
    bring(manifest.replace('client: basic', 'client: magic'));
    const isRefused = (): boolean =>
      world.logs.some(line => line.includes('provider manifest refused, the one before stays in force'));
    while (!isRefused()) await new Promise(resolve => setTimeout(resolve, 10));
    expect((await integrations().testIntegration({ project, integration })).accepted).toBe(true);
  });

  test('goes, and its integrations stay, say so, and answer clearly', async () => {
    const watched = new AbortController();
    const stream = world
      .rpc(CatalogService)
      .watchReadiness(
        { project, providers: ['fernhill'], kinds: [CapabilityKind.PROVIDER] },
        { signal: watched.signal },
      );
    const told = stream[Symbol.asyncIterator]();
    expect((await told.next()).value.capabilities[0]?.readiness).toBe(Readiness.READY);
    await inForce(
      () => unlinkSync(join(directory, file)),
      () => provider() === undefined,
    );
    const [gone] = (await told.next()).value.capabilities;
    expect([gone?.readiness, gone?.causes[0]?.cause]).toEqual([Readiness.UNAVAILABLE, ReadinessCause.NOT_IMPLEMENTED]);
    watched.abort();

    const { integration: found } = await integrations().getIntegration({ project, integration });
    expect(found?.health).toMatchObject({
      cause: ReadinessCause.NOT_IMPLEMENTED,
      fix: { setting: 'MOBIUS_PROVIDERS_DIR: fernhill.yaml' },
    });
    const target = { case: 'integrationId', value: integration } as const;
    const resolving = { project, target, purpose: 'fernhill.deal.create', runId: 'run-1' };
    const executor = world.internal(CredentialService, 'executor');
    const lookup = { project, integrationId: integration, referenceType: 'fernhill.pipeline' };
    const reasons = await Promise.all([
      reasonOf(executor.resolveCredential(resolving)),
      reasonOf(executor.sendAuthorizedRequest({ ...resolving, method: 'GET', url: '/me' })),
      reasonOf(integrations().testIntegration({ project, integration })),
      reasonOf(integrations().connectProvider({ project, provider: 'fernhill', integrationId: integration })),
      reasonOf(integrations().rotateCredential({ project, integration, credentials: { api_key: 'x'.repeat(32) } })),
      reasonOf(integrations().previewImpact({ project, integration })),
      reasonOf(world.rpc(ReferenceService).lookupReferences(lookup)),
      reasonOf(world.rpc(ReferenceService).resolveReferences({ ...lookup, values: ['pipeline_1'] })),
      reasonOf(world.rpc(EventService).listIntegrationEvents({ project, integrationId: integration })),
      reasonOf(world.rpc(EventService).explainDelivery({ project, integrationId: integration })),
    ]);
    expect(reasons).toEqual([
      'PROVIDER_NOT_FOUND',
      'PROVIDER_NOT_FOUND',
      'NOT_IMPLEMENTED',
      'PROVIDER_NOT_FOUND',
      'PROVIDER_NOT_FOUND',
      'OK',
      'REFERENCE_TYPE_NOT_FOUND',
      'REFERENCE_TYPE_NOT_FOUND',
      'OK',
      'OK',
    ]);
    expect((await world.sandbox.deliver('fernhill', { event: 'fernhill.deal.created' })).status).toBe(401);
    const { events } = await world.rpc(EventService).listIntegrationEvents({ project, integrationId: integration });
    expect(events.map(({ eventType }) => eventType)).toContain('fernhill.deal.created');
  });

  test('has lists that wait for it, and stop no others', async () => {
    await world.db.query(`update reference_lists set next_time = $1 where reference_type like 'fernhill.%'`, [
      world.clock.now(),
    ]);
    const waits = async (): Promise<boolean> => {
      const { rows } = await world.db.query(
        `select bool_and(next_time > $1 and lease_end_time is null) as waits from reference_lists
          where reference_type like 'fernhill.%'`,
        [world.clock.now()],
      );
      return rows[0]?.waits === true;
    };
    while (!(await waits())) await new Promise(resolve => setTimeout(resolve, 50));
    expect(world.logs.filter(line => line.includes('a crawl failed'))).toEqual([]);
  });

  test('comes back, and all goes on', async () => {
    await inForce(bring, () => provider() !== undefined);
    expect((await integrations().testIntegration({ project, integration })).accepted).toBe(true);
    expect((await integrations().getIntegration({ project, integration })).integration?.health).toBeUndefined();
    expect((await world.sandbox.deliver('fernhill', { event: 'fernhill.deal.moved' })).status).toBe(200);
    const target = { case: 'integrationId', value: integration } as const;
    const resolving = { project, target, purpose: 'fernhill.deal.create', runId: 'run-2' };
    const { credential } = await world.internal(CredentialService, 'executor').resolveCredential(resolving);
    expect(credential?.allowedHosts).toEqual([new URL(world.sandbox.url).host]);
  });
});

test('settings of the platform file that do not fit its manifest leave it out', async () => {
  copyFileSync(join(examplesDir, file), join(directory, 'oakhill.yaml'));
  writeFileSync(join(directory, 'oakhill.yaml'), manifest.replaceAll('fernhill', 'oakhill'));
  const found = (): string | undefined => world.logs.find(line => line.includes('oakhill.yaml:6: '));
  while (found() === undefined) await new Promise(resolve => setTimeout(resolve, 10));
  expect(found()).toContain("/providers/oakhill/app must have required property 'client_secret'");
  expect(world.service.deps.catalog.provider('oakhill')).toBeUndefined();
});

test('a provider that the platform file switches off is off from the moment its manifest comes', async () => {
  const elmhill = manifest.replaceAll('fernhill', 'elmhill');
  await inForce(
    () => writeFileSync(join(directory, 'elmhill.yaml'), elmhill),
    () => world.service.deps.catalog.provider('elmhill') !== undefined,
  );
  const { provider: listed } = await world.rpc(CatalogService).getProvider({ project, provider: 'elmhill' });
  expect(listed?.connectionState).toBe(ConnectionState.UNAVAILABLE);
  expect(listed?.causes[0]?.cause).toBe(ReadinessCause.DISABLED_BY_ENVIRONMENT);
});
