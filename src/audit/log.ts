import { IntegrationError } from '../errors.ts';
import { createGroupCommit } from '../group_commit.ts';
import type { Store } from '../store/open.ts';
import { type AuditEntry, appendAudit } from './append.ts';

export type AuditLog = {
  /** Resolves once the record is durable; rejects AUDIT_UNAVAILABLE where it cannot be. Records that come together share a commit. */
  readonly record: (entry: AuditEntry, lease?: LeaseRow) => Promise<void>;
  readonly drain: () => Promise<void>;
};

/** A lease goes to the store with the record that tells of it. */
export type LeaseRow = {
  readonly project: string;
  readonly id: string;
  readonly integrationId: string;
  readonly version: number;
  readonly caller: string;
  readonly purpose: string;
  readonly runId: string;
  readonly createTime: string;
  readonly expireTime: string;
};

const MAX_BATCH = 256;
const MAX_QUEUED = 10_000;

export function createAuditLog(store: Store, now: () => Date): AuditLog {
  const commit = createGroupCommit<{ entry: AuditEntry; lease: LeaseRow | undefined }, void>({
    maxBatch: MAX_BATCH,
    maxQueued: MAX_QUEUED,
    overloaded: () => new IntegrationError('AUDIT_UNAVAILABLE', {}, { retryDelayMs: 1_000 }),
    write: async batch => {
      const leases = batch.flatMap(item => item.lease ?? []);
      try {
        await store.em.fork().transactional(async em => {
          if (leases.length > 0) {
            await em.execute(
              `insert into credential_leases (project, id, integration_id, version, caller, purpose, run_id, create_time,
                 expire_time)
               select l->>'project', l->>'id', l->>'integrationId', (l->>'version')::int, l->>'caller', l->>'purpose',
                 l->>'runId', (l->>'createTime')::timestamptz, (l->>'expireTime')::timestamptz
               from jsonb_array_elements(?::jsonb) l`,
              [JSON.stringify(leases)],
            );
          }
          await appendAudit(
            em,
            batch.map(item => item.entry),
            now(),
          );
        });
      } catch (cause) {
        throw new IntegrationError('AUDIT_UNAVAILABLE', {}, { cause, retryDelayMs: 1_000 });
      }
      return batch.map(() => undefined);
    },
  });
  return { record: (entry, lease) => commit.add({ entry, lease }), drain: commit.drain };
}
