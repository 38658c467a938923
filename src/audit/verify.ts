import { type EntityManager, IsolationLevel } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { GENESIS } from './append.ts';
import { boundsOf, type ChainRow, neighbourOf, rowsBackwards } from './chain.ts';

export type AuditFault = {
  readonly kind: 'CHANGED' | 'MISSING' | 'INSERTED';
  readonly sequence: number;
  /** Empty where the record is missing. */
  readonly recordId: string;
};

export type Verification = {
  readonly recordCount: number;
  /** In the order of the chain; at most a thousand. */
  readonly faults: readonly AuditFault[];
  /** The chain's last hash; undefined where nothing was ever recorded. */
  readonly head: Buffer | undefined;
};

export type VerifyRange = {
  readonly project: string;
  /** From then on. */
  readonly since?: Date | undefined;
  /** Before then. */
  readonly until?: Date | undefined;
};

/** What is vouched for of the next older record by the records after it. */
type Expected = {
  /** Its hash; undefined where the record after it cannot be trusted, and it has to speak for itself. */
  hash: Buffer | undefined;
  /** The number it was written with. */
  number: number;
  /** How far above the number it was written with the record after it stands; undefined where that may change. */
  shift: number | undefined;
  /** The record after it. */
  newer: ChainRow | undefined;
};

const MAX_FAULTS = 1000;
/** So many records put in or taken out, with the rest renumbered, are still told one by one. */
const MAX_SHIFT = 100;

/**
 * Recomputes the project's chain as it is at one moment, from its end: each record is vouched for by the one after it,
 * the last one by the head, so that the fault is found where it is. Reads page by page.
 */
export function verifyAuditChain(deps: Deps, range: VerifyRange): Promise<Verification> {
  const isolationLevel = IsolationLevel.REPEATABLE_READ;
  return deps.store.em.fork().transactional(em => verify(em, range), { isolationLevel, readOnly: true });
}

async function verify(em: EntityManager, range: VerifyRange): Promise<Verification> {
  const { project } = range;
  const faults: AuditFault[] = [];
  const report = (kind: AuditFault['kind'], sequence: number, recordId = ''): void => {
    if (faults.length < MAX_FAULTS) faults.push({ kind, sequence, recordId });
  };
  const { first, last } = await boundsOf(em, { project, ...definedOf(range) });
  const head = await readHead(em, project);
  const above = range.until && (await neighbourOf(em, project, 'ABOVE', last));
  const expected = expectedOf(above, head, last);
  // Without its head nothing proves where the chain ends.
  if (above === undefined && head === undefined && last >= 1) report('MISSING', last + 1);

  let recordCount = 0;
  let waiting: ChainRow | undefined;
  for await (const row of rowsBackwards(em, project, first, last)) {
    recordCount += 1;
    if (waiting !== undefined) check(waiting, row, expected, report);
    waiting = row;
  }
  const below = await neighbourOf(em, project, 'BELOW', first);
  if (waiting !== undefined) check(waiting, below, expected, report);
  checkBeginning(below, expected, report, faults.length === 0);
  return { recordCount, faults: faults.toSorted((a, b) => a.sequence - b.sequence), head: head?.hash };
}

type Report = (kind: AuditFault['kind'], sequence: number, recordId?: string) => void;

/** Holds one record against what is expected of it, and goes on to the next older one. */
function check(row: ChainRow, older: ChainRow | undefined, expected: Expected, report: Report): void {
  const { hash, number, newer } = expected;
  const isVouchedFor = hash?.equals(row.hash) === true;
  const written = numberOf(row, number);
  const isRefused = hash !== undefined && !isVouchedFor;
  const isPutIn =
    number < 1 ||
    (isRefused && older !== undefined && hash.equals(older.hash)) ||
    (isRefused && (written ?? row.sequence - (expected.shift ?? 0)) > number);
  if (isPutIn) {
    report('INSERTED', row.sequence, row.id);
    // What was put in moved the records after it.
    expected.shift = undefined;
    return;
  }
  if (written === undefined || (isRefused && written === number)) {
    report('CHANGED', row.sequence, row.id);
    goOn(expected, row, number, undefined);
    // What it says of the record before is worth nothing, unless that one says the same.
    if (older === undefined || !older.hash.equals(row.previousHash)) expected.hash = undefined;
    return;
  }
  const shift = row.sequence - written;
  if (!isVouchedFor && written < number) reportMissing(report, written, number);
  else if (expected.shift !== undefined && expected.shift !== shift && newer !== undefined) {
    report('CHANGED', newer.sequence, newer.id);
  }
  goOn(expected, row, written, shift);
}

function goOn(expected: Expected, row: ChainRow, number: number, shift: number | undefined): void {
  expected.hash = row.previousHash;
  expected.number = number - 1;
  expected.shift = shift;
  expected.newer = row;
}

/** The number that the record's hash covers; undefined where it covers none that is near. */
function numberOf(row: ChainRow, expected: number): number | undefined {
  if (row.isWrittenAs(expected)) return expected;
  for (let distance = 0; distance <= MAX_SHIFT; distance++) {
    const found = [row.sequence - distance, row.sequence + distance].find(row.isWrittenAs);
    if (found !== undefined) return found;
  }
  return undefined;
}

function reportMissing(report: Report, above: number, to: number): void {
  for (let gone = to; gone > above && gone > to - MAX_FAULTS; gone--) report('MISSING', gone);
}

/** The oldest record read follows the one before it, or begins the chain. */
function checkBeginning(below: ChainRow | undefined, expected: Expected, report: Report, isIntact: boolean): void {
  const { hash, number, shift, newer } = expected;
  const reached = below === undefined ? 0 : (numberOf(below, number) ?? below.sequence);
  if (number > reached) {
    reportMissing(report, reached, number);
    return;
  }
  const isLinked = hash === undefined || hash.equals(below?.hash ?? GENESIS);
  const isMoved = isIntact && below === undefined && shift !== undefined && shift !== 0;
  if (!isLinked || isMoved) {
    const faulty = below ?? newer;
    report('CHANGED', faulty?.sequence ?? 1, faulty?.id);
  }
}

/** What the record above the range says of its last one; else the head does. */
function expectedOf(above: ChainRow | undefined, head: Head | undefined, last: number): Expected {
  const unmoved = { shift: undefined, newer: undefined };
  if (above === undefined) return { hash: head?.hash, number: head?.sequence ?? last, ...unmoved };
  const written = numberOf(above, above.sequence);
  return {
    hash: written === undefined ? undefined : above.previousHash,
    number: (written ?? above.sequence) - 1,
    ...unmoved,
  };
}

type Head = { readonly sequence: number; readonly hash: Buffer };

async function readHead(em: EntityManager, project: string): Promise<Head | undefined> {
  const [row] = await em.execute<{ sequence: string; hash: Buffer }[]>(
    'select sequence, hash from audit_heads where project = ?',
    [project],
  );
  return row && { sequence: Number(row.sequence), hash: row.hash };
}

function definedOf({ since, until }: VerifyRange): { since?: Date; until?: Date } {
  return { ...(since && { since }), ...(until && { until }) };
}
