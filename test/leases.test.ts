import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ErrorInfoSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import { CredentialChangeKind, LeaseState } from '../gen/mobius/integrations/internal/v1/credential_pb.js';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AuditOutcome } from '../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { ImpactChange, IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { callers } from '../src/dev/certificates.ts';
import { openBrowser } from './browser.ts';
import { deliver } from './event_stage.ts';
import { reasonOf } from './reason.ts';
import { type AccessFile, startWorld, type World } from './world.ts';

let world: World;
let project: string;
let count = 0;

/** The trigger engine of these tests may resolve, five times a minute. */
beforeAll(async () => {
  world = await startWorld({
    access: list => {
      list.callers.push({
        identity: callers.trigger,
        permissions: ['credentials.resolve', 'credentials.read'],
        projects: ['*'],
        resolve_budget: { per_minute: 5 },
      });
    },
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `le${++count}`;
});

const integrations = () => world.rpc(IntegrationService);
const executor = () => world.internal(CredentialService, 'executor');

async function connectLinear(more: object = {}, where = project): Promise<string> {
  const credentials = { api_key: world.seeds.linear.apiKey };
  const request = { project: where, provider: 'linear', credentials, ...more };
  return (await integrations().connectProvider(request)).integration?.id ?? '';
}

function resolve(more: object = {}, as: 'executor' | 'trigger' = 'executor') {
  const target = { case: 'provider', value: 'linear' } as const;
  const request = { project, target, purpose: 'linear.issue.get', runId: 'run_1', ...more };
  return world.internal(CredentialService, as).resolveCredential(request);
}

const listed = async (more: object = {}) => (await executor().listCredentialLeases({ project, ...more })).leases;
const states = async () => (await listed()).map(lease => LeaseState[lease.state]);

describe('leases', () => {
  test('tell who holds which version, what for and for which run, until it is released', async () => {
    const id = await connectLinear();
    const { credential } = await resolve({ runId: 'run_7' });
    const [lease] = await listed();
    expect(lease).toMatchObject({
      id: credential?.leaseId,
      integrationId: id,
      provider: 'linear',
      credentialVersion: 1,
      caller: callers.executor,
      purpose: 'linear.issue.get',
      runId: 'run_7',
      state: LeaseState.ACTIVE,
    });
    expect(lease?.endTime).toBeUndefined();
    const { lease: ended } = await executor().releaseCredential({ project, leaseId: credential?.leaseId });
    expect(ended?.state).toBe(LeaseState.RELEASED);
    world.clock.advance(1_000);
    const again = await executor().releaseCredential({ project, leaseId: credential?.leaseId });
    expect(again.lease?.endTime).toEqual(ended?.endTime);
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, action: 'credential.release' });
    expect(records).toHaveLength(1);
  });

  test('end by themselves, and with the credential', async () => {
    const id = await connectLinear();
    await resolve();
    world.clock.advance(3_600_001);
    expect(await states()).toEqual(['EXPIRED']);
    await resolve();
    await integrations().deleteIntegration({ project, integration: id });
    expect(await states()).toEqual(['REVOKED', 'EXPIRED']);
    const [first] = await listed();
    expect(first?.endTime).toBeDefined();
    expect(await reasonOf(executor().releaseCredential({ project, leaseId: first?.id }))).toBe('OK');
    expect(await states()).toEqual(['REVOKED', 'EXPIRED']);
  });

  test("another caller's lease, and another project's, is not found", async () => {
    await connectLinear();
    const { credential } = await resolve();
    const leaseId = credential?.leaseId;
    const stranger = world.internal(CredentialService, 'trigger').releaseCredential({ project, leaseId });
    expect(await reasonOf(stranger)).toBe('LEASE_NOT_FOUND');
    expect(await reasonOf(executor().releaseCredential({ project: 'elsewhere', leaseId }))).toBe('LEASE_NOT_FOUND');
    expect(await states()).toEqual(['ACTIVE']);
  });

  test('are filtered and paged, newest first', async () => {
    const id = await connectLinear();
    for (let i = 0; i < 5; i++) await resolve({ runId: `run_${i}` });
    await resolve({ runId: 'run_4' }, 'trigger');
    const first = await executor().listCredentialLeases({ project, pageSize: 4, integrationId: id });
    const second = await executor().listCredentialLeases({
      project,
      pageSize: 4,
      integrationId: id,
      pageToken: first.nextPageToken,
    });
    const all = [...first.leases, ...second.leases];
    expect(all).toHaveLength(6);
    expect(new Set(all.map(lease => lease.id)).size).toBe(6);
    expect(all.map(lease => lease.createTime?.seconds)).toEqual(
      all
        .map(l => l.createTime?.seconds)
        .toSorted()
        .reverse(),
    );
    expect(await listed({ runId: 'run_4' })).toHaveLength(2);
    expect(await listed({ runId: 'run_4', caller: callers.trigger })).toHaveLength(1);
    await executor().releaseCredential({ project, leaseId: (await listed({ runId: 'run_0' }))[0]?.id });
    expect(await listed({ state: LeaseState.RELEASED })).toHaveLength(1);
    expect(await listed({ state: LeaseState.ACTIVE })).toHaveLength(5);
    expect(await listed({ state: LeaseState.REVOKED })).toHaveLength(0);
  });
});

