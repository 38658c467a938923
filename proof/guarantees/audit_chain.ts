import type { Pool } from 'pg';
import { AuditService } from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import { expect, expectEqual, type Guarantee } from '../guarantee.ts';

const project = 'chain';
const records = 1_000;
const rounds = 60;

/** What an intruder with the database's highest rights may do to one record; `n` is its number. */
const edits: Readonly<Record<string, string>> = {
  id: `'audt_01hzzzzzzzzzzzzzzzzzzzzzzz'`,
  time: `time + interval '1 millisecond'`,
  action: `action || 'x'`,
  caller: `'spiffe://mobius.dev/nobody'`,
  resource: `'intg_other'`,
  provider: `'other'`,
  purpose: `purpose || 'x'`,
  run_id: `run_id || 'x'`,
  lease_id: `lease_id || 'x'`,
  outcome: `case outcome when 'DENIED' then 'SUCCEEDED' else 'DENIED' end`,
  reason: `reason || 'x'`,
  changes: `changes || '[{"field":"x","before":"","after":""}]'::jsonb`,
  previous_hash: `decode(repeat('ab', 32), 'hex')`,
  hash: `decode(repeat('cd', 32), 'hex')`,
};

export const auditChain: Guarantee = {
  name: 'audit-chain',
  shows: 'an edit, deletion or insertion of any one record among 1,000 is found, and where it is',
  prove: ground =>
    ground.stage({ processes: 1 }, async ({ processes: [service], db }) => {
      if (service === undefined) throw new Error('no process');
      await connect(service, project);
      const count = async () =>
        Number((await db.query('select count(*) from audit_records where project = $1', [project])).rows[0]?.count);
      for (let left = records - (await count()); left > 0; left = records - (await count())) {
        await Promise.all(Array.from({ length: Math.min(left, 50) }, () => resolve(service, project)));
      }
      const verify = async () => service.rpc(AuditService).verifyAuditChain({ project });
      const whole = await verify();
      expect(whole.intact, 'the untouched chain is not whole');
      const total = Number(whole.recordCount);

      const columns = Object.keys(edits);
      let done = 0;
      const spoil = async (what: string, at: number, statements: readonly string[]): Promise<void> => {
        await asIntruder(db, statements);
        const { intact, faults } = await verify();
        expect(!intact && faults.length > 0, `${what} of record ${at} is not found`);
        const nearest = Math.min(...faults.map(({ sequence }) => Math.abs(Number(sequence) - at)));
        expect(nearest <= 1, `${what} of record ${at} is found elsewhere: ${faults.map(f => f.sequence).join(', ')}`);
        await asIntruder(db, [
          `delete from audit_records where project = '${project}'`,
          'insert into audit_records select * from kept',
        ]);
        done += 1;
      };
      await db.query(`create table kept as select * from audit_records where project = '${project}'`);
      for (let i = 0; i < rounds; i++) {
        // The first, the last, and the others spread between.
        const at = i === 0 ? 1 : i === 1 ? total : 1 + ((i * 7919) % total);
        const record = `project = '${project}' and sequence = ${at}`;
        const column = columns[i % columns.length] ?? '';
        await spoil(`an edit of ${column}`, at, [
          `update audit_records set ${column} = ${edits[column]} where ${record}`,
        ]);
        await spoil('a deletion', at, [`delete from audit_records where ${record}`]);
        await spoil('a deletion with the rest renumbered', at, [
          `delete from audit_records where ${record}`,
          `update audit_records set sequence = -sequence where project = '${project}' and sequence > ${at}`,
          `update audit_records set sequence = -sequence - 1 where project = '${project}' and sequence < 0`,
        ]);
        await spoil('an insertion', at, [
          `update audit_records set sequence = -sequence where project = '${project}' and sequence > ${at}`,
          `update audit_records set sequence = -sequence + 1 where project = '${project}' and sequence < 0`,
          `insert into audit_records select (r).* from (select jsonb_populate_record(a, jsonb_build_object('sequence', ${at + 1},
             'id', 'audt_01hzzzzzzzzzzzzzzzzzzzzzzz')) as r from audit_records a where ${record}) x`,
        ]);
      }
      const again = await verify();
      expect(again.intact, 'the chain that was put back is not whole');
      expectEqual(Number(again.recordCount), total, 'records put back');
      return { records: total, spoilings: done, found: done };
    }),
};

/** As a superuser can: past the triggers that keep the table append-only. */
async function asIntruder(db: Pool, statements: readonly string[]): Promise<void> {
  const client = await db.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
