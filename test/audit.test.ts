import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditFaultKind } from '../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { appendAudit } from '../src/audit/append.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const COUNT = 1000;
const start = Date.UTC(2030, 0, 1);

let world: World;
const project = 'chained';
let whole: { records: Record<string, unknown>[]; head: Record<string, unknown> };

/** A thousand records, one a second, in transactions of ten as the group commit makes them. */
beforeAll(async () => {
  world = await startWorld();
  for (let from = 0; from < COUNT; from += 10) {
    const entries = Array.from({ length: 10 }, (_, i) => ({
      project,
      action: 'credential.resolve',
      caller: 'spiffe://test/executor',
      resource: `intg_${from + i}`,
      provider: 'linear',
      purpose: 'linear.issue.list',
      runId: `run_${from + i}`,
      outcome: 'SUCCEEDED' as const,
      changes: i === 0 ? [{ field: 'name', before: '"a"', after: '"ä\\u0001"' }] : [],
    }));
    const at = new Date(start + from * 1000);
    await world.service.deps.store.em.fork().transactional(em => appendAudit(em, entries, at));
  }
  whole = {
    records: (await world.db.query('select * from audit_records where project = $1 order by sequence', [project])).rows,
    head: (await world.db.query('select * from audit_heads where project = $1', [project])).rows[0],
  };
});
afterAll(() => world.stop());

/** As the owner of the tables could: with the triggers switched off. */
async function tamper(...statements: string[]): Promise<void> {
  const client = await world.db.connect();
  try {
    await client.query(`set session_replication_role = 'replica'`);
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query(`set session_replication_role = 'origin'`);
    client.release();
  }
}

async function restore(): Promise<void> {
  await tamper(
    `delete from audit_records where project = '${project}'`,
    `delete from audit_heads where project = '${project}'`,
  );
  await world.db.query(
    `insert into audit_records select * from jsonb_populate_recordset(null::audit_records, $1::jsonb)`,
    [JSON.stringify(whole.records.map(asJson))],
  );
  await world.db.query(`insert into audit_heads select * from jsonb_populate_record(null::audit_heads, $1::jsonb)`, [
    JSON.stringify(asJson(whole.head)),
  ]);
}

function asJson(row: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value]),
  );
}

async function verify(range: { since?: Date; until?: Date } = {}) {
  const { since, until } = range;
  const answer = await world.rpc(AuditService).verifyAuditChain({
    project,
    since: since && timestampFromDate(since),
    until: until && timestampFromDate(until),
  });
  const faults = answer.faults.map(f => `${AuditFaultKind[f.kind]} ${f.sequence}`);
  return { intact: answer.intact, count: Number(answer.recordCount), faults, answer };
}

const at = (n: number): string => `project = '${project}' and sequence = ${n}`;
/** Moves all records from n on up by one, as who puts one in has to. */
const shiftUp = (n: number): string[] => [
  `update audit_records set sequence = -sequence - 1 where project = '${project}' and sequence >= ${n}`,
  `update audit_records set sequence = -sequence where project = '${project}' and sequence < 0`,
];
const copy = (from: number, to: number, id = `'audt_forged'`): string =>
  `insert into audit_records select project, ${to}, ${id}, time, action, caller, resource, provider, purpose, run_id, lease_id,
     outcome, reason, changes, previous_hash, hash from audit_records where ${at(from)}`;
const raiseHead = (by: number): string =>
  `update audit_heads set sequence = sequence + ${by} where project = '${project}'`;

