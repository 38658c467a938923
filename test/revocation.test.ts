import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LeaseState } from '../gen/mobius/integrations/internal/v1/credential_pb.js';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import {
  AuthKind,
  CredentialSlot,
  IntegrationStatus,
  type Revocation,
  RevocationOutcome,
} from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { resolveCredential } from '../src/credentials/resolve.ts';
import { people } from '../src/dev/access.ts';
import { callers } from '../src/dev/certificates.ts';
import type { IntegrationError } from '../src/errors.ts';
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
  project = `rv${++count}`;
});

const integrations = () => world.rpc(IntegrationService);

async function connect(provider: string, more: object = {}): Promise<string> {
  const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider, ...more });
  await openBrowser().open(redirectUrl);
  return (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
}

async function connectLinear(more: object = {}, where = project): Promise<string> {
  const credentials = { api_key: world.seeds.linear.apiKey };
  const request = { project: where, provider: 'linear', credentials, ...more };
  return (await integrations().connectProvider(request)).integration?.id ?? '';
}

function resolve(integration: string, where = project) {
  const target = { case: 'integrationId', value: integration } as const;
  const request = { project: where, target, purpose: 'x.y.z', runId: 'run_1' };
  return world.internal(CredentialService, 'executor').resolveCredential(request);
}

const read = async (integration: string, where = project) =>
  (await integrations().getIntegration({ project: where, integration })).integration;

const told = (revocations: readonly Revocation[]) =>
  revocations.map(r => `${CredentialSlot[r.slot]} ${r.version} ${RevocationOutcome[r.outcome]}`);

describe('deleting', () => {
  test('says of every secret, those of an overlap too, what became of it at the provider', async () => {
    const id = await connectLinear({
      credentials: { api_key: world.seeds.linear.apiKey, webhook_secret: 'w'.repeat(20) },
    });
    await integrations().rotateCredential({
      project,
      integration: id,
      credentials: { api_key: world.seeds.linear.apiKey },
      overlap: { seconds: 60n },
    });
    const { revocations } = await integrations().deleteIntegration({ project, integration: id });
    expect(told(revocations)).toEqual([
      'PRIMARY 2 NOT_SUPPORTED',
      'PRIMARY 1 NOT_SUPPORTED',
      'WEBHOOK_SECRET 1 NOT_SUPPORTED',
    ]);
    expect(revocations.every(r => r.message !== '')).toBe(true);
    const { rows } = await world.db.query(
      'select 1 from credentials where project = $1 union all select 1 from webhook_secrets where project = $1',
      [project],
    );
    expect(rows).toEqual([]);
  });

  test('ends the grant at the provider, the minted token in use too', async () => {
    const slack = await connect('slack');
    const { credential } = await resolve(slack);
    const { revocations } = await integrations().deleteIntegration({ project, integration: slack });
    expect(told(revocations)).toEqual(['PRIMARY 1 REVOKED']);
    const asked = await fetch(`${credential?.apiBaseUrl}/auth.test`, { method: 'POST', headers: credential?.headers });
    expect(await asked.json()).toMatchObject({ ok: false });
    const github = await connect('github');
    const minted = await resolve(github);
    const deleted = await integrations().deleteIntegration({ project, integration: github });
    expect(told(deleted.revocations)).toEqual(['PRIMARY 1 REVOKED']);
    const url = `${minted.credential?.apiBaseUrl}/installation/repositories`;
    expect((await fetch(url, { headers: minted.credential?.headers })).status).toBe(401);
  });

  test('a token that is over does not hide a refresh token that lives', async () => {
    const id = await connect('linear', { authKind: 1 });
    world.clock.advance(90_000_000);
    const { revocations } = await integrations().deleteIntegration({ project, integration: id });
    expect(told(revocations)).toEqual(['PRIMARY 1 REVOKED']);
    expect(world.sandbox.revoke('linear')).toBe(0);
  });

  test('goes on when the provider does not confirm, and says so', async () => {
    const id = await connect('slack');
    const fault = world.sandbox.inject({ provider: 'slack', path: /auth\.revoke$/, status: 503, times: 9 });
    const { revocations } = await integrations().deleteIntegration({ project, integration: id });
    fault.remove();
    expect(told(revocations)).toEqual(['PRIMARY 1 FAILED']);
    expect(await reasonOf(resolve(id))).toBe('INTEGRATION_NOT_FOUND');
  });
});

