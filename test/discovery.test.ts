import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuthKind, IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { discoverServer } from '../src/credentials/discover_server.ts';
import type { Registration } from '../src/credentials/registered_client.ts';
import type { IntegrationError } from '../src/errors.ts';
import { networkFetch } from '../src/outbound.ts';
import type { ProviderError } from '../src/providers/kit/error.ts';
import { mcp } from '../src/providers/mcp/index.ts';
import type { DiscoveredRedirect } from '../src/providers/provider.ts';
import { reveal } from '../src/secret.ts';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';
import { startWorld, type World } from './world.ts';

/** Authorization servers that a customer's own server names, and the clients registered there. */

const method = mcp.connect.find((each): each is DiscoveredRedirect => 'discovery' in each)!;
const config = { host: 'mcp.acme.example', path: '/mcp' };

describe('the server', () => {
  let vendor: VendorServer;
  beforeAll(async () => {
    vendor = await startVendor();
  });
  afterAll(() => vendor.close());

  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  const discover = (isOverridden = true) => {
    const platform = { endpointsOf: () => ({ api: vendor.origin }), isOverridden: () => isOverridden };
    return discoverServer({ fetch: networkFetch, lookup, platform }, mcp, method, config);
  };
  const outcome = (isOverridden?: boolean): Promise<string> =>
    discover(isOverridden).then(
      () => 'found',
      (error: IntegrationError | ProviderError) => ('failure' in error ? error.failure.kind : error.message),
    );

  type Answers = Readonly<Record<string, { status?: number; headers?: Record<string, string>; body?: object }>>;
  const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
  const SERVER = '/.well-known/oauth-authorization-server/as';
  /** A server that does everything right, but for what a test changes. */
  const play = (changed: (origin: string) => Answers = () => ({})): void => {
    const { origin } = vendor;
    const answers: Answers = {
      '/mcp': { status: 401, headers: { 'www-authenticate': 'Bearer scope="notes:read"' } },
      [RESOURCE]: { body: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/as`] } },
      [SERVER]: { body: server(origin) },
      ...changed(origin),
    };
    vendor.play(({ path }) => answers[path] ?? { status: 404 });
  };
  const server = (origin: string) => ({
    issuer: `${origin}/as`,
    authorization_endpoint: `${origin}/as/authorize`,
    token_endpoint: `${origin}/as/token`,
    registration_endpoint: `${origin}/as/register`,
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['notes:read', 'offline_access'],
  });
  const asked = () => vendor.requests.map(({ path }) => path);

  test('is found from the refusal by the well-known places, with what to ask for', async () => {
    play();
    const found = await discover();
    expect(found.server.token_endpoint).toBe(`${vendor.origin}/as/token`);
    expect(found.resource).toBe(`${vendor.origin}/mcp`);
    expect(found.scopes).toEqual(['notes:read', 'offline_access']);
    expect(asked()).toEqual(['/mcp', RESOURCE, SERVER]);
  });

  test('is found where the refusal says, before any well-known place', async () => {
    const metadata = { resource: vendor.origin, authorization_servers: [vendor.origin], scopes_supported: ['a', 'b'] };
    play(origin => ({
      '/mcp': { status: 401, headers: { 'www-authenticate': `Bearer resource_metadata="${origin}/here"` } },
      '/here': { body: metadata },
      '/.well-known/openid-configuration': { body: { ...server(origin), issuer: origin } },
    }));
    expect((await discover()).scopes).toEqual(['a', 'b', 'offline_access']);
    expect(asked().slice(1)).toEqual([
      '/here',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
    ]);
  });

  test.each<[string, (origin: string) => Answers, string]>([
    ['answers without a sign-in', () => ({ '/mcp': { body: {} } }), 'wants no sign-in'],
    ['publishes nothing', () => ({ [RESOURCE]: { status: 404 } }), 'publishes no protected resource metadata'],
    [
      'publishes metadata of another resource',
      origin => ({ [RESOURCE]: { body: { resource: `${origin}/mcp2`, authorization_servers: [`${origin}/as`] } } }),
      'metadata of another resource',
    ],
    [
      'names no authorization server',
      origin => ({ [RESOURCE]: { body: { resource: origin } } }),
      'names no authorization server',
    ],
    ['has no metadata there', () => ({ [SERVER]: { status: 404 } }), 'without metadata'],
    [
      'is said to be another',
      origin => ({ [SERVER]: { body: { ...server(origin), issuer: 'https://evil.example' } } }),
      'metadata are of another',
    ],
    [
      'registers no clients',
      origin => ({ [SERVER]: { body: { ...server(origin), registration_endpoint: undefined } } }),
      'registers no clients',
    ],
    [
      'has no PKCE',
      origin => ({ [SERVER]: { body: { ...server(origin), code_challenge_methods_supported: ['plain'] } } }),
      'without PKCE S256',
    ],
    [
      'sends the browser to no web address',
      origin => ({ [SERVER]: { body: { ...server(origin), authorization_endpoint: 'javascript:alert(1)' } } }),
      'is not reached by https',
    ],
    ['is away', () => ({ [SERVER]: { status: 503 } }), 'unavailable'],
    ['answers without end', () => ({ [SERVER]: { body: { long: 'x'.repeat(11 * 1024 * 1024) } } }), 'invalid_answer'],
  ])('is refused where it %s', async (_, changed, message) => {
    play(changed);
    expect(await outcome()).toContain(message);
  });

  test('is not asked where its address, or the one it names, leads inside', async () => {
    play();
    expect(await outcome(false)).toBe('rejected');
    expect(vendor.requests).toEqual([]);
  });
});

describe('the client', () => {
  let world: World;
  let project: string;
  let count = 0;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    project = `d${++count}`;
  });

  const integrations = () => world.rpc(IntegrationService);
  const registrations = () => world.sandbox.count({ provider: 'mcp', path: /^\/register$/, status: 201 });
  const visit = async ({ redirectUrl, sessionId }: { redirectUrl: string; sessionId: string }): Promise<string> => {
    expect((await openBrowser().open(redirectUrl)).status).toBe(200);
    return (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
  };
  const connect = async () =>
    visit(await integrations().connectProvider({ project, provider: 'mcp', authKind: AuthKind.OAUTH2, config }));
  const resolve = (integrationId: string) =>
    world.internal(CredentialService, 'executor').resolveCredential({
      project,
      target: { case: 'integrationId', value: integrationId },
      purpose: 'mcp.tool.call',
      runId: 'run_1',
    });
  const registrationOf = async (integrationId: string): Promise<Registration> => {
    const { rows } = await world.db.query(
      `select version, sealed from credentials where project = $1 and integration_id = $2 and state = 'CURRENT'`,
      [project, integrationId],
    );
    const place = { project, integrationId, field: 'credential', version: rows[0].version };
    const { oauth_client: sealed } = await world.service.deps.vault.open(place, rows[0].sealed);
    return JSON.parse(reveal(sealed!)) as Registration;
  };

  test('is registered for the consent, sealed, and leaves with no answer', async () => {
    const before = registrations();
    const id = await connect();
    expect(registrations() - before).toBe(1);
    const { client, resource } = await registrationOf(id);
    expect(resource).toBe(`${world.sandbox.endpoints.mcp?.api}/mcp`);
    const { credential } = await resolve(id);
    const told = JSON.stringify(
      [credential, await integrations().getIntegration({ project, integration: id })],
      (_, v) => (typeof v === 'bigint' ? String(v) : v),
    );
    const { rows } = await world.db.query('select s::text as row from connect_sessions s where project = $1', [
      project,
    ]);
    const { rows: sessions } = await world.db.query(
      'select count(*)::int as left from connect_sessions where project = $1 and sealed_client is not null',
      [project],
    );
    expect(client.secret).toMatch(/\S{20}/);
    for (const text of [told, rows[0].row, ...world.logs]) expect(text).not.toContain(client.secret);
    expect(sessions[0].left).toBe(0);
  });

  test('stays with the tokens when they are refreshed', async () => {
    const id = await connect();
    const before = await registrationOf(id);
    world.clock.advance(3_595_000);
    expect((await resolve(id)).credential?.version).toBe(2);
    expect(await registrationOf(id)).toEqual(before);
  });

  test('that the server forgot ends this grant, and no other of the provider', async () => {
    const [id, other] = [await connect(), await connect()];
    expect(other).toBe(id);
    world.clock.advance(3_595_000);
    world.sandbox.inject({
      provider: 'mcp',
      path: /^\/token$/,
      status: 401,
      body: { error: 'invalid_client' },
      times: 1,
    });
    expect(await reasonOf(resolve(id))).toBe('EXPIRED');
    const { integration } = await integrations().getIntegration({ project, integration: id });
    expect(integration?.status).toBe(IntegrationStatus.EXPIRED);
    expect((await world.db.query('select provider from app_incidents')).rows).toEqual([]);
  });

  test('is another at each new consent, and a rotation is one', async () => {
    const id = await connect();
    const first = await registrationOf(id);
    const { redirectUrl, sessionId } = await integrations().rotateCredential({ project, integration: id });
    expect(await visit({ redirectUrl, sessionId })).toBe(id);
    expect((await registrationOf(id)).client.id).not.toBe(first.client.id);
  });

  test('is refused by name where the server registers none, before anybody is sent to a browser', async () => {
    world.sandbox.inject({
      provider: 'mcp',
      path: /^\/register$/,
      status: 403,
      body: { error: 'access_denied' },
      times: 1,
    });
    const request = { project, provider: 'mcp', authKind: AuthKind.OAUTH2, config };
    await expect(integrations().connectProvider(request)).rejects.toThrow('does not register our client');
    const { rows } = await world.db.query('select 1 from connect_sessions where project = $1', [project]);
    expect(rows).toEqual([]);
  });
});
