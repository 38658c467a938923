import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { admitLeases } from '../src/audit/admit.ts';
import { resolveCredential } from '../src/credentials/resolve.ts';
import { storeCredential } from '../src/credentials/store.ts';
import { Secret } from '../src/secret.ts';
import { statementsOn } from '../src/store/sql.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** What another process changed and this one has not heard of: written to the store without a notification. */
let world: World;
let project: string;
let id: string;
let count = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  project = `hot${++count}`;
  const credentials = { api_key: world.seeds.linear.apiKey };
  const connected = await world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
  id = connected.integration?.id ?? '';
  // The notification of the connect itself must have passed, or it would hide what is tested.
  const readsWarm = async (): Promise<number> => {
    await resolve();
    return reads(resolve);
  };
  await expect.poll(readsWarm).toBe(0);
});

async function resolve() {
  const target = { case: 'provider', value: 'linear' } as const;
  const request = { project, target, purpose: 'linear.issue.get', runId: 'run_1' };
  return (await world.internal(CredentialService, 'executor').resolveCredential(request)).credential;
}

/** How many times the work asked the store for integrations or credentials. */
async function reads(work: () => Promise<unknown>): Promise<number> {
  const { em } = world.service.deps.store;
  const connection = em.getConnection();
  const execute = connection.execute;
  let found = 0;
  connection.execute = function (this: typeof connection, ...args: Parameters<typeof execute>) {
    if (/from "(integrations|credentials)"/.test(String(args[0]))) found++;
    return execute.apply(this, args);
  } as typeof execute;
  try {
    await work();
  } finally {
    connection.execute = execute;
  }
  return found;
}

const leases = async (): Promise<number> =>
  Number((await world.db.query('select count(*) from credential_leases where project = $1', [project])).rows[0]?.count);

test('a warm resolve asks the store for nothing and is on record all the same', async () => {
  const before = await leases();
  expect(await reads(resolve)).toBe(0);
  expect(await leases()).toBe(before + 1);
});

test.each([
  ['expired', `update integrations set status = 'EXPIRED', generation = generation + 1 where project = $1`, 'EXPIRED'],
  ['switched off', `update integrations set status = 'INACTIVE' where project = $1`, 'INACTIVE'],
  ['deleted', 'delete from integrations where project = $1', 'NOT_CONFIGURED'],
])('an integration that was %s elsewhere is refused, whatever memory says', async (_how, change, reason) => {
  const before = await leases();
  await world.db.query(change, [project]);
  expect(await reasonOf(resolve())).toBe(reason);
  expect(await leases()).toBe(before);
});

test('a credential that was replaced elsewhere is answered in its new version', async () => {
  const { deps } = world.service;
  const secrets = { api_key: new Secret('lin_api_replaced0123456789') };
  const credential = { project, integrationId: id, secrets, expireTime: undefined, refreshable: false, caller: 'test' };
  await deps.store.em.fork().transactional(em => storeCredential(em, deps, credential));
  const answered = await resolve();
  expect(answered?.version).toBe(2);
  expect(answered?.headers.authorization).toContain('lin_api_replaced0123456789');
});

test('a change that is heard of is read before the next answer', async () => {
  await world.db.query(`select pg_notify('mobius_integration_changed', $1)`, [project]);
  await expect.poll(() => reads(resolve)).toBeGreaterThan(0);
});

test('an integration whose lease is being decided cannot be changed until that is over', async () => {
  const { rows } = await world.db.query('select revision from integrations where project = $1 and id = $2', [
    project,
    id,
  ]);
  const now = new Date();
  const lease = {
    project,
    id: 'lease_1',
    integrationId: id,
    revision: rows[0]?.revision,
    provider: 'linear',
    version: 1,
  };
  const rest = { caller: 'c', purpose: '', runId: '', createTime: now, expireTime: now, perMinute: undefined };
  const [deciding, changing] = await Promise.all([world.db.connect(), world.db.connect()]);
  try {
    await deciding.query('begin');
    expect(await admitLeases(statementsOn(deciding), [{ ...lease, ...rest }])).toEqual([{ kind: 'ADMITTED' }]);
    await changing.query(`set lock_timeout = '200ms'`);
    const change = () => changing.query(`update integrations set status = 'INACTIVE' where project = $1`, [project]);
    await expect(change()).rejects.toMatchObject({ code: '55P03' });
    await deciding.query('rollback');
    await change();
  } finally {
    deciding.release(true);
    changing.release(true);
  }
});

test('a call that nobody waits for any more gets no credential and is not on record', async () => {
  const { deps } = world.service;
  const before = await leases();
  const caller = { identity: 'spiffe://mobius/test', kind: 'certificate' } as const;
  const open = { ...deps, access: { ...deps.access, permitsProvider: () => true, budget: () => undefined } };
  const request = {
    project,
    target: { integrationId: id },
    purpose: 'linear.issue.get',
    runId: '',
    minValidityMs: 0,
    caller,
  };
  await resolveCredential(open, request);
  const signal = AbortSignal.abort(new Error('hung up'));
  await expect(resolveCredential(open, { ...request, signal })).rejects.toThrow('hung up');
  expect(await leases()).toBe(before + 1);
});
