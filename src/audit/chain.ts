import type { EntityManager } from '@mikro-orm/postgresql';
import { hashRecord } from './append.ts';
import type { AuditChange } from './entity.ts';

/** A record as it stands in the store now, whatever was done to it. */
export type ChainRow = {
  readonly sequence: number;
  readonly id: string;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  /** Whether its hash is that of its fields under this number. */
  readonly isWrittenAs: (number: number) => boolean;
};

type Stored = Record<string, string> & { sequence: string; changes: unknown; previous_hash: Buffer; hash: Buffer };

const PAGE_ROWS = 1000;
/** The time with all its digits: the hash covers milliseconds, the store keeps microseconds. */
const COLUMNS = `project, sequence, id, to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as time, action, caller,
  resource, provider, purpose, run_id, lease_id, outcome, reason, changes, previous_hash, hash`;

/** The records from `first` to `last`, the last one first. */
export async function* rowsBackwards(
  em: EntityManager,
  project: string,
  first: number,
  last: number,
): AsyncGenerator<ChainRow> {
  let below = last + 1;
  for (;;) {
    const rows = await em.execute<Stored[]>(
      `select ${COLUMNS} from audit_records where project = ? and sequence >= ? and sequence < ?
       order by sequence desc limit ?`,
      [project, first, below, PAGE_ROWS],
    );
    for (const row of rows) yield rowOf(row);
    if (rows.length < PAGE_ROWS) return;
    below = Number(rows.at(-1)?.sequence);
  }
}

/** The nearest record below or above a place. */
export async function neighbourOf(
  em: EntityManager,
  project: string,
  side: 'BELOW' | 'ABOVE',
  sequence: number,
): Promise<ChainRow | undefined> {
  const [row] = await em.execute<Stored[]>(
    side === 'BELOW'
      ? `select ${COLUMNS} from audit_records where project = ? and sequence < ? order by sequence desc limit 1`
      : `select ${COLUMNS} from audit_records where project = ? and sequence > ? order by sequence limit 1`,
    [project, sequence],
  );
  return row && rowOf(row);
}

/** The place of the first record from `since` on, and of the last before `until`; an empty range crosses over. */
export async function boundsOf(
  em: EntityManager,
  { project, since, until }: { readonly project: string; readonly since?: Date; readonly until?: Date },
): Promise<{ readonly first: number; readonly last: number }> {
  const [row] = await em.execute<{ first: string | null; last: string | null; least: string; most: string }[]>(
    `select min(sequence) filter (where time >= ?) as first, max(sequence) filter (where time < ?) as last,
       coalesce(min(sequence), 1) as least, coalesce(max(sequence), 0) as most
     from audit_records where project = ?`,
    [since ?? new Date(0), until ?? new Date(8.64e15 / 100), project],
  );
  const [least, most] = [Number(row?.least ?? 1), Number(row?.most ?? 0)];
  return {
    first: since === undefined ? least : Number(row?.first ?? most + 1),
    last: until === undefined ? most : Number(row?.last ?? least - 1),
  };
}

function rowOf(stored: Stored): ChainRow {
  const { previous_hash: previousHash, hash } = stored;
  const sequence = Number(stored.sequence);
  const text = (name: string): string => stored[name] as string;
  const changes = stored.changes as AuditChange[];
  const fields = {
    project: text('project'),
    id: text('id'),
    time: text('time').replace(/000$/, 'Z'),
    action: text('action'),
    caller: text('caller'),
    resource: text('resource'),
    provider: text('provider'),
    purpose: text('purpose'),
    runId: text('run_id'),
    leaseId: text('lease_id'),
    outcome: text('outcome'),
    reason: text('reason'),
    changes,
  };
  const isWhole = Array.isArray(changes) && changes.every(isChange);
  return {
    sequence,
    id: fields.id,
    previousHash,
    hash,
    isWrittenAs: number => isWhole && hashRecord(previousHash, { ...fields, sequence: number }).equals(hash),
  };
}

/** The three fields that the hash covers, and nothing beside them. */
function isChange(change: unknown): boolean {
  if (typeof change !== 'object' || change === null) return false;
  const { field, before, after, ...others } = change as Record<string, unknown>;
  return [field, before, after].every(value => typeof value === 'string') && Object.keys(others).length === 0;
}
