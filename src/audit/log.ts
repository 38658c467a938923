import type { Pool } from 'pg';
import { IntegrationError } from '../errors.ts';
import { createGroupCommit } from '../group_commit.ts';
import { openTransactions } from '../store/transactions.ts';
import type { LeaseRow } from './admit.ts';
import type { AuditEntry } from './append.ts';
import { type AuditItem, createBatchWriter, type Written } from './write_batch.ts';

export type AuditLog = {
  /** Resolves once the record is durable; rejects AUDIT_UNAVAILABLE where it cannot be. Records that come together share a commit. */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /**
   * The same for a record that hands out a lease, which is checked once more in the transaction that writes both. What is
   * over budget is recorded as DENIED, what is stale not at all. `startMs`: when that transaction began, as
   * `performance.now()` told.
   */
  readonly admit: (entry: AuditEntry, lease: LeaseRow) => Promise<Written>;
  readonly drain: () => Promise<void>;
};

const MAX_BATCH = 256;
const MAX_QUEUED = 10_000;

/** `pool`: of its own, pipelining; records wait for no other work of the store. */
export function createAuditLog(pool: Pool, now: () => Date): AuditLog {
  const writeBatch = createBatchWriter(openTransactions(pool), now);
  const commit = createGroupCommit<AuditItem, Written>({
    maxBatch: MAX_BATCH,
    maxQueued: MAX_QUEUED,
    overloaded: () => new IntegrationError('AUDIT_UNAVAILABLE', {}, { retryDelayMs: 1_000 }),
    write: batch =>
      writeBatch(batch).catch((cause: unknown) => {
        throw new IntegrationError('AUDIT_UNAVAILABLE', {}, { cause, retryDelayMs: 1_000 });
      }),
  });
  return {
    record: async entry => {
      await commit.add({ entry, lease: undefined });
    },
    admit: (entry, lease) => commit.add({ entry, lease }),
    drain: commit.drain,
  };
}
