import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

export type AuditOutcome = 'SUCCEEDED' | 'DENIED' | 'FAILED';
export type AuditChange = { readonly field: string; readonly before: string; readonly after: string };

/** One record of the project's chain. Rows are only ever inserted. */
export const AuditRecordEntity = defineEntity({
  name: 'AuditRecord',
  tableName: 'audit_records',
  properties: {
    project: p.text().primary(),
    /** 1, 2, 3, ... without a gap. */
    sequence: p.bigint('number').primary(),
    id: p.text(),
    time: p.datetime(),
    action: p.text(),
    caller: p.text(),
    resource: p.text(),
    provider: p.text(),
    purpose: p.text(),
    runId: p.text(),
    leaseId: p.text(),
    outcome: p.text().$type<AuditOutcome>(),
    /** Why it was denied or failed: a reason of error.proto. Empty where it succeeded. */
    reason: p.text(),
    /** Field, before, after; never a secret. */
    changes: p.json<readonly AuditChange[]>(),
    previousHash: p.blob(),
    hash: p.blob(),
  },
});
export type AuditRecord = InferEntity<typeof AuditRecordEntity>;

/** The chain's end: locked while records are appended. */
export const AuditHeadEntity = defineEntity({
  name: 'AuditHead',
  tableName: 'audit_heads',
  properties: {
    project: p.text().primary(),
    sequence: p.bigint('number'),
    hash: p.blob(),
  },
});
export type AuditHead = InferEntity<typeof AuditHeadEntity>;
