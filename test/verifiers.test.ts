import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery, Webhook } from '../src/providers/delivery.ts';
import { addressAndFields, formField } from '../src/providers/kit/form_signature.ts';
import { hmac, secondsHeader } from '../src/providers/kit/hmac.ts';
import { sharedToken } from '../src/providers/kit/plain_token.ts';
import { publicKeySignature } from '../src/providers/kit/public_key.ts';
import { namedParts } from '../src/providers/kit/signature_list.ts';
import { momentIn } from '../src/providers/kit/verification.ts';
import { delivery, now, said } from './verifier_stage.ts';

/** Signs as the vendor would, by a key that others can make too. */
type Case = {
  readonly name: string;
  readonly verify: Webhook['verify'];
  readonly secret: string;
  readonly other: string;
  readonly sign: (body: string, at: Date) => Delivery;
  readonly header: string;
  /** Whether the body is under the signature. */
  readonly coversBody: boolean;
  readonly hasTime: boolean;
};

const ed25519 = generateKeyPairSync('ed25519');
const otherEd25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherP256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rawHex = (key: KeyObject) => Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url').toString('hex');
const spki = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');
const unix = (at: Date) => String(Math.floor(at.getTime() / 1000));
const timed = ({ headers, body }: Delivery) =>
  headers['x-time'] === undefined ? undefined : [headers['x-time'], body];
const cases: readonly Case[] = [
  {
    name: 'Ed25519 over time and body',
    verify: publicKeySignature({
      algorithm: 'ed25519',
      header: 'x-sig',
      encoding: 'hex',
      signed: timed,
      timestamp: secondsHeader('x-time'),
    }),
    secret: rawHex(ed25519.publicKey),
    other: rawHex(otherEd25519.publicKey),
    sign: (body, at) => {
      const signature = sign(null, Buffer.from(unix(at) + body), ed25519.privateKey).toString('hex');
      return delivery(body, { 'x-time': unix(at), 'x-sig': signature });
    },
    header: 'x-sig',
    coversBody: true,
    hasTime: true,
  },
  {
    name: 'ECDSA P-256 over time and body',
    verify: publicKeySignature({
      algorithm: 'ecdsa-p256',
      header: 'x-sig',
      encoding: 'base64',
      signed: timed,
      timestamp: secondsHeader('x-time'),
    }),
    secret: spki(p256.publicKey),
    other: spki(otherP256.publicKey),
    sign: (body, at) => {
      const signature = sign('sha256', Buffer.from(unix(at) + body), p256.privateKey).toString('base64');
      return delivery(body, { 'x-time': unix(at), 'x-sig': signature });
    },
    header: 'x-sig',
    coversBody: true,
    hasTime: true,
  },
  {
    name: 'HMAC in named parts of one header',
    verify: hmac({
      header: 'x-sig',
      given: ({ headers }) => namedParts(headers['x-sig'])('v1').join(','),
      separator: ',',
      signed: ({ headers, body }) => [`${namedParts(headers['x-sig'])('t')[0]}.`, body],
      timestamp: ({ headers }) => momentIn(namedParts(headers['x-sig'])('t')[0], 'seconds'),
    }),
    secret: 's3cret',
    other: 'another',
    sign: (body, at) => {
      const mac = createHmac('sha256', 's3cret')
        .update(`${unix(at)}.${body}`)
        .digest('hex');
      return delivery(body, { 'x-sig': `t=${unix(at)},v1=${'0'.repeat(64)},v1=${mac},v0=${mac}` });
    },
    header: 'x-sig',
    coversBody: true,
    hasTime: true,
  },
  {
    name: 'HMAC-SHA1 over the address and the fields of a form',
    verify: hmac({ header: 'x-sig', algorithm: 'sha1', encoding: 'base64', signed: addressAndFields }),
    secret: 's3cret',
    other: 'another',
    sign: body => {
      const form = `b=${encodeURIComponent(body)}&a=1`;
      const mac = createHmac('sha1', 's3cret').update(`https://here.example/hook?x=1a1b${body}`).digest('base64');
      return delivery(form, { 'x-sig': mac }, { url: 'https://here.example/hook?x=1' });
    },
    header: 'x-sig',
    coversBody: true,
    hasTime: false,
  },
  {
    name: 'HMAC in a field of the form',
    verify: hmac({
      header: '',
      given: one => formField(one, 'signature'),
      signed: one => {
        const [time, token] = [formField(one, 'timestamp'), formField(one, 'token')];
        return time === undefined || token === undefined ? undefined : [time, token];
      },
      timestamp: one => momentIn(formField(one, 'timestamp'), 'seconds'),
    }),
    secret: 's3cret',
    other: 'another',
    sign: (body, at) => {
      const token = Buffer.from(body).toString('hex');
      const signature = createHmac('sha256', 's3cret')
        .update(unix(at) + token)
        .digest('hex');
      return delivery(String(new URLSearchParams({ timestamp: unix(at), token, signature })));
    },
    header: '',
    coversBody: true,
    hasTime: true,
  },
  {
    name: 'a shared token in a header',
    verify: sharedToken(({ headers }) => headers['x-token']),
    secret: 's3cret',
    other: 'another',
    sign: body => delivery(body, { 'x-token': 's3cret' }),
    header: 'x-token',
    coversBody: false,
    hasTime: false,
  },
];

