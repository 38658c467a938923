import { hash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { typeidUnboxed } from 'typeid-js';
import { bigintArray, byteaArray, textArray } from '../store/binary_array.ts';
import { boundStatements, type Statements } from '../store/sql.ts';
import type { AuditChange, AuditOutcome } from './entity.ts';

/** What is put on record. Never a secret: the fields say who did what to which resource, and why. */
export type AuditEntry = {
  readonly project: string;
  /** `noun.verb`: `integration.connect`, `credential.resolve`. */
  readonly action: string;
  readonly caller: string;
  /** The id of what was acted on; empty where there is none yet. */
  readonly resource: string;
  readonly provider: string;
  readonly purpose?: string;
  readonly runId?: string;
  readonly leaseId?: string;
  readonly outcome: AuditOutcome;
  /** Why it was denied or failed. */
  readonly reason?: string;
  readonly changes?: readonly AuditChange[];
};

export type ChainedRecord = {
  readonly project: string;
  readonly sequence: number;
  readonly id: string;
  readonly time: string;
  readonly action: string;
  readonly caller: string;
  readonly resource: string;
  readonly provider: string;
  readonly purpose: string;
  readonly runId: string;
  readonly leaseId: string;
  readonly outcome: string;
  readonly reason: string;
  readonly changes: readonly AuditChange[];
};

/** A chain begins with this in place of a record before. */
export const GENESIS = Buffer.alloc(32);

/** SHA-256 over the record before's hash and this record's fields, in this order. */
export function hashRecord(previousHash: Uint8Array, r: ChainedRecord): Buffer {
  const changes = r.changes.map(c => [c.field, c.before, c.after]);
  const told = [
    r.action,
    r.caller,
    r.resource,
    r.provider,
    r.purpose,
    r.runId,
    r.leaseId,
    r.outcome,
    r.reason,
    changes,
  ];
  const fields = [r.project, r.sequence, r.id, r.time, ...told];
  return hash('sha256', Buffer.concat([previousHash, Buffer.from(JSON.stringify(fields))]), 'buffer');
}

/**
 * Appends within the caller's transaction: the records are durable with what they tell of, or neither is. Chains are
 * locked in the order of their projects until the transaction ends.
 */
export async function appendAudit(em: EntityManager, entries: readonly AuditEntry[], now: Date): Promise<void> {
  const tx = boundStatements(em);
  const projects = [...new Set(entries.map(e => e.project))];
  await beginChains(tx, projects);
  await appendAfter(tx, await lockHeads(tx, projects), entries, now);
}

/** The ends of chains, by project, locked until the transaction ends. */
export type Heads = ReadonlyMap<string, ChainEnd>;
type ChainEnd = { readonly sequence: number; readonly hash: Uint8Array };

export async function beginChains(em: Statements, projects: readonly string[]): Promise<void> {
  await em.execute(
    `insert into audit_heads (project, sequence, hash) select p, 0, ?::bytea from unnest(?::text[]) p order by p
     on conflict do nothing`,
    [GENESIS, textArray(projects)],
  );
}

export async function lockHeads(em: Statements, projects: readonly string[]): Promise<Heads> {
  const heads = await em.execute<{ project: string; sequence: string; hash: Buffer }[]>(
    'select project, sequence, hash from audit_heads where project = any(?::text[]) order by project for update',
    [textArray(projects)],
  );
  return new Map(heads.map(h => [h.project, { sequence: Number(h.sequence), hash: h.hash }]));
}

/** What is stored with the records, by their statement: by one of its own a resolve took 6 % more of our CPU. */
export type Insert = { readonly sql: string; readonly values: readonly Buffer[] };

/** The second half of appendAudit, for whoever has the heads already. It is sent before this yields. */
export async function appendAfter(
  em: Statements,
  heads: Heads,
  entries: readonly AuditEntry[],
  now: Date,
  beside?: Insert,
): Promise<void> {
  const ends = new Map<string, ChainEnd>();
  const time = now.toISOString();
  const rows = entries.map(entry => {
    const end = ends.get(entry.project) ?? heads.get(entry.project);
    if (end === undefined) throw new Error('an audit chain has no head');
    const record: ChainedRecord = {
      project: entry.project,
      sequence: end.sequence + 1,
      id: typeidUnboxed('audt'),
      time,
      action: entry.action,
      caller: entry.caller,
      resource: entry.resource,
      provider: entry.provider,
      purpose: entry.purpose ?? '',
      runId: entry.runId ?? '',
      leaseId: entry.leaseId ?? '',
      outcome: entry.outcome,
      reason: entry.reason ?? '',
      changes: entry.changes ?? [],
    };
    const next = { sequence: record.sequence, hash: hashRecord(end.hash, record) };
    ends.set(entry.project, next);
    return { ...record, previousHash: end.hash, hash: next.hash };
  });
  const texts = (read: (row: ChainedRecord) => string): Buffer => textArray(rows.map(read));
  const moved = [...ends];
  await em.execute(
    `with ${beside === undefined ? '' : `beside as (${beside.sql}), `}moved as (
       update audit_heads h set sequence = e.sequence, hash = e.hash
       from unnest(?::text[], ?::bigint[], ?::bytea[]) as e (project, sequence, hash) where h.project = e.project)
     insert into audit_records (project, sequence, id, time, action, caller, resource, provider, purpose, run_id, lease_id,
       outcome, reason, changes, previous_hash, hash)
     select r.project, r.sequence, r.id, ?::timestamptz, r.action, r.caller, r.resource, r.provider, r.purpose, r.run_id,
       r.lease_id, r.outcome, r.reason, r.changes::jsonb, r.previous_hash, r.hash
     from unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
       ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bytea[])
       as r (project, sequence, id, action, caller, resource, provider, purpose, run_id, lease_id, outcome, reason, changes,
         previous_hash, hash)`,
    [
      ...(beside?.values ?? []),
      textArray(moved.map(([project]) => project)),
      bigintArray(moved.map(([, end]) => end.sequence)),
      byteaArray(moved.map(([, end]) => end.hash)),
      time,
      texts(r => r.project),
      bigintArray(rows.map(r => r.sequence)),
      texts(r => r.id),
      texts(r => r.action),
      texts(r => r.caller),
      texts(r => r.resource),
      texts(r => r.provider),
      texts(r => r.purpose),
      texts(r => r.runId),
      texts(r => r.leaseId),
      texts(r => r.outcome),
      texts(r => r.reason),
      texts(r => (r.changes.length === 0 ? '[]' : JSON.stringify(r.changes))),
      byteaArray(rows.map(r => r.previousHash)),
      byteaArray(rows.map(r => r.hash)),
    ],
  );
}