describe('a resolve budget', () => {
  test('is per caller and project, counted in the store, and over it is refused with a time and a record', async () => {
    await connectLinear();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => reasonOf(resolve({}, 'trigger'))));
    expect(outcomes.filter(outcome => outcome === 'OK')).toHaveLength(5);
    expect(outcomes.filter(outcome => outcome === 'RESOLVE_BUDGET_EXCEEDED')).toHaveLength(7);
    const error: unknown = await resolve({}, 'trigger').catch((e: unknown) => e);
    if (!(error instanceof ConnectError)) throw error;
    expect(error.code).toBe(Code.ResourceExhausted);
    expect(error.findDetails(ErrorInfoSchema)[0]?.metadata).toMatchObject({ caller: callers.trigger, project });
    const seconds = Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    const { records } = await world.rpc(AuditService).listAuditRecords({ project, outcome: AuditOutcome.DENIED });
    expect(records.map(r => r.reason)).toEqual(Array.from({ length: 8 }, () => 'RESOLVE_BUDGET_EXCEEDED'));
    expect(await listed()).toHaveLength(5);
    expect(await reasonOf(resolve())).toBe('OK');
    await connectLinear({}, `${project}-other`);
    expect(await reasonOf(resolve({ project: `${project}-other` }, 'trigger'))).toBe('OK');
    // The minute is over, as the store's clock will have it.
    await world.db.query(
      "update resolve_budgets set start_time = start_time - interval '1 minute' where project = $1",
      [project],
    );
    expect(await reasonOf(resolve({}, 'trigger'))).toBe('OK');
  });
});

describe('watching credentials', () => {
  type Told = { readonly kind: string; readonly version: number; readonly integration: string };

  function watch(projects: string[], more: object = {}) {
    const abort = new AbortController();
    const told: Told[] = [];
    let batches = 0;
    const gather = async (): Promise<string> => {
      const stream = executor().watchCredentials({ projects, ...more }, { signal: abort.signal });
      for await (const { changes } of stream) {
        batches += 1;
        for (const { kind, version, integrationId } of changes) {
          told.push({ kind: CredentialChangeKind[kind] ?? '', version, integration: integrationId });
        }
      }
      return 'ended';
    };
    const ended = reasonOf(gather());
    const inForce = () => expect.poll(() => batches, { timeout: 5_000 }).toBeGreaterThan(0);
    const kinds = (n: number) =>
      expect.poll(() => told.map(({ kind, version }) => `${kind} ${version}`), { timeout: 1_000 }).toHaveLength(n);
    return { told, ended, inForce, kinds, batches: () => batches, close: () => abort.abort() };
  }

  test('begins with an empty message, and tells every change within a second, from another process too', async () => {
    world.sandbox.approve({ provider: 'jira' });
    const answer = await integrations().connectProvider({ project, provider: 'jira', authKind: 1 });
    await openBrowser().open(answer.redirectUrl);
    const { session } = await integrations().getConnectSession({ project, session: answer.sessionId });
    const jira = session?.integrationId ?? '';
    const linear = await connectLinear();
    const w = watch([project]);
    await w.inForce();
    expect(w.told).toEqual([]);
    world.clock.advance(3_590_000);
    await resolve({ target: { case: 'provider', value: 'jira' } });
    await w.kinds(1);
    await integrations().rotateCredential({
      project,
      integration: linear,
      credentials: { api_key: world.seeds.linear.apiKey },
    });
    await w.kinds(2);
    await integrations().updateIntegration({ project, integration: linear, status: IntegrationStatus.INACTIVE });
    await w.kinds(3);
    await integrations().updateIntegration({ project, integration: linear, status: IntegrationStatus.ACTIVE });
    await w.kinds(4);
    // As another process would: by the store alone.
    await world.db.query("update integrations set status = 'EXPIRED' where project = $1 and id = $2", [
      project,
      linear,
    ]);
    await world.db.query("select pg_notify('mobius_integration_changed', $1)", [project]);
    await w.kinds(5);
    await integrations().deleteIntegration({ project, integration: jira });
    await w.kinds(6);
    expect(w.told).toEqual([
      { kind: 'REFRESHED', version: 2, integration: jira },
      { kind: 'ROTATED', version: 2, integration: linear },
      { kind: 'WITHDRAWN', version: 2, integration: linear },
      { kind: 'RESTORED', version: 2, integration: linear },
      { kind: 'WITHDRAWN', version: 2, integration: linear },
      { kind: 'WITHDRAWN', version: 2, integration: jira },
    ]);
    w.close();
    expect(await w.ended).toBe('Canceled');
  });

  test('tells of what changes whose credential a provider stands for: a newcomer and another default', async () => {
    const w = watch([project]);
    await w.inForce();
    const first = await connectLinear();
    await w.kinds(1);
    const second = await connectLinear({ name: 'second' });
    await w.kinds(2);
    await integrations().updateIntegration({ project, integration: second, isDefault: true });
    await w.kinds(3);
    expect(w.told).toEqual([
      { kind: 'CONNECTED', version: 1, integration: first },
      { kind: 'CONNECTED', version: 1, integration: second },
      { kind: 'MADE_DEFAULT', version: 1, integration: second },
    ]);
    w.close();
  });

  test('tells nothing of other projects and providers', async () => {
    const other = `${project}-other`;
    const [mine, foreign] = [await connectLinear(), await connectLinear({}, other)];
    const w = watch([project]);
    const none = watch([project], { providers: ['slack'] });
    const all = watch(['*']);
    await Promise.all([w.inForce(), none.inForce(), all.inForce()]);
    const off = { status: IntegrationStatus.INACTIVE };
    await integrations().updateIntegration({ project: other, integration: foreign, ...off });
    await integrations().updateIntegration({ project, integration: mine, ...off });
    await w.kinds(1);
    await all.kinds(2);
    expect(w.told[0]?.integration).toBe(mine);
    expect(none.told).toEqual([]);
    for (const each of [w, none, all]) each.close();
  });

  test('without the grant it is refused, and a grant taken away ends it', async () => {
    await connectLinear();
    const stranger = world.internal(CredentialService, 'stranger').watchCredentials({ projects: [project] });
    const first = async () => {
      for await (const each of stranger) return each;
    };
    expect(await reasonOf(first())).toBe('PERMISSION_MISSING');
    const w = watch([project]);
    const all = watch(['*']);
    await Promise.all([w.inForce(), all.inForce()]);
    const path = join(world.dir, 'access.yaml');
    const before = readFileSync(path, 'utf8');
    const list = parse(before) as AccessFile;
    writeFileSync(
      path,
      stringify({
        ...list,
        callers: list.callers.map(c => (c.identity === callers.executor ? { ...c, projects: ['le-nobody'] } : c)),
      }),
    );
    try {
      expect(await w.ended).toBe('PERMISSION_MISSING');
      await expect.poll(() => all.told.filter(({ kind }) => kind === 'WITHDRAWN').length).toBeGreaterThan(0);
    } finally {
      writeFileSync(path, before);
      all.close();
    }
    await expect.poll(() => reasonOf(resolve()), { timeout: 5_000 }).toBe('OK');
  });
});

