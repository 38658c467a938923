import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { type Keyring, wrapProved } from './keyring.ts';
import { wrapPlace } from './vault.ts';

export type RewrapProgress = {
  readonly phase: 'REWRAP' | 'VERIFY' | 'DONE';
  readonly totalCount: number;
  readonly doneCount: number;
  readonly failedCount: number;
  /** At most a hundred. */
  readonly failedProjects: readonly string[];
};

type Row = { readonly project: string; readonly id: number; readonly keyring_key: string; readonly wrapped: Buffer };
type Counted = { totalCount: number; doneCount: number; failedCount: number; readonly failedProjects: Set<string> };

const PAGE_ROWS = 200;
/** A remote keyring takes some ten milliseconds a call. */
const AT_ONCE = 8;
const TELL_MS = 900;
const MAX_NAMED = 100;

/**
 * Wraps every data key with the active key, row by row while the service serves, then opens each again. What is done
 * stays done: calling again goes on with the rest. A data key that does not open is counted and left as it is; a keyring
 * that is away ends the work with KEYRING_UNAVAILABLE. Two at once do no harm.
 */
export async function* rewrapKeys(
  deps: Deps,
  request: { readonly verifyOnly: boolean; readonly caller: string; readonly signal: AbortSignal },
): AsyncGenerator<RewrapProgress> {
  const { keyring } = deps;
  const em = deps.store.em.fork();
  let rewrapped: RewrapProgress | undefined;
  if (!request.verifyOnly) {
    for await (const progress of work(
      em,
      'REWRAP',
      request.signal,
      row => rewrapRow(em, keyring, row),
      keyring.active,
    )) {
      rewrapped = progress;
      yield progress;
    }
    await deps.audit.record({
      project: '',
      action: 'keyring.rewrap',
      caller: request.caller,
      resource: keyring.active,
      provider: '',
      outcome: rewrapped?.failedCount === 0 ? 'SUCCEEDED' : 'FAILED',
      changes: [
        { field: 'rewrapped', before: '', after: String((rewrapped?.doneCount ?? 0) - (rewrapped?.failedCount ?? 0)) },
        { field: 'failed', before: '', after: String(rewrapped?.failedCount ?? 0) },
      ],
    });
  }
  let last: RewrapProgress | undefined;
  for await (const progress of work(em, 'VERIFY', request.signal, row => verifyRow(keyring, row))) {
    last = progress;
    yield progress;
  }
  if (last !== undefined) yield { ...last, phase: 'DONE' };
}

/** Does `each` to the data keys, those of the active key left out where it is given; tells at least once a second. */
async function* work(
  em: EntityManager,
  phase: 'REWRAP' | 'VERIFY',
  signal: AbortSignal,
  each: (row: Row) => Promise<void>,
  activeKey?: string,
): AsyncGenerator<RewrapProgress> {
  const counted: Counted = { totalCount: 0, doneCount: 0, failedCount: 0, failedProjects: new Set() };
  const tell = (): RewrapProgress => ({ phase, ...counted, failedProjects: [...counted.failedProjects] });
  const [total] = await em.execute<{ n: string }[]>(
    'select count(*) as n from data_keys where wrapped is not null and keyring_key <> ?',
    [activeKey ?? ''],
  );
  counted.totalCount = Number(total?.n ?? 0);
  yield tell();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const working = workThrough(em, counted, stopped, each, activeKey ?? '');
  try {
    let isDone = false;
    while (!isDone) {
      isDone = await Promise.race([working.then(() => true), delay(TELL_MS, false, { signal: stop.signal })]);
      yield tell();
    }
  } finally {
    // The stream was called off, or the work failed: nothing goes on behind the caller's back.
    stop.abort();
    await working.catch(() => undefined);
  }
  signal.throwIfAborted();
}

async function workThrough(
  em: EntityManager,
  counted: Counted,
  signal: AbortSignal,
  each: (row: Row) => Promise<void>,
  leftOut: string,
): Promise<void> {
  let [project, id] = ['', 0];
  while (!signal.aborted) {
    const rows = await em.execute<Row[]>(
      `select project, id, keyring_key, wrapped from data_keys
       where (project, id) > (?, ?) and wrapped is not null and keyring_key <> ? order by project, id limit ?`,
      [project, id, leftOut, PAGE_ROWS],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    [project, id] = [last.project, last.id];
    for (let from = 0; from < rows.length && !signal.aborted; from += AT_ONCE) {
      await Promise.all(rows.slice(from, from + AT_ONCE).map(row => count(counted, row, each)));
    }
  }
}

async function count(counted: Counted, row: Row, each: (row: Row) => Promise<void>): Promise<void> {
  try {
    await each(row);
  } catch (error) {
    if (error instanceof IntegrationError) throw error;
    counted.failedCount += 1;
    if (counted.failedProjects.size < MAX_NAMED) counted.failedProjects.add(row.project);
  }
  counted.doneCount += 1;
  // Made while we worked.
  counted.totalCount = Math.max(counted.totalCount, counted.doneCount);
}

/** The row changes only where it is still as it was read: a shredded data key stays shredded. */
async function rewrapRow(em: EntityManager, keyring: Keyring, row: Row): Promise<void> {
  const place = wrapPlace(row.project, row.id);
  const dataKey = await keyring.unwrap(row.keyring_key, row.wrapped, place);
  const wrapped = await wrapProved(keyring, dataKey, place);
  dataKey.fill(0);
  await em.execute(
    'update data_keys set keyring_key = ?, wrapped = ? where project = ? and id = ? and keyring_key = ? and wrapped = ?',
    [keyring.active, wrapped, row.project, row.id, row.keyring_key, row.wrapped],
  );
}

async function verifyRow(keyring: Keyring, row: Row): Promise<void> {
  const dataKey = await keyring.unwrap(row.keyring_key, row.wrapped, wrapPlace(row.project, row.id));
  dataKey.fill(0);
}
