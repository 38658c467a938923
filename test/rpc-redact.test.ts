import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../src/rpc/call_record.ts';
import { createLogger, createRecorder } from '../src/rpc/log.ts';
import { redact } from '../src/rpc/redact.ts';
import { redactText } from '../src/rpc/redact_text.ts';
import { Secret } from '../src/secret.ts';

const word = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A token as its vendor makes it, and the part of it that must not be seen. */
const token = fc
  .tuple(
    fc.constantFrom(
      ['xoxb-', ''],
      ['xoxe.xoxp-', ''],
      ['xapp-', ''],
      ['ghp_', ''],
      ['gho_', ''],
      ['ghs_', ''],
      ['github_pat_', ''],
      ['lin_api_', ''],
      ['lin_oauth_', ''],
      ['sk-', ''],
      ['sk_live_', ''],
      ['whsec_', ''],
      ['ya29.', ''],
      ['Bearer ', ''],
      ['Basic ', ''],
      ['eyJhbGciOiJFUzI1NiJ9.', '.c2ln'],
      ['-----BEGIN PRIVATE KEY-----\n', '\n-----END PRIVATE KEY-----'],
      ['postgres://mobius:', '@db.internal:5432/mobius'],
      ['https://user:', '@example.com/x'],
    ),
    word(letters, 24, 40),
  )
  .map(([[before = '', after = ''], secret]) => ({ text: before + secret + after, secret }));
const spelling = fc.constantFrom<(text: string) => string>(
  text => text,
  text => encodeURIComponent(text),
  text => Buffer.from(text).toString('base64'),
  text => Buffer.from(text).toString('base64url'),
  text => JSON.stringify(JSON.stringify({ said: text })),
  text => Buffer.from(`user:${text}`).toString('base64'),
);
const around = fc.constantFrom('', ' ', 'said: "', "'", '\n', 'a=', '(', '{"x":"', 'got\\n');

const holds = (printed: string, secret: string, spelled: string) =>
  printed.includes(secret) || printed.includes(spelled);