describe('verifying a chain of a thousand records', () => {
  test('finds nothing where nothing was done, and answers the head to keep elsewhere', async () => {
    const { intact, count, faults, answer } = await verify();
    expect({ intact, count, faults }).toEqual({ intact: true, count: COUNT, faults: [] });
    expect(answer.heads[project]).toBe((whole.head.hash as Buffer).toString('hex'));
  });

  test('a project that has no records is intact', async () => {
    expect(await world.rpc(AuditService).verifyAuditChain({ project: 'empty' })).toMatchObject({
      intact: true,
      recordCount: 0n,
      heads: {},
    });
  });

  describe('one thing done to it', () => {
    beforeEach(restore);

    const places = [1, 2, 10, 11, 500, 999, 1000];
    const edits = [
      `caller = 'spiffe://test/somebody'`,
      `action = 'credential.read'`,
      `resource = ''`,
      `provider = 'slack'`,
      `purpose = 'x'`,
      `run_id = 'run_x'`,
      `lease_id = 'lease_x'`,
      `outcome = 'DENIED'`,
      `reason = 'EXPIRED'`,
      `id = 'audt_other'`,
      `time = time + interval '1 microsecond'`,
      `time = time - interval '1 hour'`,
      `changes = '[{"field": "a", "before": "", "after": "b"}]'`,
      `changes = '{}'`,
      `previous_hash = sha256('x')`,
      `hash = sha256('x')`,
    ];
    test('an edit of any field is found where it is', async () => {
      for (const [i, edit] of edits.entries()) {
        const place = places[i % places.length]!;
        await tamper(`update audit_records set ${edit} where ${at(place)}`);
        expect([edit, (await verify()).faults]).toEqual([edit, [`CHANGED ${place}`]]);
        await restore();
      }
      // A field beside those that the hash covers.
      await tamper(`update audit_records set changes = jsonb_set(changes, '{0,more}', '1') where ${at(11)}`);
      expect((await verify()).faults).toEqual(['CHANGED 11']);
    });

    test('an edit that writes its own hash anew is found where it is', async () => {
      for (const place of places) {
        // A record of another place, whole and consistent in itself, in place of this one.
        const forged = whole.records[place === 500 ? 20 : 499]!;
        const { hashRecord } = await import('../src/audit/append.ts');
        const before = whole.records[place - 1]!;
        const hash = hashRecord(before.previous_hash as Buffer, {
          project,
          sequence: place,
          id: String(before.id),
          time: (before.time as Date).toISOString(),
          action: 'credential.resolve',
          caller: 'spiffe://test/forger',
          resource: String(forged.resource),
          provider: 'linear',
          purpose: String(before.purpose),
          runId: String(before.run_id),
          leaseId: '',
          outcome: 'SUCCEEDED',
          reason: '',
          changes: before.changes as [],
        });
        await tamper(
          `update audit_records set caller = 'spiffe://test/forger', resource = '${forged.resource}',
             hash = '\\x${hash.toString('hex')}' where ${at(place)}`,
        );
        expect((await verify()).faults).toEqual([`CHANGED ${place}`]);
        await restore();
      }
    });

    test('a deleted record is found where it was, also when the gap is closed after it', async () => {
      for (const place of places) {
        await tamper(`delete from audit_records where ${at(place)}`);
        expect((await verify()).faults).toEqual([`MISSING ${place}`]);
        await restore();
      }
      for (const place of [2, 500, 999]) {
        await tamper(
          `delete from audit_records where ${at(place)}`,
          `update audit_records set sequence = -sequence + 1 where project = '${project}' and sequence > ${place}`,
          `update audit_records set sequence = -sequence where project = '${project}' and sequence < 0`,
          raiseHead(-1),
        );
        expect((await verify()).faults).toEqual([`MISSING ${place}`]);
        await restore();
      }
    });

    test('a record put in is found where it is, and the innocent ones after it are not named', async () => {
      for (const place of [1, 2, 500, 1000]) {
        await tamper(...shiftUp(place), copy(place + 1, place), raiseHead(1));
        expect((await verify()).faults).toEqual([`INSERTED ${place}`]);
        await restore();
        await tamper(...shiftUp(place), copy(place + 1, place));
        expect((await verify()).faults).toEqual([`INSERTED ${place}`]);
        await restore();
      }
      for (const place of [0, -3, COUNT + 1]) {
        await tamper(copy(7, place));
        expect((await verify()).faults).toEqual([`INSERTED ${place}`]);
        await restore();
      }
    });

    test('a record moved to another place is found', async () => {
      await tamper(`update audit_records set sequence = 1005 where ${at(1000)}`);
      expect((await verify()).faults).toEqual(['CHANGED 1005']);
      await restore();
      await tamper(
        `update audit_records set sequence = -1 where ${at(300)}`,
        `update audit_records set sequence = 300 where ${at(301)}`,
        `update audit_records set sequence = 301 where ${at(-1)}`,
      );
      const { intact, faults } = await verify();
      expect(intact).toBe(false);
      expect(faults.some(fault => / 30[01]$/.test(fault))).toBe(true);
    });

    test('an end that was cut off is found by the head', async () => {
      await tamper(`delete from audit_records where project = '${project}' and sequence > 997`);
      expect((await verify()).faults).toEqual(['MISSING 998', 'MISSING 999', 'MISSING 1000']);
      await restore();
      await tamper(`delete from audit_records where project = '${project}'`);
      expect((await verify()).faults).toHaveLength(1000);
      await restore();
      await tamper(`delete from audit_heads where project = '${project}'`);
      expect((await verify()).faults).toEqual(['MISSING 1001']);
      await restore();
      await tamper(`update audit_heads set hash = sha256('x') where project = '${project}'`);
      expect((await verify()).intact).toBe(false);
    });

    test('an end cut off with its head is told by the head kept elsewhere', async () => {
      const kept = (await verify()).answer.heads[project];
      await tamper(
        `delete from audit_records where ${at(1000)}`,
        `update audit_heads set sequence = 999, hash = (select hash from audit_records where ${at(999)})
         where project = '${project}'`,
      );
      const { answer } = await verify();
      expect(answer.heads[project]).not.toBe(kept);
    });

    test('a range is held against what stands around it', async () => {
      const range = { since: new Date(start + 300_000), until: new Date(start + 400_000) };
      expect(await verify(range)).toMatchObject({ intact: true, count: 100, faults: [] });
      await tamper(
        `update audit_records set caller = 'x' where ${at(350)}`,
        `delete from audit_records where ${at(399)}`,
      );
      expect((await verify(range)).faults).toEqual(['CHANGED 350', 'MISSING 399']);
      expect((await verify({ until: new Date(start + 300_000) })).faults).toEqual([]);
      expect((await verify({ since: new Date(start + 400_000) })).faults).toEqual([]);
      await tamper(`delete from audit_records where project = '${project}' and sequence between 301 and 400`);
      expect((await verify(range)).faults).toHaveLength(100);
    });
  });
});

