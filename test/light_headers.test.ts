import { expect, test } from 'vitest';
import { lightHeaders } from '../src/rpc/lean/headers.ts';

const given = { ':path': '/secret', 'x-one': '1', 'x-many': ['a', 'b'], 'x-none': undefined };

test.each([
  ['as they came', () => lightHeaders(given)],
  [
    'once changed',
    () => {
      const headers = lightHeaders(given);
      headers.set('x-else', 'else');
      headers.delete('X-Else');
      return headers;
    },
  ],
])('fields %s are found by any case, joined, and without those of HTTP/2 itself', (_how, make) => {
  const headers = make();
  expect(headers.get('X-One')).toBe('1');
  expect(headers.get('x-many')).toBe('a, b');
  expect(headers.get(':path')).toBeNull();
  expect(headers.has('x-none')).toBe(false);
  expect([...headers]).toEqual([
    ['x-one', '1'],
    ['x-many', 'a, b'],
  ]);
});

test('what is set is there, and what is appended comes after it', () => {
  const headers = lightHeaders();
  headers.append('X-One', '1');
  headers.append('x-one', '2');
  expect([...headers.entries()]).toEqual([['x-one', '1, 2']]);
});
