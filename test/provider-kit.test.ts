import { expect, test } from 'vitest';
import type { Verified } from '../src/providers/delivery.ts';
import { mapLimited } from '../src/providers/kit/batch.ts';
import { formBody, jsonBody } from '../src/providers/kit/body.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import { relayPage } from '../src/providers/kit/relay.ts';
import { sliced } from '../src/providers/kit/sliced.ts';
import type { ReferenceItem } from '../src/providers/provider.ts';

const verified = (text: string) =>
  ({ body: Buffer.from(text), headers: {}, query: new URLSearchParams(), suffix: '' }) as unknown as Verified;
const item = (value: string): ReferenceItem => ({ value, label: value, state: 'PRESENT' });

test('maps in order with no more calls at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimited([1, 2, 3, 4, 5, 6, 7], 3, async value => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return value * 2;
  });
  expect(results).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
});

test('starts no further call once one has failed', async () => {
  const seen: number[] = [];
  const work = mapLimited([1, 2, 3, 4, 5, 6, 7, 8], 2, async value => {
    seen.push(value);
    await new Promise(setImmediate);
    if (value === 1) throw new ProviderError({ kind: 'refused' });
  });
  await expect(work).rejects.toThrow(ProviderError);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(seen.length).toBeLessThanOrEqual(3);
});

test('reads JSON to a depth of 64 and no deeper', () => {
  const nested = (depth: number) => verified(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  expect(jsonBody(nested(64))).toHaveProperty('a');
  expect(() => jsonBody(nested(65))).toThrow(ProviderError);
  expect(jsonBody(verified(JSON.stringify({ a: `"${'['.repeat(100)}\\` })))).toHaveProperty('a');
});

test('reads the first of a repeated form field, and no form of hundreds', () => {
  expect(formBody(verified('a=1&b=2&a=3'))).toEqual({ a: '1', b: '2' });
  expect(() => formBody(verified('a&'.repeat(201)))).toThrow(ProviderError);
  expect(() => formBody({ ...verified(''), body: Uint8Array.of(0xff) } as Verified)).toThrow(ProviderError);
});

test('slices a whole list into pages and refuses a cursor that is no offset', () => {
  const items = ['a', 'b', 'c'].map(item);
  const query = { q: '', dependsOn: {}, pageSize: 2 };
  expect(sliced(items, query)).toEqual({ items: items.slice(0, 2), nextCursor: '2' });
  expect(sliced(items, { ...query, cursor: '2' })).toEqual({ items: items.slice(2) });
  expect(() => sliced(items, { ...query, cursor: '-1' })).toThrow(ProviderError);
});

test('refuses a Relay page that promises another and names none', () => {
  const page = (pageInfo: object) => relayPage({ teams: { nodes: [{}], pageInfo } }, ['teams'], () => item('a'));
  expect(page({ hasNextPage: true, endCursor: 'x' }).nextCursor).toBe('x');
  expect(page({ hasNextPage: false, endCursor: 'x' }).nextCursor).toBeUndefined();
  expect(() => page({ hasNextPage: true, endCursor: null })).toThrow(ProviderError);
});