describe('the break-glass', () => {
  test('rehearses without changing anything', async () => {
    const id = await connect('slack');
    await resolve(id);
    const before = await read(id);
    const { receipts } = await integrations().revokeIntegrations({ project, dryRun: true });
    expect(receipts).toMatchObject([
      { project, integrationId: id, provider: 'slack', frozen: false, openLeaseCount: 1 },
    ]);
    expect(receipts[0]?.account?.id).toBe(world.seeds.slack.workspaces[0]?.teamId);
    expect(told(receipts[0]?.revocations ?? [])).toEqual(['PRIMARY 1 DRY_RUN']);
    expect(await read(id)).toEqual(before);
    expect(await reasonOf(resolve(id))).toBe('OK');
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'integration.freeze' });
    expect(records).toEqual([]);
  });

  test('freezes, revokes, gives a receipt each, keeps the reason, and a reconnect brings one back', async () => {
    const slack = await connect('slack');
    const linear = await connectLinear();
    await integrations().updateIntegration({ project, integration: linear, status: IntegrationStatus.INACTIVE });
    await resolve(slack);
    const call = { project, reason: 'a laptop was stolen', requestId: 'incident-7' };
    const { receipts } = await integrations().revokeIntegrations(call);
    expect(receipts.map(r => [r.integrationId, r.frozen, r.openLeaseCount, told(r.revocations)])).toEqual(
      expect.arrayContaining([
        [slack, true, 1, ['PRIMARY 1 REVOKED']],
        [linear, true, 0, ['PRIMARY 1 NOT_SUPPORTED']],
      ]),
    );
    expect(await reasonOf(resolve(slack))).toBe('EXPIRED');
    expect((await read(linear))?.status).toBe(IntegrationStatus.EXPIRED);
    const { leases } = await world.internal(CredentialService, 'executor').listCredentialLeases({ project });
    expect(leases.map(lease => LeaseState[lease.state])).toEqual(['REVOKED']);
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'integration.freeze' });
    expect(records).toHaveLength(2);
    expect(records[0]?.changes.map(c => c.after)).toEqual([call.reason, call.requestId]);
    const back = integrations().copyIntegration({
      project: `${project}-copy`,
      sourceProject: project,
      sourceIntegrationId: linear,
    });
    expect(await reasonOf(back)).toBe('EXPIRED');
    expect(await connect('slack', { integrationId: slack })).toBe(slack);
    expect(await reasonOf(resolve(slack))).toBe('OK');
  });

  test('repeating it freezes nothing more and tries what failed again', async () => {
    const id = await connect('slack');
    const fault = world.sandbox.inject({ provider: 'slack', path: /auth\.revoke$/, status: 503, times: 9 });
    const first = await integrations().revokeIntegrations({ project });
    fault.remove();
    expect(told(first.receipts[0]?.revocations ?? [])).toEqual(['PRIMARY 1 FAILED']);
    const { etag } = (await read(id)) ?? {};
    const calls = () => world.sandbox.count({ provider: 'slack', path: /auth\.revoke$/ });
    const before = calls();
    for (let i = 0; i < 2; i++) {
      const { receipts } = await integrations().revokeIntegrations({ project });
      expect(told(receipts[0]?.revocations ?? [])).toEqual(['PRIMARY 1 REVOKED']);
      expect(receipts[0]?.frozen).toBe(true);
    }
    expect(calls() - before).toBe(1);
    expect((await read(id))?.etag).toBe(etag);
  });

  test('takes provider, account and ids as conditions that must all hold', async () => {
    const [slack, linear] = [await connect('slack'), await connectLinear()];
    const ids = async (more: object) =>
      (await integrations().revokeIntegrations({ project, dryRun: true, ...more })).receipts.map(r => r.integrationId);
    expect(await ids({ provider: 'linear' })).toEqual([linear]);
    expect(await ids({ accountId: world.seeds.slack.workspaces[0]?.teamId })).toEqual([slack]);
    expect(await ids({ accountId: 'nobody' })).toEqual([]);
    expect(await ids({ integrationIds: [slack, 'intg_nobody'] })).toEqual([slack]);
    expect(await ids({ integrationIds: [slack], provider: 'linear' })).toEqual([]);
    expect(await ids({ project: 'elsewhere', integrationIds: [slack] })).toEqual([]);
  });

  test('every project needs a grant on every project', async () => {
    const id = await connectLinear();
    for (const projects of [[project], ['*']]) {
      const limited = world.rpc(IntegrationService, { subject: people.manager, projects });
      expect(await reasonOf(limited.revokeIntegrations({ project: '*', dryRun: true }))).toBe('PERMISSION_MISSING');
    }
    const other = await connectLinear({}, `${project}-other`);
    const { receipts } = await integrations().revokeIntegrations({ project: '*', integrationIds: [id, other] });
    expect(receipts.map(r => r.project)).toEqual([project, `${project}-other`]);
    expect(await reasonOf(resolve(other, `${project}-other`))).toBe('EXPIRED');
  });

  test('a resolve that was under way when the freeze came is not answered', async () => {
    const id = await connect('github');
    const path = /access_tokens$/;
    const before = world.sandbox.count({ provider: 'github', path });
    const slow = world.sandbox.inject({ provider: 'github', path, delayMs: 700 });
    const underWay = reasonOf(resolve(id));
    await expect.poll(() => world.sandbox.count({ provider: 'github', path })).toBe(before + 1);
    await integrations().revokeIntegrations({ project });
    slow.remove();
    expect(await underWay).toBe('EXPIRED');
    const { leases } = await world.internal(CredentialService, 'executor').listCredentialLeases({ project });
    expect(leases).toEqual([]);
  });

  test('a token minted while the freeze came is ended at the provider too', async () => {
    const id = await connect('github');
    const ended = () => world.sandbox.count({ provider: 'github', method: 'DELETE', path: /installation\/token$/ });
    const endedBefore = ended();
    const path = /access_tokens$/;
    const before = world.sandbox.count({ provider: 'github', path });
    const slow = world.sandbox.inject({ provider: 'github', path, delayMs: 3_000 });
    const underWay = reasonOf(resolve(id));
    await expect.poll(() => world.sandbox.count({ provider: 'github', path })).toBe(before + 1);
    await integrations().revokeIntegrations({ project });
    slow.remove();
    expect(await underWay).toBe('EXPIRED');
    expect(ended()).toBe(endedBefore + 1);
  });

  test('tokens that a refresh brings home after the freeze are ended at the provider too', async () => {
    world.sandbox.revoke('linear');
    const id = await connect('linear', { authKind: AuthKind.OAUTH2 });
    world.clock.advance(86_395_000);
    const path = /oauth\/token$/;
    const before = world.sandbox.count({ provider: 'linear', path });
    const slow = world.sandbox.inject({ provider: 'linear', path, answerDelayMs: 3_000 });
    const underWay = reasonOf(resolve(id));
    await expect.poll(() => world.sandbox.count({ provider: 'linear', path })).toBe(before + 1);
    const { receipts } = await integrations().revokeIntegrations({ project });
    slow.remove();
    expect(receipts.flatMap(r => told(r.revocations))).toEqual(['PRIMARY 1 REVOKED']);
    expect(await underWay).toBe('EXPIRED');
    const { rows } = await world.db.query('select state, sealed_answer from refreshes where project = $1', [project]);
    expect(rows).toEqual([{ state: 'IDLE', sealed_answer: null }]);
    expect(world.sandbox.revoke('linear')).toBe(0);
  });

  test('a rotation that comes between the reading and the record is read again', async () => {
    const id = await connect('github');
    const path = /access_tokens$/;
    const before = world.sandbox.count({ provider: 'github', path });
    const slow = world.sandbox.inject({ provider: 'github', path, delayMs: 700 });
    const underWay = resolve(id);
    await expect.poll(() => world.sandbox.count({ provider: 'github', path })).toBe(before + 1);
    expect(await connect('github', { integrationId: id })).toBe(id);
    slow.remove();
    expect((await underWay).credential?.version).toBe(2);
  });

  /** A process that stalls between the record and the answer. */
  async function resolveStalled(id: string, stallMs: number): Promise<{ outcome: string; endMs: number }> {
    const { deps } = world.service;
    const recorded = Promise.withResolvers<void>();
    const admit: typeof deps.audit.admit = async (entry, lease) => {
      const admission = await deps.audit.admit(entry, lease);
      recorded.resolve();
      await sleep(stallMs);
      return admission;
    };
    const resolving = resolveCredential(
      { ...deps, audit: { ...deps.audit, admit } },
      {
        project,
        target: { integrationId: id },
        purpose: 'x.y.z',
        runId: 'r',
        minValidityMs: 0,
        caller: { identity: callers.executor, kind: 'certificate' },
      },
    ).then(
      () => ({ outcome: 'OK', endMs: performance.now() }),
      (error: unknown) => ({ outcome: (error as IntegrationError).reason, endMs: performance.now() }),
    );
    await recorded.promise;
    await integrations().revokeIntegrations({ project });
    const returnedMs = performance.now();
    const { outcome, endMs } = await resolving;
    return { outcome, endMs: endMs - returnedMs };
  }

  test('what was on record before the freeze is answered before the call returns, or not at all', async () => {
    const soon = await resolveStalled(await connectLinear(), 500);
    expect(soon.outcome).toBe('OK');
    expect(soon.endMs).toBeLessThan(0);
    expect((await resolveStalled(await connectLinear(), 3_000)).outcome).toBe('EXPIRED');
  });

  test('under a storm of resolves none is answered after the call returned', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await connectLinear({ name }));
    let isOver = false;
    let returnedMs = Number.POSITIVE_INFINITY;
    const answeredMs: number[] = [];
    const late = Array.from({ length: 16 }, async (_, n) => {
      for (let i = n; !isOver; i++) {
        const id = ids[i % ids.length] ?? '';
        if ((await reasonOf(resolve(id))) === 'OK') answeredMs.push(performance.now());
      }
    });
    await expect.poll(() => answeredMs.length, { timeout: 20_000 }).toBeGreaterThan(50);
    const { receipts } = await integrations().revokeIntegrations({ project });
    returnedMs = performance.now();
    await Promise.all(ids.map(async id => expect(await reasonOf(resolve(id))).toBe('EXPIRED')));
    isOver = true;
    await Promise.all(late);
    expect(receipts.filter(r => r.frozen)).toHaveLength(30);
    expect(answeredMs.filter(ms => ms > returnedMs)).toEqual([]);
  });

  test("the operator's own credential does not step in for a frozen integration", async () => {
    const credentials = { api_key: world.seeds.openai.projectKey };
    await integrations().connectProvider({ project, provider: 'openai', credentials });
    await integrations().revokeIntegrations({ project });
    const target = { case: 'provider', value: 'openai' } as const;
    const call = world
      .internal(CredentialService, 'executor')
      .resolveCredential({ project, target, purpose: 'openai.x.y', runId: 'r' });
    expect(await reasonOf(call)).toBe('EXPIRED');
  });
});
