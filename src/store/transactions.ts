import type { Pool, PoolClient } from 'pg';
import { type Statements, statementsOn } from './sql.ts';

/** Work in a transaction: `sent` resolves when no statement follows, `result` with the last answer. */
export type Work<T> = (tx: Statements) => { readonly sent: Promise<unknown>; readonly result: Promise<T> };

/** Runs the work in a transaction; resolves with its result once that is committed. */
export type Transact = <T>(work: Work<T>) => Promise<T>;

/**
 * Transactions on the pool's one pipelining connection, in the order they are asked for. Each is sent as soon as the one before
 * has been, without waiting for its answers, so that the store goes from one to the next without us.
 */
export function openTransactions(pool: Pool): Transact {
  let client: Promise<PoolClient> | undefined;
  let underWay = 0;
  let hasFailed = false;
  let lastSent: Promise<unknown> = Promise.resolve();

  const hold = async (): Promise<PoolClient> => {
    const held = await pool.connect();
    // What was under way hears of it as well.
    held.on('error', ignore);
    return held;
  };
  const letGo = async (): Promise<void> => {
    const held = await client;
    if (underWay > 0) return;
    client = undefined;
    held?.off('error', ignore);
    // Whatever was begun on it ends with it.
    held?.release(hasFailed);
    hasFailed = false;
  };

  return async work => {
    underWay++;
    client ??= hold();
    const before = lastSent;
    const beginning = Promise.all([client, before]).then(([held]) => begin(held, work));
    lastSent = beginning.then(({ sent }) => sent).catch(ignore);
    try {
      return await (await beginning).result;
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      underWay--;
      await letGo().catch(() => {
        client = undefined;
      });
    }
  };
}

/** It ends whatever fails in it: a commit after a failed statement undoes. */
function begin<T>(client: PoolClient, work: Work<T>) {
  const beginning = client.query('begin');
  const { sent, result } = work(statementsOn(client));
  const end = sent.then(
    () => ({ ended: client.query('commit') }),
    () => ({ ended: client.query('rollback') }),
  );
  const all = Promise.all([result, beginning, sent, end.then(({ ended }) => ended)]);
  return { sent: end, result: all.then(([value]) => value) };
}

const ignore = (): void => undefined;