describe('the impact of a change', () => {
  const account = () => world.seeds.linear.organizations[0]?.id ?? '';

  test('names the actions, callers and event types of the window, and those a change would stop', async () => {
    const id = await connectLinear();
    await deliver(world, account(), { secret: world.seeds.linear.webhookSecret });
    await resolve({ purpose: 'linear.issue.get' });
    await resolve({ purpose: 'linear.issue.create' });
    const { credential } = await resolve({ purpose: 'linear.issue.create' }, 'trigger');
    await world
      .internal(CredentialService, 'trigger')
      .releaseCredential({ project, leaseId: credential?.leaseId ?? '' });
    const impact = await integrations().previewImpact({ project, integration: id });
    expect(impact.actions.map(a => [a.action, a.useCount])).toEqual(
      expect.arrayContaining([
        ['linear.issue.create', 2],
        ['linear.issue.get', 1],
      ]),
    );
    expect(impact.callers.map(c => [c.caller, c.useCount, c.openLeaseCount])).toEqual(
      expect.arrayContaining([
        [callers.executor, 2, 2],
        [callers.trigger, 1, 0],
      ]),
    );
    expect(impact.eventTypes.map(e => [e.eventType, e.eventCount])).toEqual([['linear.issue.created', 1]]);
    expect(impact.truncated).toBe(false);
    const rotate = await integrations().previewImpact({ project, integration: id, change: ImpactChange.ROTATE });
    expect(rotate.callers.map(c => c.caller)).toEqual([callers.executor]);
    const narrowed = await integrations().previewImpact({
      project,
      integration: id,
      change: ImpactChange.NARROW_SCOPES,
      remainingScopes: ['read'],
    });
    expect(narrowed.actions.map(a => a.action)).toEqual(['linear.issue.create']);
    world.clock.advance(7_200_000);
    const recent = await integrations().previewImpact({ project, integration: id, window: { seconds: 3600n } });
    expect([recent.actions, recent.callers, recent.eventTypes]).toEqual([[], [], []]);
  });

  test('of an absent integration is not found, and remaining scopes go with narrowing alone', async () => {
    const preview = (more: object) => reasonOf(integrations().previewImpact({ project, ...more }));
    expect(await preview({ integration: 'intg_nobody' })).toBe('INTEGRATION_NOT_FOUND');
    const id = await connectLinear();
    expect(await preview({ integration: id, remainingScopes: ['read'] })).toBe('FIELD_INVALID');
  });
});
