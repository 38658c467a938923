import type { Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPipeline } from '../src/store/open.ts';
import type { Statements } from '../src/store/sql.ts';
import { openTransactions } from '../src/store/transactions.ts';
import { cloneDatabase, type Database } from './database.ts';

let database: Database;
let pool: pg.Pool;
let db: pg.Client;
/** The connection's. */
let socket: Socket | undefined;

beforeAll(async () => {
  database = await cloneDatabase();
  pool = openPipeline(database.url, 'test', { warn: () => undefined });
  pool.on('connect', client => {
    socket = (client as unknown as { connection: { stream: Socket } }).connection.stream;
  });
  db = new pg.Client({ connectionString: database.url });
  await db.connect();
  await db.query('create table notes (n int primary key, number int generated always as identity)');
});

afterAll(async () => {
  await db.end();
  await pool.end();
  await database.drop();
});

beforeEach(() => db.query('truncate notes'));

const note = (tx: Statements, n: number): Promise<unknown> => tx.execute('insert into notes (n) values (?)', [n]);
const kept = async (): Promise<number[]> => (await db.query('select n from notes order by number')).rows.map(r => r.n);
const transactions = () => openTransactions(pool);

describe('transactions on one connection', () => {
  test('keep the order they are asked for, and none waits for the answers of the one before', async () => {
    const transact = transactions();
    const told: string[] = [];
    const one = (n: number, seconds: number) =>
      transact(tx => {
        told.push(`${n} sent`);
        const result = Promise.all([note(tx, n), tx.execute(`select pg_sleep(${seconds})`)]).then(() => {
          told.push(`${n} answered`);
          return n;
        });
        return { sent: Promise.resolve(), result };
      });
    expect(await Promise.all([one(1, 0.1), one(2, 0), one(3, 0)])).toEqual([1, 2, 3]);
    expect(told).toEqual(['1 sent', '2 sent', '3 sent', '1 answered', '2 answered', '3 answered']);
    expect(await kept()).toEqual([1, 2, 3]);
  });

  test('begin when the one before has sent its last statement, however late that is', async () => {
    const transact = transactions();
    const late = transact(tx => {
      const writing = note(tx, 1).then(() => note(tx, 2));
      return { sent: writing, result: writing };
    });
    const next = transact(tx => {
      const writing = note(tx, 3);
      return { sent: Promise.resolve(), result: writing };
    });
    await Promise.all([late, next]);
    expect(await kept()).toEqual([1, 2, 3]);
    const { rows } = await db.query('select count(distinct xmin::text)::int as n from notes where n in (1, 2)');
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('that fail leave nothing, and those beside them as they are', async () => {
    const transact = transactions();
    const twice = (n: number) =>
      transact(tx => ({ sent: Promise.resolve(), result: Promise.all([note(tx, n), note(tx, n)]) }));
    const once = (n: number) => transact(tx => ({ sent: Promise.resolve(), result: note(tx, n) }));
    const unsent = transact(tx => {
      const sent = note(tx, 7).then(() => Promise.reject(new Error('no more')));
      return { sent, result: sent };
    });
    const ended = await Promise.allSettled([once(1), twice(2), unsent, once(3)]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((await kept()).toSorted()).toEqual([1, 3]);
    await once(4);
    expect(await kept()).toContain(4);
  });

  test.each([
    [
      'ended by the store',
      () => db.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ~ '^select pg_sleep'`),
    ],
    ['cut', async () => socket?.destroy(new Error('cut'))],
  ])('go on with another connection when theirs is %s', async (_, end) => {
    const transact = transactions();
    const lost = transact(tx => ({ sent: Promise.resolve(), result: tx.execute('select pg_sleep(5)') }));
    setTimeout(end, 100);
    await expect(lost).rejects.toThrow();
    await transact(tx => ({ sent: Promise.resolve(), result: note(tx, 5) }));
    expect(await kept()).toEqual([5]);
  });
});
