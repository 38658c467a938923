import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bigintArray, byteaArray, intArray, textArray, timestampArray } from '../src/store/binary_array.ts';
import { cloneDatabase, type Database } from './database.ts';

let database: Database;
let db: pg.Client;

beforeAll(async () => {
  database = await cloneDatabase();
  db = new pg.Client({ connectionString: database.url });
  await db.connect();
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

/** The array as PostgreSQL has it, each value in its own words. */
async function told(array: Buffer, type: string): Promise<string[]> {
  const { rows } = await db.query<{ values: string[] }>(
    `select array(select v::text from unnest($1::${type}[]) with ordinality as w (v, n) order by n) as values`,
    [array],
  );
  return rows[0]!.values;
}

const texts = [
  '',
  'plain',
  '"quoted", \\ {and} NULL',
  'null',
  'Grüße, 世界 🚀',
  '\ud800',
  ' a\nb\t',
  'x'.repeat(70_000),
];

test('texts of every kind arrive as they are', async () => {
  const arrived = await told(textArray(texts), 'text');
  expect(arrived).toEqual(texts.map(text => text.toWellFormed()));
});

test.each([
  ['int', intArray, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
  ['bigint', bigintArray, [0, 1, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
] as const)('numbers arrive as %s', async (type, arrayOf, numbers) => {
  expect((await told(arrayOf([...numbers]), type)).map(Number)).toEqual(numbers);
});

test('bytes arrive', async () => {
  const bytes = [Buffer.alloc(0), Buffer.from([0, 255, 92, 120]), Buffer.alloc(100_000, 7)];
  expect(await told(byteaArray(bytes), 'bytea')).toEqual(bytes.map(each => `\\x${each.toString('hex')}`));
});

test('times arrive to the millisecond, also those before 2000', async () => {
  const times = [
    '2026-11-30T05:04:52.346Z',
    '1999-12-31T23:59:59.999Z',
    '2000-01-01T00:00:00.000Z',
    '2262-04-11T00:00:00.001Z',
  ];
  const { rows } = await db.query<{ time: Date }>('select unnest($1::timestamptz[]) as time', [
    timestampArray(times.map(time => new Date(time))),
  ]);
  expect(rows.map(({ time }) => time.toISOString())).toEqual(times);
});

test('none are an empty array', async () => {
  for (const array of [textArray([]), intArray([]), byteaArray([])]) expect(array.byteLength).toBe(12);
  expect(await told(textArray([]), 'text')).toEqual([]);
});

test('an array made later does not change one made before', async () => {
  const before = textArray(['before', 'it']);
  textArray(['later', 'on']);
  expect(await told(before, 'text')).toEqual(['before', 'it']);
});