describe('what the database lets be done', () => {
  test('the role of the service appends and reads, and nothing else, trigger or not', async () => {
    const client = new Client({ connectionString: world.serviceDatabaseUrl });
    await client.connect();
    try {
      for (const statement of [
        `update audit_records set caller = 'x'`,
        'delete from audit_records',
        'truncate audit_records',
        'delete from audit_heads',
        'alter table audit_records disable trigger all',
        'drop trigger audit_records_append_only on audit_records',
        'drop table audit_records',
        `set session_replication_role = 'replica'`,
        `create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'`,
        'delete from migrations',
      ]) {
        await expect(client.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
      }
      expect((await client.query('select count(*)::int as n from audit_records')).rows[0].n).toBeGreaterThan(0);
    } finally {
      await client.end();
    }
  });

  test('even the owner meets the triggers', async () => {
    await expect(world.db.query(`update audit_records set caller = 'x'`)).rejects.toThrow('append-only');
    await expect(world.db.query('delete from audit_records')).rejects.toThrow('append-only');
    await expect(world.db.query('truncate audit_records')).rejects.toThrow('append-only');
  });

  test("another project's chain is not verified for who has no grant there", async () => {
    expect(await reasonOf(world.viewer(AuditService, 'elsewhere').verifyAuditChain({ project }))).toBe(
      'PERMISSION_MISSING',
    );
  });
});
