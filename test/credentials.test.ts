import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditOutcome } from '../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { openBrowser } from './browser.ts';
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
  project = `c${++count}`;
});

async function connect(provider: string): Promise<string> {
  const integrations = world.rpc(IntegrationService);
  const { redirectUrl, sessionId } = await integrations.connectProvider({ project, provider });
  expect((await openBrowser().open(redirectUrl)).status).toBe(200);
  return (await integrations.getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
}

/** A token that ends and cannot be refreshed. */
function connectForAnHour(): Promise<string> {
  world.sandbox.approve({ provider: 'google_sheets', lifeSeconds: 3600, refresh: false });
  return connect('google_sheets');
}

async function connectLinear(name?: string): Promise<string> {
  const request = { project, provider: 'linear', name, credentials: { api_key: world.seeds.linear.apiKey } };
  return (await world.rpc(IntegrationService).connectProvider(request)).integration?.id ?? '';
}

function resolve(provider: string, more: object = {}) {
  const target = { case: 'provider', value: provider } as const;
  const request = { project, target, purpose: `${provider}.test.call`, runId: 'run_1', ...more };
  return world.internal(CredentialService, 'executor').resolveCredential(request);
}

describe('resolving', () => {
  test('hands the executor headers ready to send, the hosts they are for, and nothing that renews', async () => {
    const id = await connect('slack');
    const { credential } = await resolve('slack');
    expect(credential?.integrationId).toBe(id);
    const answer = await fetch(`${credential?.apiBaseUrl}/auth.test`, { method: 'POST', headers: credential?.headers });
    expect(await answer.json()).toMatchObject({ ok: true, team_id: world.seeds.slack.workspaces[0]?.teamId });
    expect(credential?.allowedHosts).toEqual([new URL(credential?.apiBaseUrl ?? '').host]);
    expect(JSON.stringify(credential)).not.toContain(world.seeds.slack.clientSecret);
  });

  test('an API key goes in the form its provider wants', async () => {
    await connectLinear();
    const { credential } = await resolve('linear');
    expect(credential?.secret).toMatchObject({ case: 'apiKey', value: { key: world.seeds.linear.apiKey } });
    expect(credential?.headers.authorization).toBe(world.seeds.linear.apiKey);
  });

  test('an installation token is minted once and kept until near its end', async () => {
    await connect('github');
    const minted = () => world.sandbox.count({ provider: 'github', path: /access_tokens$/ });
    const before = minted();
    const first = await resolve('github');
    const second = await resolve('github');
    expect(second.credential?.headers).toEqual(first.credential?.headers);
    expect(minted() - before).toBe(1);
    world.clock.advance(59 * 60_000 + 55_000);
    const third = await resolve('github');
    expect(third.credential?.headers).not.toEqual(first.credential?.headers);
    expect(minted() - before).toBe(2);
  });

  test("without an own key the operator's serves, and the project's own goes first", async () => {
    const { credential } = await resolve('openai');
    expect(credential?.headers.authorization).toBe(`Bearer ${world.seeds.openai.platformKey}`);
    expect(credential?.integrationId).toBe('');
    await world
      .rpc(IntegrationService)
      .connectProvider({ project, provider: 'openai', credentials: { api_key: world.seeds.openai.projectKey } });
    const own = await resolve('openai');
    expect(own.credential?.headers.authorization).toBe(`Bearer ${world.seeds.openai.projectKey}`);
  });

  test('what is not connected, switched off or expired says which', async () => {
    expect(await reasonOf(resolve('linear'))).toBe('NOT_CONFIGURED');
    expect(await reasonOf(resolve('nobody'))).toBe('PROVIDER_NOT_FOUND');
    const integration = await connectLinear();
    await world.rpc(IntegrationService).updateIntegration({ project, integration, status: IntegrationStatus.INACTIVE });
    expect(await reasonOf(resolve('linear'))).toBe('INACTIVE');
    await connectForAnHour();
    world.clock.advance(3_600_000);
    expect(await reasonOf(resolve('google_sheets'))).toBe('EXPIRED');
  });

  test('less validity left than asked for is EXPIRED', async () => {
    await connectForAnHour();
    expect(await reasonOf(resolve('google_sheets', { minValidity: { seconds: 600n, nanos: 0 } }))).toBe('OK');
    world.clock.advance(3_100_000);
    expect(await reasonOf(resolve('google_sheets'))).toBe('OK');
    expect(await reasonOf(resolve('google_sheets', { minValidity: { seconds: 600n, nanos: 0 } }))).toBe('EXPIRED');
  });

  test('several without a default are ambiguous until one is named', async () => {
    const first = await connectLinear('first');
    await connectLinear('second');
    await world.rpc(IntegrationService).updateIntegration({ project, integration: first, isDefault: false });
    expect(await reasonOf(resolve('linear'))).toBe('AMBIGUOUS_INTEGRATION');
    const named = await resolve('linear', { target: { case: 'integrationId', value: first } });
    expect(named.credential?.integrationId).toBe(first);
  });

  test("an action's missing scope is refused before the provider says so", async () => {
    world.sandbox.approve({ provider: 'slack', scopes: ['channels:read'] });
    await connect('slack');
    expect(await reasonOf(resolve('slack', { purpose: 'slack.message.post' }))).toBe('SCOPE_MISSING');
    expect(await reasonOf(resolve('slack', { purpose: 'slack.channel.list' }))).not.toBe('EXPIRED');
  });

  test("another project's integration is not found", async () => {
    const id = await connectLinear();
    const target = { case: 'integrationId', value: id } as const;
    expect(await reasonOf(resolve('linear', { project: 'elsewhere', target }))).toBe('INTEGRATION_NOT_FOUND');
  });

  test('purpose and run id are required', async () => {
    expect(await reasonOf(resolve('linear', { purpose: '' }))).toBe('FIELD_INVALID');
    expect(await reasonOf(resolve('linear', { runId: '' }))).toBe('FIELD_INVALID');
  });
});

describe('the boundary', () => {
  test('a stranger with a good certificate is refused, and rpc does not know the service', async () => {
    await connectLinear();
    const request = {
      project,
      target: { case: 'provider', value: 'linear' },
      purpose: 'linear.a.b',
      runId: 'r',
    } as const;
    const stranger = world.internal(CredentialService, 'stranger').resolveCredential(request);
    expect(await reasonOf(stranger)).toBe('PERMISSION_MISSING');
    expect(await reasonOf(world.rpc(CredentialService).resolveCredential(request))).toMatch(
      /NOT_IMPLEMENTED|Unimplemented/,
    );
  });

  test('each resolve leaves a lease and a record of who, why and for which run; a refusal too', async () => {
    await connectLinear();
    const { credential } = await resolve('linear', { purpose: 'linear.issue.create', runId: 'run_42' });
    await reasonOf(resolve('slack', { purpose: 'slack.message.post', runId: 'run_43' }));
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'credential.resolve' });
    expect(records.map(r => [r.purpose, r.runId, r.outcome, r.reason])).toEqual([
      ['slack.message.post', 'run_43', AuditOutcome.DENIED, 'NOT_CONFIGURED'],
      ['linear.issue.create', 'run_42', AuditOutcome.SUCCEEDED, ''],
    ]);
    expect(records[1]?.caller).toContain('action-executor');
    expect(records[1]?.leaseId).toBe(credential?.leaseId);
    const { rows } = await world.db.query('select purpose, run_id from credential_leases where project = $1', [
      project,
    ]);
    expect(rows).toEqual([{ purpose: 'linear.issue.create', run_id: 'run_42' }]);
  });

  test('no record, no secret: an audit that cannot be written refuses the resolve', async () => {
    await connectLinear();
    await world.db.query('alter table audit_records rename to audit_records_away');
    try {
      expect(await reasonOf(resolve('linear'))).toBe('AUDIT_UNAVAILABLE');
    } finally {
      await world.db.query('alter table audit_records_away rename to audit_records');
    }
    expect(await reasonOf(resolve('linear'))).toBe('OK');
  });

  test('resolves that come together share commits', async () => {
    await connectLinear();
    await resolve('linear');
    const chain = async () => {
      const { rows } = await world.db.query(
        'select count(distinct xmin::text)::int as n from audit_records where project = $1',
        [project],
      );
      return rows[0].n as number;
    };
    const before = await chain();
    await Promise.all(Array.from({ length: 64 }, () => resolve('linear')));
    expect((await chain()) - before).toBeLessThan(32);
  });

  test('audit rows are appended and never changed', async () => {
    await connectLinear();
    await expect(world.db.query("update audit_records set caller = 'x'")).rejects.toThrow('append-only');
    await expect(world.db.query('delete from audit_records')).rejects.toThrow('append-only');
    await expect(world.db.query('truncate audit_records')).rejects.toThrow('append-only');
  });

  test('a sealed credential moved to another row does not open', async () => {
    await connectLinear();
    const other = `${project}-other`;
    await world.rpc(IntegrationService).connectProvider({
      project: other,
      provider: 'linear',
      credentials: { api_key: world.seeds.linear.apiKey },
    });
    await world.db.query(
      `update credentials set sealed = (select sealed from credentials where project = $1) where project = $2`,
      [project, other],
    );
    expect(await reasonOf(resolve('linear', { project: other }))).toBe('INTERNAL');
    expect(await reasonOf(resolve('linear'))).toBe('OK');
  });
});
