import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import {
  ConnectKind,
  CredentialSlot,
  CredentialState,
  IntegrationStatus,
} from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { sweepOnce } from '../src/credentials/sweep.ts';
import { openBrowser } from './browser.ts';
import { deliver } from './event_stage.ts';
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
  project = `ro${++count}`;
});

const integrations = () => world.rpc(IntegrationService);
const slot = CredentialSlot.WEBHOOK_SECRET;
const hour = { seconds: 3600n, nanos: 0 };

async function connectLinear(more: object = {}): Promise<string> {
  const credentials = { api_key: world.seeds.linear.apiKey, ...more };
  const { integration } = await integrations().connectProvider({ project, provider: 'linear', credentials });
  return integration?.id ?? '';
}

const rotate = (integration: string, more: object = {}) =>
  integrations().rotateCredential({
    project,
    integration,
    credentials: { api_key: world.seeds.linear.apiKey },
    ...more,
  });

async function history(integration: string) {
  const { credentialVersions } = await integrations().getIntegration({
    project,
    integration,
    includeCredentialVersions: true,
  });
  return credentialVersions;
}

const told = (versions: Awaited<ReturnType<typeof history>>) =>
  versions.map(v => [CredentialSlot[v.slot], v.version, CredentialState[v.state]]);

const sealed = async (table: string) => {
  const { rows } = await world.db.query(
    `select version, state, sealed is null as gone from ${table} where project = $1 order by version`,
    [project],
  );
  return rows;
};

describe('rotating a credential', () => {
  test('proves the new secret first, and a refused one changes nothing', async () => {
    const id = await connectLinear();
    const before = world.sandbox.count({ provider: 'linear', path: /graphql$/ });
    const refused = rotate(id, { credentials: { api_key: 'lin_api_0123456789012345678901234567890123456789' } });
    expect(await reasonOf(refused)).toBe('CREDENTIAL_REFUSED');
    expect(told(await history(id))).toEqual([['PRIMARY', 1, 'CURRENT']]);
    const { kind, integration, credentialVersions } = await rotate(id);
    expect(kind).toBe(ConnectKind.COMPLETE);
    expect(integration?.credential?.version).toBe(2);
    expect(told(credentialVersions)).toEqual([
      ['PRIMARY', 2, 'CURRENT'],
      ['PRIMARY', 1, 'DESTROYED'],
    ]);
    expect(world.sandbox.count({ provider: 'linear', path: /graphql$/ }) - before).toBe(2);
  });

  test('keeps the old one for the overlap, then the sweep destroys it', async () => {
    const id = await connectLinear();
    const { credentialVersions } = await rotate(id, { overlap: hour });
    expect(told(credentialVersions)).toEqual([
      ['PRIMARY', 2, 'CURRENT'],
      ['PRIMARY', 1, 'OVERLAP'],
    ]);
    const old = credentialVersions[1];
    expect(Number(old?.destroyTime?.seconds) - Number(credentialVersions[0]?.createTime?.seconds)).toBe(3600);
    await sweepOnce(world.service.deps);
    expect(await sealed('credentials')).toMatchObject([{ state: 'OVERLAP', gone: false }, { state: 'CURRENT' }]);
    world.clock.advance(3_601_000);
    expect(told(await history(id))[1]).toEqual(['PRIMARY', 1, 'DESTROYED']);
    await sweepOnce(world.service.deps);
    expect(await sealed('credentials')).toMatchObject([{ state: 'DESTROYED', gone: true }, { state: 'CURRENT' }]);
  });

  test('another account is refused and nothing changes', async () => {
    const id = await connectLinear();
    await world.db.query("update integrations set account_id = 'somebody-else' where project = $1", [project]);
    expect(await reasonOf(rotate(id))).toBe('ACCOUNT_MISMATCH');
    expect(told(await history(id))).toEqual([['PRIMARY', 1, 'CURRENT']]);
  });

  test('a stale etag rotates nothing, and a repeated request_id rotates once', async () => {
    const id = await connectLinear();
    const { integration } = await integrations().getIntegration({ project, integration: id });
    const request = { etag: integration?.etag, requestId: 'rot-1' };
    const [a, b] = await Promise.all([rotate(id, request), rotate(id, request)]);
    expect([a.integration?.credential?.version, b.integration?.credential?.version]).toEqual([2, 2]);
    expect((await rotate(id, request)).integration?.credential?.version).toBe(2);
    expect(await reasonOf(rotate(id, { etag: integration?.etag }))).toBe('ETAG_MISMATCH');
    expect(await reasonOf(rotate(id, { requestId: 'rot-1', overlap: hour }))).toBe('REQUEST_ID_REUSED');
    expect(told(await history(id))).toHaveLength(2);
  });

  test('an expired integration comes back, one switched off stays off', async () => {
    const id = await connectLinear();
    await world.db.query("update integrations set status = 'EXPIRED' where project = $1", [project]);
    expect((await rotate(id)).integration?.status).toBe(IntegrationStatus.ACTIVE);
    await integrations().updateIntegration({ project, integration: id, status: IntegrationStatus.INACTIVE });
    expect((await rotate(id)).integration?.status).toBe(IntegrationStatus.INACTIVE);
  });

  test('settings, a webhook secret or nothing at all are not taken for the credential', async () => {
    const id = await connectLinear();
    expect(await reasonOf(rotate(id, { credentials: {} }))).toBe('FIELD_INVALID');
    expect(await reasonOf(rotate(id, { credentials: { webhook_secret: 'x'.repeat(20) } }))).toBe('FIELD_INVALID');
    expect(await reasonOf(rotate(id, { overlap: { seconds: 86_401n, nanos: 0 } }))).toBe('FIELD_INVALID');
    expect(await reasonOf(rotate('intg_nobody'))).toBe('INTEGRATION_NOT_FOUND');
  });

  test('what a person consents to is rotated in the browser, by the same account, with the overlap', async () => {
    const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider: 'slack' });
    await openBrowser().open(redirectUrl);
    const { session } = await integrations().getConnectSession({ project, session: sessionId });
    const id = session?.integrationId ?? '';
    const byBrowser = async () => {
      const answer = await rotate(id, { credentials: {}, overlap: hour });
      expect(answer.kind).toBe(ConnectKind.REDIRECT);
      await openBrowser().open(answer.redirectUrl);
      return (await integrations().getConnectSession({ project, session: answer.sessionId })).session;
    };
    world.sandbox.approve({ provider: 'slack', account: world.seeds.slack.workspaces[1]?.name });
    expect((await byBrowser())?.errorReason).toBe('ACCOUNT_MISMATCH');
    expect(told(await history(id))).toEqual([['PRIMARY', 1, 'CURRENT']]);
    expect((await byBrowser())?.errorReason).toBe('');
    expect(told(await history(id))).toEqual([
      ['PRIMARY', 2, 'CURRENT'],
      ['PRIMARY', 1, 'OVERLAP'],
    ]);
  });

  test('a key that names no account is replaced by another such key', async () => {
    const credentials = { api_key: world.seeds.openai.projectKey };
    const { integration } = await integrations().connectProvider({ project, provider: 'openai', credentials });
    await world.db.query("update integrations set account_id = 'key:0123456789ab' where project = $1", [project]);
    const nameless = world.sandbox.inject({ provider: 'openai', status: 200, body: { object: 'list', data: [] } });
    expect(await reasonOf(rotate(integration?.id ?? '', { credentials }))).toBe('OK');
    nameless.remove();
    expect(await reasonOf(rotate(integration?.id ?? '', { credentials }))).toBe('ACCOUNT_MISMATCH');
  });

  test('a resolve after the rotation has the new version, and the history holds no value', async () => {
    const id = await connectLinear();
    await rotate(id, { overlap: hour });
    const target = { case: 'integrationId', value: id } as const;
    const { credential } = await world
      .internal(CredentialService, 'executor')
      .resolveCredential({ project, target, purpose: 'linear.issue.get', runId: 'r' });
    expect(credential?.version).toBe(2);
    const versions = await history(id);
    expect(versions.map(v => v.createdBy)).toEqual(['user:tester', 'user:tester']);
    const text = JSON.stringify(versions, (_, v) => (typeof v === 'bigint' ? String(v) : v));
    expect(text).not.toContain(world.seeds.linear.apiKey);
  });
});