describe.each(cases.map(one => [one.name, one] as const))('%s', (_, one) => {
  const { verify, secret, other } = one;

  test('is taken with the secret, and with one of several', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), body => {
        expect(said(verify, one.sign(body, now), [secret])).toBe('OK');
        expect(said(verify, one.sign(body, now), [other, secret])).toBe('OK');
      }),
      { numRuns: 30 },
    );
  });

  test('fails closed: no secret, another, one that is none, no signature', () => {
    const genuine = one.sign('body', now);
    expect(said(verify, genuine, [])).toBe('SECRET_MISSING');
    expect(said(verify, genuine, [other])).toBe('SIGNATURE_WRONG');
    for (const none of ['', 'x', '00', '{}']) expect(said(verify, genuine, [none])).not.toBe('OK');
    const { [one.header]: _, ...unsigned } = genuine.headers;
    const bare = one.header === '' ? { ...genuine, body: Buffer.from('a=b') } : { ...genuine, headers: unsigned };
    expect(said(verify, bare, [secret])).toBe('SIGNATURE_MISSING');
  });

  test('is refused when a byte of the signature changes, or garbage stands in its place', () => {
    if (one.header === '') return expect(one.coversBody).toBe(true);
    const genuine = one.sign('body', now);
    const signature = genuine.headers[one.header] ?? '';
    const start = signature.indexOf('v1=') < 0 ? 0 : signature.lastIndexOf('v1=') + 3;
    const end = signature.includes(',v0') ? signature.indexOf(',v0') : signature.length;
    for (let i = start; i < end; i++) {
      const changed = signature.slice(0, i) + (signature[i] === 'A' ? 'B' : 'A') + signature.slice(i + 1);
      if (changed.toLowerCase() === signature.toLowerCase()) continue;
      expect(said(verify, { ...genuine, headers: { ...genuine.headers, [one.header]: changed } }, [secret])).not.toBe(
        'OK',
      );
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), garbage => {
        const headers = { ...genuine.headers, [one.header]: garbage };
        expect(said(verify, { ...genuine, headers }, [secret])).not.toBe('OK');
      }),
    );
  });

  test.runIf(one.coversBody)('is refused when any one byte of the body changes', () => {
    const genuine = one.sign('a body of some length', now);
    for (let i = 0; i < genuine.body.byteLength; i++) {
      const body = Buffer.from(genuine.body);
      body[i] = (body[i] ?? 0) ^ 1;
      expect(said(verify, { ...genuine, body }, [secret]), `byte ${i}`).not.toBe('OK');
    }
  });

  test.runIf(one.hasTime)('is refused when it is stale or from the future', () => {
    const signedAt = (ms: number) => one.sign('body', new Date(now.getTime() + ms));
    expect(said(verify, signedAt(-299_000), [secret])).toBe('OK');
    expect(said(verify, signedAt(-301_000), [secret])).toBe('TIMESTAMP_STALE');
    expect(said(verify, signedAt(59_000), [secret])).toBe('OK');
    expect(said(verify, signedAt(62_000), [secret])).toBe('TIMESTAMP_FUTURE');
  });
});

describe('a public key', () => {
  test('of another kind, or a private one, fits nothing', () => {
    const [byEd, byP256] = cases as [Case, Case];
    expect(said(byEd.verify, byEd.sign('x', now), [spki(p256.publicKey)])).toBe('SIGNATURE_WRONG');
    expect(said(byP256.verify, byP256.sign('x', now), [spki(ed25519.publicKey)])).toBe('SIGNATURE_WRONG');
    expect(said(byP256.verify, byP256.sign('x', now), [spki(rsa.publicKey)])).toBe('SIGNATURE_WRONG');
    const pem = p256.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    expect(said(byP256.verify, byP256.sign('x', now), [pem])).toBe('OK');
    expect(said(byEd.verify, byEd.sign('x', now), [spki(ed25519.publicKey)])).toBe('OK');
  });
});
