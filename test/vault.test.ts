import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { dirname, resolve as resolvePath } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { RewrapPhase, VaultService } from '../gen/mobius/integrations/internal/v1/vault_service_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const keys = { k1: randomBytes(32).toString('base64'), k2: randomBytes(32).toString('base64') };
const ring = (active: 'k1' | 'k2', names: readonly ('k1' | 'k2')[]): string =>
  JSON.stringify({ active, keys: Object.fromEntries(names.map(name => [name, keys[name]])) });

let world: World;
/** The same service in another process, with k2 active. */
let other: World;

const beside = (keyring: string): Promise<World> =>
  startWorld({ environment: { DATABASE_URL: world.serviceDatabaseUrl, MOBIUS_KEYRING: keyring } });

beforeAll(async () => {
  world = await startWorld({ environment: { MOBIUS_KEYRING: ring('k1', ['k1', 'k2']) } });
  other = await beside(ring('k2', ['k1', 'k2']));
});
afterAll(async () => {
  await other.stop();
  await world.stop();
});

async function connect(project: string, at: World = world): Promise<string> {
  const request = { project, provider: 'linear', credentials: { api_key: at.seeds.linear.apiKey } };
  return (await at.rpc(IntegrationService).connectProvider(request)).integration?.id ?? '';
}

function resolve(project: string, at: World = world) {
  const target = { case: 'provider', value: 'linear' } as const;
  const request = { project, target, purpose: 'linear.issue.list', runId: 'run_1' };
  return at.internal(CredentialService, 'executor').resolveCredential(request);
}

const vault = (at: World) => at.internal(VaultService, 'operator');

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

async function rewrap(at: World, verifyOnly = false) {
  const told = await collect(vault(at).rewrapKeys({ verifyOnly }));
  return { told, last: told.at(-1)! };
}

describe('the keyring', () => {
  test('only who may manage the vault reaches it, and only on internal', async () => {
    expect(await reasonOf(world.internal(VaultService, 'executor').getKeyringStatus({}))).toBe('PERMISSION_MISSING');
    expect(await reasonOf(world.rpc(VaultService).getKeyringStatus({}))).toMatch(/NOT_IMPLEMENTED|Unimplemented/);
  });

  test('every data key is rewrapped and proved while another process resolves, and the old key can go', async () => {
    const projects = Array.from({ length: 12 }, (_, i) => `wrap-${i}`);
    for (const project of projects) await connect(project);
    const before = await vault(other).getKeyringStatus({});
    expect(before.backend).toBe('file');
    expect(before.keys.map(k => [k.id, k.active, Number(k.dataKeyCount)])).toEqual([
      ['k2', true, 0],
      ['k1', false, 12],
    ]);
    expect(before.staleDataKeyCount).toBe(12n);

    let isOver = false;
    const resolving = (async () => {
      const reasons: string[] = [];
      for (let i = 0; !isOver; i++) reasons.push(await reasonOf(resolve(projects[i % projects.length]!)));
      return reasons;
    })();
    const { told, last } = await rewrap(other);
    isOver = true;
    expect(new Set(await resolving)).toEqual(new Set(['OK']));
    expect(last).toMatchObject({
      phase: RewrapPhase.DONE,
      keyId: 'k2',
      totalCount: 12n,
      doneCount: 12n,
      failedCount: 0n,
    });
    expect(new Set(told.map(t => t.phase))).toEqual(
      new Set([RewrapPhase.REWRAP, RewrapPhase.VERIFY, RewrapPhase.DONE]),
    );
    expect((await vault(other).getKeyringStatus({})).staleDataKeyCount).toBe(0n);

    const without = await beside(ring('k2', ['k2']));
    try {
      for (const project of projects) expect(await reasonOf(resolve(project, without))).toBe('OK');
      expect((await rewrap(without)).last.failedCount).toBe(0n);
    } finally {
      await without.stop();
    }
  });

  test('a data key that does not open is counted and named and left as it is; the others go on', async () => {
    for (const project of ['broken', 'sound']) await connect(project);
    const read = async () =>
      (await world.db.query(`select project, keyring_key, wrapped from data_keys where project in ('broken', 'sound')`))
        .rows;
    await world.db.query(`update data_keys set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)
      where project = 'broken'`);
    const broken = (await read()).find(row => row.project === 'broken');
    const { last } = await rewrap(other);
    expect(last.failedProjects).toEqual(['broken']);
    expect(last.failedCount).toBe(1n);
    const after = await read();
    expect(after.find(row => row.project === 'broken')).toEqual(broken);
    expect(after.find(row => row.project === 'sound')?.keyring_key).toBe('k2');
    await world.db.query(`delete from data_keys where project = 'broken'`);
  });

  test('verify_only opens everything and changes nothing', async () => {
    await connect('only-verified');
    const wrapped = async () => (await world.db.query('select * from data_keys order by project')).rows;
    const before = await wrapped();
    const { told, last } = await rewrap(other, true);
    expect(told.some(t => t.phase === RewrapPhase.REWRAP)).toBe(false);
    expect(last).toMatchObject({ phase: RewrapPhase.DONE, failedCount: 0n });
    expect(await wrapped()).toEqual(before);
  });

  test("a data key moved to another project's row opens there no more than elsewhere", async () => {
    await connect('row-a');
    await connect('row-b');
    await world.db.query(`update data_keys set wrapped = (select wrapped from data_keys where project = 'row-a')
      where project = 'row-b'`);
    const fresh = await beside(ring('k1', ['k1', 'k2']));
    try {
      expect(await reasonOf(resolve('row-b', fresh))).toBe('INTERNAL');
      expect(await reasonOf(resolve('row-a', fresh))).toBe('OK');
      expect((await rewrap(fresh, true)).last.failedProjects).toEqual(['row-b']);
    } finally {
      await fresh.stop();
    }
    await world.db.query(`delete from data_keys where project = 'row-b'`);
  });
});

