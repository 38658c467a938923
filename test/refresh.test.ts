import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { backoffMs } from '../src/credentials/refresh_outcome.ts';
import { sweepOnce } from '../src/credentials/sweep.ts';
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
/** Each test works in a project of its own, and the sweep finds no other. */
beforeEach(async () => {
  project = `r${++count}`;
  await world.db.query('delete from integrations');
});

/** Jira: an hour of access token, a refresh token good once. */
async function connectJira(integrationId?: string): Promise<string> {
  const integrations = world.rpc(IntegrationService);
  const answer = await integrations.connectProvider({ project, provider: 'jira', authKind: 1, integrationId });
  expect((await openBrowser().open(answer.redirectUrl)).status).toBe(200);
  return (await integrations.getConnectSession({ project, session: answer.sessionId })).session?.integrationId ?? '';
}

function resolve(more: object = {}) {
  const target = { case: 'provider', value: 'jira' } as const;
  const request = { project, target, purpose: 'jira.issue.get', runId: 'run_1', ...more };
  return world.internal(CredentialService, 'executor').resolveCredential(request);
}

const read = async (id: string) =>
  (await world.rpc(IntegrationService).getIntegration({ project, integration: id })).integration;

const tokenCalls = () => world.sandbox.count({ provider: 'jira', path: /oauth\/token$/ });

describe('refreshing', () => {
  test('refreshes once when a hundred callers arrive together', async () => {
    await connectJira();
    const before = tokenCalls();
    world.clock.advance(3_590_000);
    const answers = await Promise.all(Array.from({ length: 100 }, () => resolve()));
    expect(new Set(answers.map(a => a.credential?.version))).toEqual(new Set([2]));
    expect(tokenCalls() - before).toBe(1);
  });

  test('the refreshed token works at the provider and the old version is destroyed', async () => {
    await connectJira();
    world.clock.advance(3_590_000);
    const { credential } = await resolve();
    const url = `${world.sandbox.endpoints.jira?.api}/oauth/token/accessible-resources`;
    expect((await fetch(url, { headers: credential?.headers })).status).toBe(200);
    const { rows } = await world.db.query(
      'select version, state, sealed is null as gone from credentials where project = $1 order by version',
      [project],
    );
    expect(rows).toEqual([
      { version: 1, state: 'DESTROYED', gone: true },
      { version: 2, state: 'CURRENT', gone: false },
    ]);
  });

  test('the sweep refreshes ahead of the end, and not before the margin', async () => {
    const id = await connectJira();
    await sweepOnce(world.service.deps);
    expect((await read(id))?.credential?.version).toBe(1);
    world.clock.advance(3_000_000);
    await sweepOnce(world.service.deps);
    expect((await read(id))?.credential?.version).toBe(2);
  });

  test('a token that is still valid is served while its refresh fails', async () => {
    await connectJira();
    world.clock.advance(3_500_000);
    const fault = world.sandbox.inject({ provider: 'jira', path: /oauth\/token$/, status: 503, times: 10 });
    const { credential } = await resolve({ minValidity: { seconds: 600n, nanos: 0 } });
    expect(credential?.version).toBe(1);
    fault.remove();
    world.clock.advance(20_000);
    const later = await resolve({ minValidity: { seconds: 600n, nanos: 0 } });
    expect(later.credential?.version).toBe(2);
  });

  test('failures back off: the provider is not asked again before its time', async () => {
    await connectJira();
    world.clock.advance(3_500_000);
    const before = tokenCalls();
    const header = { 'retry-after': '60' };
    world.sandbox.inject({ provider: 'jira', path: /oauth\/token$/, status: 429, headers: header, times: 1 });
    for (let i = 0; i < 5; i++) await resolve({ minValidity: { seconds: 600n, nanos: 0 } });
    expect(tokenCalls() - before).toBe(1);
    world.clock.advance(61_000);
    expect((await resolve({ minValidity: { seconds: 600n, nanos: 0 } })).credential?.version).toBe(2);
  });

  test('a token that never lasts as long as is asked is not refreshed at each call', async () => {
    await connectJira();
    const before = tokenCalls();
    for (let i = 0; i < 3; i++) {
      world.clock.advance(60_000);
      const { credential } = await resolve({ minValidity: { seconds: 3_600n, nanos: 0 } });
      expect(credential?.version).toBe(1);
    }
    expect(tokenCalls() - before).toBe(0);
    world.clock.advance(1_800_000);
    expect((await resolve({ minValidity: { seconds: 3_600n, nanos: 0 } })).credential?.version).toBe(2);
    expect(tokenCalls() - before).toBe(1);
  });

  test('a dead grant expires the integration at once, is not asked again, and a reconnect mends it', async () => {
    const id = await connectJira();
    world.sandbox.revoke('jira');
    world.clock.advance(3_590_000);
    expect(await reasonOf(resolve())).toBe('EXPIRED');
    const expired = await read(id);
    expect(expired?.status).toBe(IntegrationStatus.EXPIRED);
    expect(expired?.health?.fix?.arguments.integration_id).toBe(id);
    const before = tokenCalls();
    for (let i = 0; i < 5; i++) {
      world.clock.advance(3_600_000);
      expect(await reasonOf(resolve())).toBe('EXPIRED');
      await sweepOnce(world.service.deps);
    }
    expect(tokenCalls() - before).toBe(0);
    await connectJira(id);
    expect(await reasonOf(resolve())).toBe('OK');
  });
});

