import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { claimRefresh } from '../src/credentials/refresh_lease.ts';
import { backoffMs, keepGrant, swapAnswer } from '../src/credentials/refresh_outcome.ts';
import { sweepOnce } from '../src/credentials/sweep.ts';
import { Secret } from '../src/secret.ts';
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

describe('an app that the provider refuses', () => {
  const refuse = () =>
    world.sandbox.inject({
      provider: 'jira',
      path: /oauth\/token$/,
      status: 401,
      body: { error: 'invalid_client' },
      times: 1_000,
    });
  const errors = () => world.logs.filter(line => line.includes('the provider refuses our app')).length;

  test('is one incident, told once and asked seldom, however many integrations; mended, all are refreshed', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) {
      project = `incident${i}`;
      ids.push(await connectJira());
    }
    const [calls, told] = [tokenCalls(), errors()];
    const fault = refuse();
    world.clock.advance(3_000_000);
    await sweepOnce(world.service.deps);
    // Those that were on their way when the first was refused, and no more.
    expect(tokenCalls() - calls).toBeLessThanOrEqual(8);
    expect(errors() - told).toBe(1);
    const { rows } = await world.db.query('select provider, refusals from app_incidents');
    expect(rows).toEqual([{ provider: 'jira', refusals: tokenCalls() - calls }]);
    // The tokens are still good and served; whose refresh was refused says why.
    expect((await resolve()).credential?.version).toBe(1);
    const healths = await Promise.all(
      ids.map((integration, i) =>
        world.rpc(IntegrationService).getIntegration({ project: `incident${i}`, integration }),
      ),
    );
    const messages = healths.flatMap(({ integration }) => integration?.health?.message ?? []);
    expect(messages).toHaveLength(tokenCalls() - calls);
    expect(messages[0]).toContain('The operator has to mend');

    fault.remove();
    world.clock.advance(400_000);
    await sweepOnce(world.service.deps);
    expect((await world.db.query('select * from app_incidents')).rows).toEqual([]);
    const { rows: versions } = await world.db.query(`select distinct version from credentials where state = 'CURRENT'`);
    expect(versions).toEqual([{ version: 2 }]);
    expect(errors() - told).toBe(1);
  });
});

test('integrations that cannot be refreshed do not keep the others from it', async () => {
  await connectJira();
  await world.db.query(
    `insert into integrations select 'stuck', 'intg_' || n, 'linear', 'n' || n, false, status, health_cause, health_since,
       health_message, account_id, account_label, account_url, 'API_KEY', config, requested_scopes, granted_scopes, tags,
       created_by, create_time, update_time, revision, generation
     from integrations, generate_series(1, 300) n where project = $1`,
    [project],
  );
  await world.db.query(
    `insert into credentials select 'stuck', 'intg_' || n, version, state, sealed, secret_fields, sealed_minted,
       minted_expire_time, fingerprint, issue_time, expire_time - interval '1 hour', refreshable, created_by, destroy_time,
       revocation from credentials, generate_series(1, 300) n where project = $1`,
    [project],
  );
  world.clock.advance(3_000_000);
  await sweepOnce(world.service.deps);
  expect((await resolve()).credential?.version).toBe(2);
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

  test('a claim that waited for the swap of its version does not send the spent token again', async () => {
    const id = await connectJira();
    const { deps } = world.service;
    const target = { project, integrationId: id, version: 1, generation: 1 };
    const claim = (holder: string) =>
      claimRefresh(deps.store.em.fork(), target, { holder, now: deps.now(), mayResend: false });
    expect(await claim('first')).toBe(true);
    const secrets = { access_token: new Secret('new access'), refresh_token: new Secret('new refresh') };
    const expireTime = new Date(deps.now().getTime() + 3_600_000);
    const grant = { secrets, expireTime, refreshable: true, grantedScopes: undefined };
    expect(await keepGrant(deps.store.em.fork(), deps, target, 'first', grant)).toBe(true);
    let late = Promise.resolve(true);
    await deps.store.em.fork().transactional(async tx => {
      await swapAnswer(tx, deps, target, 'mobius:refresh');
      late = claim('second');
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into refreshes%'`;
      await expect.poll(async () => (await world.db.query(waiting)).rowCount).toBe(1);
    });
    expect(await late).toBe(false);
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

test('a credential is tried a hundred times a day at most, and again the day after', async () => {
  await connectJira();
  const fault = world.sandbox.inject({ provider: 'jira', path: /oauth\/token$/, status: 503, times: 1_000 });
  world.clock.advance(3_000_000);
  await sweepOnce(world.service.deps);
  await world.db.query('update refreshes set day_tries = 99 where project = $1', [project]);
  const before = tokenCalls();
  for (let i = 0; i < 3; i++) {
    world.clock.advance(1_800_000);
    await sweepOnce(world.service.deps);
  }
  expect(tokenCalls() - before).toBe(1);
  fault.remove();
  world.clock.advance(86_400_000);
  await sweepOnce(world.service.deps);
  expect(tokenCalls() - before).toBe(2);
  expect((await resolve()).credential?.version).toBe(2);
});
