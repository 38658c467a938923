import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { Command } from 'commander';
import {
  type AuditFault,
  AuditFaultKind,
  AuditOutcome,
  type AuditRecord,
} from '../../gen/mobius/integrations/v1/audit_pb.js';
import {
  AuditService,
  ListAuditRecordsResponseSchema,
  VerifyAuditChainResponseSchema,
} from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import { addPageOptions, enumOption, moment, moreOf, nameOf, type PageOptions, readPages, timeOf } from './options.ts';
import { openSession } from './session.ts';

type ListOptions = PageOptions & {
  action?: string;
  resource?: string;
  caller?: string;
  run?: string;
  outcome?: AuditOutcome;
  since?: Timestamp;
  until?: Timestamp;
};

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('who did what, to what, and why');
  addPageOptions(audit.command('list'))
    .description('audit records, newest first')
    .option('--action <name>', 'only this action; `credential.*` matches all that begin so')
    .option('--resource <id>', 'only about this resource')
    .option('--caller <identity>', 'only of this caller')
    .option('--run <id>', 'only of this run')
    .addOption(enumOption('--outcome <outcome>', 'only with this outcome', AuditOutcome))
    .option('--since <time>', 'from then on', moment)
    .option('--until <time>', 'before then', moment)
    .action(async (options: ListOptions, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { action, resource, caller, run: runId, outcome, since, until } = options;
      const filter = { project, action, resource, caller, runId, outcome, since, until };
      const answered = await readPages(
        options,
        page => client(AuditService).listAuditRecords({ ...filter, ...page }),
        page => page.records,
      );
      answer(
        ListAuditRecordsResponseSchema,
        answered,
        () => table<AuditRecord>(answered.records, columns) + moreOf(answered),
      );
    });
  audit
    .command('verify')
    .description('recompute the chain and name every record that was changed, removed or put in')
    .option('--since <time>', 'from then on', moment)
    .option('--until <time>', 'before then', moment)
    .action(async ({ since, until }: Pick<ListOptions, 'since' | 'until'>, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const verified = await client(AuditService).verifyAuditChain({ project, since, until });
      answer(VerifyAuditChainResponseSchema, verified, () => {
        const head = verified.heads[project];
        const last = head === undefined ? '' : `; keep the head elsewhere: ${head}`;
        const faults = verified.intact ? '' : table<AuditFault>(verified.faults, faultColumns);
        return `${faults}${verified.recordCount} records, ${verified.intact ? 'intact' : 'not intact'}${last}\n`;
      });
      if (!verified.intact) throw new Error('the chain does not hold');
    });
}

const faultColumns = [
  ['SEQUENCE', (f: AuditFault) => String(f.sequence)],
  ['FAULT', (f: AuditFault) => nameOf(AuditFaultKind, f.kind)],
  ['RECORD', (f: AuditFault) => f.recordId],
] as const;

const columns = [
  ['TIME', (r: AuditRecord) => timeOf(r.time)],
  ['CALLER', (r: AuditRecord) => r.caller],
  ['ACTION', (r: AuditRecord) => r.action],
  ['RESOURCE', (r: AuditRecord) => r.resource || r.provider],
  ['OUTCOME', (r: AuditRecord) => [nameOf(AuditOutcome, r.outcome), r.reason].filter(Boolean).join(' ')],
  ['PURPOSE', (r: AuditRecord) => r.purpose],
  ['RUN', (r: AuditRecord) => r.runId],
] as const;