describe('rotating a webhook secret', () => {
  const old = 'the-old-secret-of-the-webhook';
  const fresh = 'the-new-secret-of-the-webhook';

  const deliverWith = async (id: string, secret: string) => {
    const account = world.seeds.linear.organizations[0]?.id ?? '';
    return (await deliver(world, account, { endpoint: `${project}.${id}`, secret })).status;
  };

  test('takes deliveries signed with either during the overlap, counts those of the old one, and then refuses it', async () => {
    const id = await connectLinear({ webhook_secret: old });
    expect(await deliverWith(id, old)).toBe(200);
    const { credentialVersions } = await rotate(id, { slot, credentials: { webhook_secret: fresh }, overlap: hour });
    expect(told(credentialVersions)).toEqual([
      ['WEBHOOK_SECRET', 2, 'CURRENT'],
      ['WEBHOOK_SECRET', 1, 'OVERLAP'],
    ]);
    expect(await Promise.all([deliverWith(id, old), deliverWith(id, fresh), deliverWith(id, old)])).toEqual([
      200, 200, 200,
    ]);
    expect((await history(id)).map(v => v.overlapDeliveryCount)).toEqual([0, 2, 0]);
    world.clock.advance(3_601_000);
    expect(await deliverWith(id, old)).toBe(401);
    expect(await deliverWith(id, fresh)).toBe(200);
    await sweepOnce(world.service.deps);
    expect(await sealed('webhook_secrets')).toMatchObject([{ state: 'DESTROYED', gone: true }, { state: 'CURRENT' }]);
  });

  test('without overlap the old one is refused at once, and the credential stays as it was', async () => {
    const id = await connectLinear({ webhook_secret: old });
    await rotate(id, { slot, credentials: { webhook_secret: fresh } });
    expect(await deliverWith(id, old)).toBe(401);
    expect(await deliverWith(id, fresh)).toBe(200);
    expect(told(await history(id)).filter(([name]) => name === 'PRIMARY')).toEqual([['PRIMARY', 1, 'CURRENT']]);
    expect(await deliverWith(id, fresh)).toBe(200);
  });

  test('rotating or reconnecting the credential leaves the webhook secret in force', async () => {
    const id = await connectLinear({ webhook_secret: old });
    await rotate(id);
    expect(await connectLinear()).toBe(id);
    expect(await deliverWith(id, old)).toBe(200);
  });

  test('a provider without one, a wrong field and an empty call are refused', async () => {
    const id = await connectLinear({ webhook_secret: old });
    expect(await reasonOf(rotate(id, { slot, credentials: {} }))).toBe('FIELD_INVALID');
    expect(await reasonOf(rotate(id, { slot }))).toBe('FIELD_INVALID');
    const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider: 'slack' });
    await openBrowser().open(redirectUrl);
    const { session } = await integrations().getConnectSession({ project, session: sessionId });
    const slack = rotate(session?.integrationId ?? '', { slot, credentials: { webhook_secret: fresh } });
    expect(await reasonOf(slack)).toBe('FIELD_INVALID');
  });
});