describe('shredding a project', () => {
  const shred = (project: string, more: object = {}) =>
    vault(world).shredProject({ project, confirmProject: project, reason: 'asked to', ...more });

  test('asks to be confirmed, and can be rehearsed', async () => {
    await connect('careful');
    expect(await reasonOf(shred('careful', { confirmProject: 'care' }))).toBe('FIELD_INVALID');
    const rehearsed = await shred('careful', { dryRun: true });
    expect(rehearsed).toMatchObject({ integrationCount: 1 });
    expect(rehearsed.shredTime).toBeUndefined();
    expect(await reasonOf(resolve('careful'))).toBe('OK');
    expect(await reasonOf(shred('never-seen'))).toBe('PROJECT_NOT_FOUND');
  });

  test('nothing of it opens again in any process, not even what is put back from a copy', async () => {
    const integration = await connect('gone');
    await connect('stays');
    for (const at of [world, other]) expect(await reasonOf(resolve('gone', at))).toBe('OK');
    const { rows: copy } = await world.db.query(`select version, sealed from credentials where project = 'gone'`);

    const { integrationCount, shredTime } = await shred('gone');
    expect(integrationCount).toBe(1);
    expect(shredTime).toBeDefined();
    for (const at of [world, other]) expect(await reasonOf(resolve('gone', at))).toBe('EXPIRED');
    const told = await world.rpc(IntegrationService).getIntegration({ project: 'gone', integration });
    expect(told.integration?.status).toBe(IntegrationStatus.EXPIRED);

    await world.db.query(
      `update credentials set state = 'CURRENT', sealed = $1, destroy_time = null where project = 'gone' and version = $2`,
      [copy[0].sealed, copy[0].version],
    );
    await world.db.query(`update integrations set status = 'ACTIVE' where project = 'gone'`);
    expect(await reasonOf(resolve('gone'))).toBe('EXPIRED');
    // The other process forgets as soon as it is told.
    await expect.poll(() => reasonOf(resolve('gone', other))).toBe('EXPIRED');
    for (const at of [world, other]) expect(await reasonOf(resolve('stays', at))).toBe('OK');
  });

  test('repeating it changes nothing more; the record says who and why', async () => {
    await connect('twice');
    const first = await shred('twice');
    const again = await shred('twice');
    expect(again.integrationCount).toBe(0);
    expect(again.shredTime).toEqual(first.shredTime);
    const { records } = await world.rpc(AuditService).listAuditRecords({ project: 'twice', action: 'project.shred' });
    expect(records).toHaveLength(1);
    expect(records[0]?.caller).toContain('operator');
    expect(records[0]?.changes[0]).toMatchObject({ field: 'reason', after: '"asked to"' });
  });

  test('the project may connect anew, under a key of its own', async () => {
    await connect('anew');
    await shred('anew');
    await connect('anew');
    for (const at of [world, other]) expect(await reasonOf(resolve('anew', at))).toBe('OK');
    const { rows } = await world.db.query(
      `select id, wrapped is null as gone from data_keys where project = 'anew' order by id`,
    );
    expect(rows).toEqual([
      { id: 1, gone: true },
      { id: 2, gone: false },
    ]);
  });
});

describe('mobius keys', () => {
  const mobius = async (...args: string[]) => {
    const env = {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      MOBIUS_INTERNAL_ADDR: other.service.addresses.internal,
      MOBIUS_CA: other.certificates.ca,
      MOBIUS_OPERATOR_CERT: other.certificates.clients.operator.cert,
      MOBIUS_OPERATOR_KEY: other.certificates.clients.operator.key,
    };
    const child = spawn(resolvePath(import.meta.dirname, '../bin/mobius'), args, { cwd: world.dir, env });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (more: string) => {
        text[name] += more;
      });
    }
    const [status] = (await once(child, 'close')) as [number];
    return { status, ...text };
  };

  test('rewraps with progress, tells the status, and shreds only what is named twice', async () => {
    await connect('by-command');
    const rewrapped = await mobius('keys', 'rewrap');
    expect(rewrapped).toMatchObject({ status: 0, stderr: '' });
    expect(rewrapped.stdout).toMatch(/^rewrap with k2: 0 of \d+\n/);
    expect(rewrapped.stdout).toMatch(/done with k2: (\d+) of \1\n$/);
    expect((await mobius('keys', 'status')).stdout).toMatch(/k2 +yes +\d+\n[\s\S]*, 0 to rewrap\n$/);
    const mistaken = await mobius('keys', 'shred', 'by-command', '--confirm', 'by-comand');
    expect(mistaken.status).toBe(3);
    expect(mistaken.stderr).toContain('confirm_project');
    expect((await mobius('keys', 'shred', 'by-command', '--confirm', 'by-command')).stdout).toContain(
      '1 integrations lost',
    );
    expect(await reasonOf(resolve('by-command'))).toBe('EXPIRED');
  });
});
