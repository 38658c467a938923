import { IntegrationError } from '../errors.ts';
import { createGroupCommit } from '../group_commit.ts';
import type { Store } from '../store/open.ts';
import { type Admission, admitLeases, type LeaseRow } from './admit.ts';
import { type AuditEntry, appendAudit } from './append.ts';

export type AuditLog = {
  /** Resolves once the record is durable; rejects AUDIT_UNAVAILABLE where it cannot be. Records that come together share a commit. */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /**
   * The same for a record that hands out a lease, which is checked once more in the transaction that writes both. What is
   * over budget is recorded as DENIED, what is stale not at all. `startMs`: when that transaction began, as
   * `performance.now()` told.
   */
  readonly admit: (entry: AuditEntry, lease: LeaseRow) => Promise<Admission & { readonly startMs: number }>;
  readonly drain: () => Promise<void>;
};

const MAX_BATCH = 256;
const MAX_QUEUED = 10_000;

type Item = { readonly entry: AuditEntry; readonly lease: LeaseRow | undefined };
type Written = Admission & { readonly startMs: number };

export function createAuditLog(store: Store, now: () => Date): AuditLog {
  const commit = createGroupCommit<Item, Written>({
    maxBatch: MAX_BATCH,
    maxQueued: MAX_QUEUED,
    overloaded: () => new IntegrationError('AUDIT_UNAVAILABLE', {}, { retryDelayMs: 1_000 }),
    write: async batch => {
      const startMs = performance.now();
      try {
        return await store.em.fork().transactional(async em => {
          const leases = batch.flatMap(item => item.lease ?? []);
          const decided = await admitLeases(em, leases);
          const byLease = new Map(leases.map((lease, i) => [lease.id, decided[i] as Admission]));
          const written = batch.map(({ lease }): Written => {
            const admission = lease && byLease.get(lease.id);
            return { ...(admission ?? { kind: 'ADMITTED' }), startMs };
          });
          const entries = batch.flatMap((item, i) => recordOf(item.entry, written[i] as Written));
          if (entries.length > 0) await appendAudit(em, entries, now());
          return written;
        });
      } catch (cause) {
        throw new IntegrationError('AUDIT_UNAVAILABLE', {}, { cause, retryDelayMs: 1_000 });
      }
    },
  });
  return {
    record: async entry => {
      await commit.add({ entry, lease: undefined });
    },
    admit: (entry, lease) => commit.add({ entry, lease }),
    drain: commit.drain,
  };
}

function recordOf(entry: AuditEntry, { kind }: Admission): AuditEntry | [] {
  if (kind === 'STALE') return [];
  if (kind === 'ADMITTED') return entry;
  const { leaseId: _, ...rest } = entry;
  return { ...rest, outcome: 'DENIED', reason: 'RESOLVE_BUDGET_EXCEEDED' };
}
