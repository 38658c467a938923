import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { AuthKind, IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** Deliveries go by account, in whichever project: each test has a world's worth of integrations to itself. */
let world: World;
let project: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  project = `li${++count}`;
  await world.db.query('delete from integrations');
});

const integrations = () => world.rpc(IntegrationService);

async function connect(provider: string, more: object = {}): Promise<string> {
  const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider, ...more });
  await openBrowser().open(redirectUrl);
  return (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
}

const read = async (integration: string) => (await integrations().getIntegration({ project, integration })).integration;
const statusOf = async (integration: string) => IntegrationStatus[(await read(integration))?.status ?? 0];

function resolve(provider: string) {
  const target = { case: 'provider', value: provider } as const;
  const request = { project, target, purpose: 'x.y.z', runId: 'run_1' };
  return world.internal(CredentialService, 'executor').resolveCredential(request);
}

const asked = (provider: string, path: RegExp) => world.sandbox.count({ provider, path });
const uninstalled = async (more: object = {}) =>
  (await world.sandbox.deliver('slack', { event: 'app_uninstalled', ...more })).status;

describe('an app that is removed at the provider', () => {
  test('expires the integration at once, says why and what mends it, and a reconnect does', async () => {
    const id = await connect('slack');
    world.clock.advance(120_000);
    const before = asked('slack', /auth\.test$/);
    expect(await uninstalled()).toBe(200);
    const expired = await read(id);
    expect(expired?.status).toBe(IntegrationStatus.EXPIRED);
    expect(expired?.health?.message).toContain('removed');
    expect(expired?.health?.fix?.arguments.integration_id).toBe(id);
    expect(asked('slack', /auth\.test$/)).toBe(before);
    expect(await reasonOf(resolve('slack'))).toBe('EXPIRED');
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'integration.expire' });
    expect(records.map(r => r.caller)).toEqual(['system']);
    await connect('slack', { integrationId: id });
    expect(await reasonOf(resolve('slack'))).toBe('OK');
  });

  test('told late, it does not kill a fresh reconnect', async () => {
    const id = await connect('slack');
    world.clock.advance(120_000);
    const removedAt = world.clock.now();
    world.clock.advance(120_000);
    await connect('slack', { integrationId: id });
    const seconds = Math.floor(removedAt.getTime() / 1000);
    // Signed now, as a retry is, of what happened then.
    const body = JSON.stringify({
      team_id: world.seeds.slack.workspaces[0]?.teamId,
      event: { type: 'app_uninstalled' },
      type: 'event_callback',
      event_id: 'Ev0LATE',
      event_time: seconds,
    });
    expect(await uninstalled({ raw: body })).toBe(200);
    expect(await statusOf(id)).toBe('ACTIVE');
    expect(await reasonOf(resolve('slack'))).toBe('OK');
  });

  test('near a reconnect the provider is asked: what works stays, what does not expires', async () => {
    const id = await connect('slack');
    expect(await uninstalled()).toBe(200);
    expect(await statusOf(id)).toBe('ACTIVE');
    world.sandbox.revoke('slack');
    expect(await uninstalled()).toBe(200);
    expect(await statusOf(id)).toBe('EXPIRED');
  });

  test('near a reconnect and with a provider that cannot be asked, nothing is changed', async () => {
    const id = await connect('slack');
    const down = world.sandbox.inject({ provider: 'slack', path: /auth\.test$/, status: 503, times: 9 });
    expect(await uninstalled()).toBe(200);
    down.remove();
    expect(await statusOf(id)).toBe('ACTIVE');
  });

  test("a person's revoked token is none of ours, a bot's is", async () => {
    const id = await connect('slack');
    world.clock.advance(120_000);
    const revoked = (tokens: object) =>
      world.sandbox.deliver('slack', {
        event: 'tokens_revoked',
        payload: { tokens, user: undefined, channel: undefined },
      });
    await revoked({ oauth: ['U1'] });
    expect(await statusOf(id)).toBe('ACTIVE');
    await revoked({ bot: ['U2'] });
    expect(await statusOf(id)).toBe('EXPIRED');
  });

  test('leaves integrations of the account that were connected another way', async () => {
    const oauth = await connect('linear', { authKind: AuthKind.OAUTH2 });
    const { integration } = await integrations().connectProvider({
      project,
      provider: 'linear',
      name: 'by key',
      credentials: { api_key: world.seeds.linear.apiKey },
    });
    world.clock.advance(120_000);
    const sent = await world.sandbox.deliver('linear', { event: 'OAuthApp.revoked' });
    expect(sent.status).toBe(200);
    expect(await statusOf(oauth)).toBe('EXPIRED');
    expect(await statusOf(integration?.id ?? '')).toBe('ACTIVE');
  });

  test('a forged delivery changes nothing', async () => {
    const id = await connect('slack');
    world.clock.advance(120_000);
    expect(await uninstalled({ secret: 'somebody-elses-signing-secret' })).toBe(401);
    expect(await statusOf(id)).toBe('ACTIVE');
  });
});

describe('an installation', () => {
  const lifecycle = async (action: string) => {
    expect((await world.sandbox.deliver('github', { event: `installation.${action}` })).status).toBe(200);
  };
  const gone = (status = 404, body: object = { message: 'Not Found' }) =>
    world.sandbox.inject({ provider: 'github', path: /^\/app\/installations\/\d+/, status, body, times: 9 });

  test('that was deleted expires the integration; one that is there again does not', async () => {
    const id = await connect('github');
    await lifecycle('deleted');
    expect(await statusOf(id)).toBe('ACTIVE');
    const fault = gone();
    await lifecycle('deleted');
    fault.remove();
    expect(await statusOf(id)).toBe('EXPIRED');
  });

  test('that was suspended comes back when it is resumed, unless something else ended it', async () => {
    const id = await connect('github');
    const fault = gone();
    await lifecycle('suspend');
    expect((await read(id))?.health?.message).toContain('suspended');
    await lifecycle('unsuspend');
    expect(await statusOf(id)).toBe('EXPIRED');
    fault.remove();
    await lifecycle('unsuspend');
    expect(await statusOf(id)).toBe('ACTIVE');
    expect((await read(id))?.health).toBeUndefined();
    await integrations().revokeIntegrations({ project });
    await lifecycle('unsuspend');
    expect(await statusOf(id)).toBe('EXPIRED');
  });
});
