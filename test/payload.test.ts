import { describe, expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES, storable } from '../src/events/payload.ts';
import type { Verified } from '../src/providers/delivery.ts';
import { jsonBody } from '../src/providers/kit/body.ts';

const deps = { catalog: { eventType: () => undefined }, events: { keepsMailText: false } };
const of = { eventType: 'vendor.thing', schemaVersion: 1, deliveryKey: 'd', accountId: 'a' };

function kept(body: string) {
  const bytes = Buffer.from(body);
  const payload = jsonBody({
    body: bytes,
    headers: {},
    query: new URLSearchParams(),
    suffix: '',
  } as unknown as Verified);
  const event = storable(deps as unknown as Parameters<typeof storable>[0], { ...of, payload });
  if (event === undefined) throw new Error('not kept');
  return { ...event, isAsItCame: event.payloadJson === bytes, text: Buffer.from(event.payloadJson).toString() };
}

const token = `ghp_${'a'.repeat(36)}`;

describe('a body that is a payload', () => {
  test.each([
    '{"a":1}',
    '{ "a" : [1, 2.50, -0, 1e3], "b": {"c": null} }\n',
    '{"text":"a \\"quote\\", a \\\\ and a \\n line, ü and 😀"}',
    '{"password":null,"token_count":3}',
  ])('is stored as it came: %s', body => {
    expect(kept(body).isAsItCame).toBe(true);
    expect(JSON.parse(kept(body).text)).toEqual(JSON.parse(body));
  });

  test.each([
    ['a token', `{"text":"see ${token} there"}`],
    ['a token with an escaped letter', `{"text":"see \\u0067hp_${'a'.repeat(36)} there"}`],
    ['a token with an escaped slash', `{"text":"whsec_${'ab\\/'.repeat(8)}"}`],
    ['a secret under its name', '{"password":"hunter2"}'],
    ['a secret behind space', '{"password" :\n "hunter2"}'],
    ['a secret under an escaped name', '{"pass\\u0077ord":"hunter2"}'],
    ['a secret under a name that comes twice', '{"password":null,"password":"hunter2"}'],
  ])('is cleaned first where it holds %s', (_, body) => {
    const { text, payload } = kept(body);
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/hunter2|aaaaaaaa|ab\\?\/ab/);
    expect(JSON.parse(text)).toEqual(payload);
  });

  test.each([
    ['NUL', '{"text":"a\\u0000b"}', 'a\u{FFFD}b'],
    ['half a character', '{"text":"a\\ud83db"}', 'a\u{FFFD}b'],
  ])('is made storable where it holds %s', (_, body, text) => {
    expect(JSON.parse(kept(body).text)).toEqual({ text });
  });

  test('is stored without the mark of its byte order, which is no JSON to the store', () => {
    expect(kept('\u{FEFF}{"a":1}').text).toBe('{"a":1}');
  });

  test('is measured without the space between its parts', () => {
    const spaced = `{${' '.repeat(MAX_PAYLOAD_BYTES)}"list":[1]}`;
    expect(kept(spaced)).toMatchObject({ text: '{"list":[1]}', payloadTruncated: false });
    const long = `{"list":["${'x'.repeat(MAX_PAYLOAD_BYTES)}"],"n":1}`;
    expect(kept(long)).toMatchObject({ text: '{"n":1}', payloadTruncated: true });
  });
});

describe('a body that is nested', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

  test('64 levels deep is read, and deeper is not', () => {
    expect(() => kept(nested(64))).not.toThrow();
    expect(() => kept(nested(65))).toThrow();
    expect(() => kept(`{"a":[${'{"b":[]},'.repeat(100)}1],"c":"${'{['.repeat(100)}"}`)).not.toThrow();
  });
});