describe('redaction', () => {
  test('no token survives anywhere in a text, in plain, URL or base64 encoding', () => {
    fc.assert(
      fc.property(token, spelling, around, around, fc.string(), ({ text, secret }, spell, before, after, noise) => {
        const spelled = spell(text);
        expect(holds(redactText(`${noise} ${before}${spelled}${after} ${noise}`), secret, spelled)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('no token survives anywhere in a value: keys, elements, maps, errors and their causes', () => {
    const place = fc.constantFrom<(text: string) => unknown>(
      text => ({ a: { b: [1, text] } }),
      text => ({ [text]: 1 }),
      text => new Map([['k', text]]),
      text => new Set([text]),
      text => new Error(`failed: ${text}`),
      text => new Error('failed', { cause: new Error(text) }),
      text => Object.assign(new Error('failed'), { response: { body: text } }),
      text => new URL(`https://example.com/?q=${encodeURIComponent(text)}`),
      text => ({ toJSON: () => ({ text }) }),
    );
    fc.assert(
      fc.property(token, place, ({ text, secret }, put) => {
        expect(JSON.stringify(redact(put(text)))).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  test('whatever stands under the name of a secret is cut, however short or odd', () => {
    const name = fc.constantFrom(
      'authorization', 'Cookie', 'set-cookie', 'access_token', 'refreshToken', 'client_secret', 'password', 'api_key',
      'apiKey', 'x-api-key', 'credentials', 'private_key', 'code', 'state', 'code_verifier', 'client_assertion',
    ); // biome-ignore format: a list
    fc.assert(
      fc.property(name, word(letters, 8, 12), (key, secret) => {
        const value = `${secret}1z`;
        expect(JSON.stringify(redact({ req: { [key]: value } }))).not.toContain(value);
        expect(JSON.stringify(redact({ req: { [key]: { nested: value } } }))).not.toContain(value);
        expect(JSON.stringify(redact({ req: { [key]: [value] } }))).not.toContain(value);
      }),
    );
  });

  test('the fields of our own lines are kept', () => {
    const line = {
      method: 'mobius.integrations.v1.IntegrationService/GetIntegration',
      caller: 'spiffe://mobius/executor',
      project: 'demo',
      code: 'failed_precondition',
      reason: 'INTEGRATION_NOT_FOUND',
      durationMs: 1.234,
      requestId: '5b0c8c1e-6b5e-4f0e-9b57-0b7b0c1d2e3f',
      integration: 'intg_01h455vb4pex5vsknk084sn02q',
      err: { code: 'ECONNREFUSED' },
      state: 'NEEDS_SETUP',
    };
    expect(redact(line)).toEqual(line);
    expect(redact({ code: '23505' })).toEqual({ code: '23505' });
  });

  test('never throws and stays bounded, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        value => {
          const printed = JSON.stringify(redact(value)) ?? '';
          expect(printed.length).toBeLessThan(150_000);
        },
      ),
      { numRuns: 500 },
    );
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = [
      circular,
      revoked.proxy,
      new Proxy({}, { ownKeys: () => { throw new Error('no'); } }), // biome-ignore format: short
      { get a() { throw new Error('no'); } }, // biome-ignore format: short
      { toJSON() { throw new Error('no'); } }, // biome-ignore format: short
      new Date(Number.NaN),
      Object.create(null),
      JSON.parse('{"__proto__": {"x": 1}}'),
      Buffer.alloc(1000),
      () => 1,
      Symbol('x'),
    ];
    for (const value of hostile) expect(() => JSON.stringify(redact({ value }))).not.toThrow();
    let deep: unknown = 'end';
    for (let i = 0; i < 10_000; i++) deep = { deep };
    expect(JSON.stringify(redact(deep)).length).toBeLessThan(500);
    const wide = Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, () => 'x'.repeat(1000)));
    expect(JSON.stringify(redact(wide)).length).toBeLessThan(100_000);
  });

  test('a token across the cut of a long text is not half shown', () => {
    const secret = 'S3cr3tS3cr3tS3cr3tS3cr3t';
    for (const shape of [`xoxb-${secret}`, `postgres://u:${secret}@h/d`, `-----BEGIN PRIVATE KEY-----\n${secret}`]) {
      for (let at = 8 * 1024 - 40; at < 8 * 1024 + 10; at++) {
        expect(redactText(`${'. '.repeat(at / 2)}${shape}${' .'.repeat(9000)}`)).not.toContain('S3cr3tS3');
      }
      for (let at = 16 * 1024 - 60; at < 16 * 1024 + 10; at++) {
        const filler = `xoxb-${'a'.repeat(900)} `.repeat(18).slice(0, at);
        expect(redactText(`${filler} ${shape} ${' .'.repeat(9000)}`)).not.toContain('S3cr3tS3');
      }
    }
  });

  test('hostile texts are read in a moment', () => {
    const texts = [
      'a://'.repeat(4096),
      'a:'.repeat(8192),
      '-----BEGIN '.repeat(1500),
      'eyJ'.repeat(5000),
      '%41'.repeat(5000),
      'Bearer '.repeat(2300),
    ];
    for (const text of texts) {
      // CPU time: a busy machine makes the clock run on, not the work.
      const start = process.cpuUsage();
      redactText(text);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1000).toBeLessThan(500);
    }
  });

  test('every way into the logger is redacted', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', destination: { write: line => void lines.push(line) } });
    const secret = 'xoxb-1234567890-abcdefghij';
    log.info({ note: secret, secret: new Secret('x') }, `said ${secret}`);
    log.info(`said ${secret}`);
    log.info('said %s and %o', secret, { token: secret });
    log.error(new Error(secret, { cause: secret }));
    log.error({ err: new Error(secret) });
    log.error({ err: { message: secret } });
    log.child({ token: secret, note: secret }).info('child');
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      expect(line).not.toContain('1234567890');
      expect(() => JSON.parse(line)).not.toThrow();
    }
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ level: 'error', err: { type: 'Error', message: '[redacted]' } });
  });

  test.each(['method', 'caller', 'project', 'requestId'] as const)('a token as the %s of a call is cut out', field => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', destination: { write: line => void lines.push(line) } });
    const call: CallRecord = {
      method: 'a.Service/Do',
      caller: 'user:alice',
      project: 'demo',
      code: 'ok',
      reason: 'RATE_LIMITED',
      durationMs: 1,
      protocol: 'rest',
      requestId: 'one',
    };
    const record = createRecorder(log, () => undefined);
    record({ ...call, [field]: 'xoxb-1234567890-abcdefghij' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', ...call, [field]: '[redacted]', msg: 'call' });
  });
});
