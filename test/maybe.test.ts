import { expect, test } from 'vitest';
import { type Readings, readThrough, whenThere } from '../src/maybe.ts';

test('what is at hand is gone on with at once, and what is not when it is there', async () => {
  expect(whenThere(2, n => n + 1)).toBe(3);
  await expect(whenThere(Promise.resolve(2), n => n + 1)).resolves.toBe(3);
});

test('those who ask together share one reading, and what it gave lies there', async () => {
  const readings: Readings<string, number> = new Map();
  let reads = 0;
  const read = () => readThrough(readings, 'key', async () => ++reads);
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  expect(read()).toBe(1);
});

test('what failed is told to all who asked, dropped, and read anew', async () => {
  const readings: Readings<string, number> = new Map();
  let dropped = 0;
  const fail = () =>
    readThrough(
      readings,
      'key',
      () => Promise.reject(new Error('away')),
      () => void dropped++,
    );
  const asked = await Promise.allSettled([fail(), fail()]);
  expect(asked.map(each => each.status)).toEqual(['rejected', 'rejected']);
  expect(dropped).toBe(1);
  expect(await readThrough(readings, 'key', async () => 7)).toBe(7);
});