describe('crash safety', () => {
  test('an answer that was kept is completed by the next process', async () => {
    const id = await connectJira();
    world.clock.advance(3_590_000);
    await world.db.query('alter table audit_records rename to audit_records_away');
    // The swap appends to the audit and fails; the answer was made durable before it.
    expect(await reasonOf(resolve())).not.toBe('OK');
    await world.db.query('alter table audit_records_away rename to audit_records');
    const { rows } = await world.db.query('select state from refreshes where project = $1', [project]);
    expect(rows).toEqual([{ state: 'ANSWERED' }]);
    const before = tokenCalls();
    await sweepOnce(world.service.deps);
    expect((await read(id))?.credential?.version).toBe(2);
    expect(tokenCalls() - before).toBe(0);
    expect(await reasonOf(resolve())).toBe('OK');
  });

  test('an answer that was lost is not asked for again: the token serves to its end, health says why, then it expires', async () => {
    const id = await connectJira();
    world.clock.advance(3_500_000);
    world.sandbox.inject({ provider: 'jira', path: /oauth\/token$/, afterWork: true, reset: true, times: 1 });
    const before = tokenCalls();
    const { credential } = await resolve({ minValidity: { seconds: 600n, nanos: 0 } });
    expect(credential?.version).toBe(1);
    const degraded = await read(id);
    expect(degraded?.status).toBe(IntegrationStatus.ACTIVE);
    expect(degraded?.health?.message).toContain('answer was lost');
    await resolve({ minValidity: { seconds: 600n, nanos: 0 } });
    await sweepOnce(world.service.deps);
    expect(tokenCalls() - before).toBe(1);
    world.clock.advance(200_000);
    await sweepOnce(world.service.deps);
    expect((await read(id))?.status).toBe(IntegrationStatus.EXPIRED);
    expect(await reasonOf(resolve())).toBe('EXPIRED');
  });

  test('a reconnect during a refresh wins: the late answer belongs to a grant that is over', async () => {
    const id = await connectJira();
    world.clock.advance(3_590_000);
    world.sandbox.inject({ provider: 'jira', path: /oauth\/token$/, delayMs: 400, times: 1 });
    const late = reasonOf(resolve());
    await connectJira(id);
    await late;
    const { rows } = await world.db.query(`select version from credentials where project = $1 and state = 'CURRENT'`, [
      project,
    ]);
    expect(rows).toHaveLength(1);
    const { credential } = await resolve();
    const url = `${world.sandbox.endpoints.jira?.api}/oauth/token/accessible-resources`;
    expect((await fetch(url, { headers: credential?.headers })).status).toBe(200);
  });
});

test('backoff grows, keeps to Retry-After and never passes half an hour', () => {
  expect(backoffMs(1, undefined, () => 0)).toBe(2_500);
  expect(backoffMs(1, undefined, () => 1)).toBe(5_000);
  expect(backoffMs(4, undefined, () => 1)).toBe(40_000);
  expect(backoffMs(1, 60_000, () => 0)).toBe(60_000);
  expect(backoffMs(50, undefined, () => 1)).toBe(1_800_000);
  expect(backoffMs(1, 86_400_000, () => 1)).toBe(1_800_000);
});
