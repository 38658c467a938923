import { AuditService } from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Guarantee, outcomeOf, tally } from '../guarantee.ts';

const callers = 20;
const project = 'closed';

/** Ways in which the audit cannot be written, and how each ends. */
const outages = [
  {
    name: 'refused',
    begin: `create function refuse_insert() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger audit_full before insert on audit_records for each row execute function refuse_insert()`,
    end: 'drop trigger audit_full on audit_records; drop function refuse_insert',
  },
  {
    name: 'gone',
    begin: 'alter table audit_records rename to audit_away',
    end: 'alter table audit_away rename to audit_records',
  },
] as const;

export const auditFailClosed: Guarantee = {
  name: 'audit-fail-closed',
  shows:
    'while the audit cannot be written no secret leaves and nothing changes; afterwards all goes on and nothing is missing',
  prove: ground =>
    ground.stage({ processes: 2 }, async stage => {
      const [first] = stage.processes;
      if (first === undefined) throw new Error('no process');
      const id = await connect(first, project);
      const leases: string[] = [];
      let refusals = 0;
      for (const outage of outages) {
        leases.push(...(await load(stage, 100)).leases);
        const before = leases.length;
        await stage.db.query(outage.begin);
        const { outcomes, leases: leaked } = await load(stage, 100);
        expectEqual(leaked.length, 0, `${outage.name}: secrets that left`);
        expectEqual(Object.keys(tally(outcomes)), ['AUDIT_UNAVAILABLE'], `${outage.name}: outcomes`);
        refusals += outcomes.length;
        const isConnected = await connect(first, `${project}-${outage.name}`).then(
          () => true,
          () => false,
        );
        expect(!isConnected, `${outage.name}: something was connected without a record`);
        await stage.db.query(outage.end);
        const { rows } = await stage.db.query(`select count(*)::int as n from integrations where project <> $1`, [
          project,
        ]);
        expectEqual(rows[0]?.n, 0, `${outage.name}: integrations half made`);
        leases.push(...(await load(stage, 100)).leases);
        expectEqual(leases.length - before, 100, `${outage.name}: resolves served afterwards`);
      }
      const recorded = await stage.db.query(
        `select a.lease_id from audit_records a join credential_leases l on l.project = a.project and l.id = a.lease_id
         where a.project = $1 and a.resource = $2 and a.action = 'credential.resolve' and a.outcome = 'SUCCEEDED'`,
        [project, id],
      );
      const known = new Set(recorded.rows.map(row => row.lease_id));
      expectEqual(leases.filter(lease => !known.has(lease)).length, 0, 'secrets that left without record and lease');
      const verified = await first.rpc(AuditService).verifyAuditChain({ project });
      expect(verified.intact, 'the chain is not whole afterwards');
      return {
        outages: outages.length,
        refused_meanwhile: refusals,
        secrets_out_meanwhile: 0,
        secrets_out: leases.length,
        recorded: known.size,
      };
    }),
};

/** So many resolves by callers side by side. */
async function load({ processes }: Stage, count: number): Promise<{ outcomes: string[]; leases: string[] }> {
  const outcomes: string[] = [];
  const leases: string[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const process = processes[i % processes.length];
      if (process === undefined) throw new Error('no process');
      outcomes.push(await outcomeOf(resolve(process, project).then(({ leaseId }) => void leases.push(leaseId))));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { outcomes, leases };
}
