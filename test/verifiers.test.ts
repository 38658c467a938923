import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { sign as octokitSign, verify as octokitVerify } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveWebhooks } from '../src/events/webhook.ts';
import { indexCatalog } from '../src/providers/catalog_index.ts';
import type { Delivery, Webhook } from '../src/providers/delivery.ts';
import { providers } from '../src/providers/index.ts';
import { addressAndFields, formField } from '../src/providers/kit/form_signature.ts';
import { head, headerEcho, jsonEcho, ping, queryEcho, tokenEcho } from '../src/providers/kit/handshakes.ts';
import { hmac, secondsHeader } from '../src/providers/kit/hmac.ts';
import { bearerJwtHs256 } from '../src/providers/kit/jwt_hs256.ts';
import { bearerKeySet } from '../src/providers/kit/jwt_key_set.ts';
import { publicKeySignature } from '../src/providers/kit/public_key.ts';
import { sharedToken } from '../src/providers/kit/plain_token.ts';
import { namedParts } from '../src/providers/kit/signature_list.ts';
import { standardWebhooks } from '../src/providers/kit/standard_webhooks.ts';
import { momentIn } from '../src/providers/kit/verification.ts';
import type { Provider } from '../src/providers/provider.ts';
import { Secret } from '../src/secret.ts';
import { startWorld, type World } from './world.ts';

const now = new Date('2026-05-04T03:02:01.000Z');
const seconds = Math.floor(now.getTime() / 1000);
const bytes = fc.uint8Array({ maxLength: 300 });

function delivery(body: string | Uint8Array, headers: Record<string, string> = {}, more: object = {}): Delivery {
  return { body: Buffer.from(body as Uint8Array), headers, query: new URLSearchParams(), suffix: '', ...more };
}

/** What a verifier says, in one word. */
function said(verify: Webhook['verify'], one: Delivery, secrets: readonly string[], at = now): string {
  const verification = verify(
    one,
    secrets.map(secret => new Secret(secret)),
    at,
  );
  return verification.ok ? 'OK' : verification.cause;
}

describe('held against the vendors’ own verifiers', () => {
  const github = hmac({ header: 'x-hub-signature-256', prefix: 'sha256=' });
  const published = createRequire(import.meta.url)('@octokit/webhooks-examples') as { examples: object[] }[];
  const bodies = published.flatMap(({ examples }) => examples).map(example => JSON.stringify(example));

  test('every published GitHub payload is taken and refused as @octokit/webhooks-methods does', async () => {
    expect(bodies.length).toBeGreaterThan(300);
    for (const body of bodies) {
      const signature = await octokitSign('It’s a secret', body);
      const changed = body.replace('"', "'");
      for (const [text, secret] of [
        [body, 'It’s a secret'],
        [changed, 'It’s a secret'],
        [body, 'another'],
      ] as const) {
        const theirs = await octokitVerify(secret, text, signature);
        expect(said(github, delivery(text, { 'x-hub-signature-256': signature }), [secret]) === 'OK').toBe(theirs);
      }
    }
  });

  test('any body, secret and signature is taken exactly when @octokit/webhooks-methods takes it', async () => {
    const secret = fc.string({ minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), secret, secret, fc.nat(70), async (body, mine, other, at) => {
        const genuine = await octokitSign(mine, body);
        const flipped = genuine.slice(0, at) + (genuine[at] === '0' ? '1' : '0') + genuine.slice(at + 1);
        for (const [key, signature] of [
          [mine, genuine],
          [other, genuine],
          [mine, flipped],
        ] as const) {
          const theirs = await octokitVerify(key, body, signature);
          expect(said(github, delivery(body, { 'x-hub-signature-256': signature }), [key]) === 'OK').toBe(theirs);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('Standard Webhooks are taken exactly when the standardwebhooks package takes them, but for the future', () => {
    const verify = hmac(standardWebhooks);
    const skews = fc.constantFrom(0, -200, -299, -301, -1_000, 30, 59, 61, 200, 1_000);
    fc.assert(
      fc.property(
        bytes,
        fc.uint8Array({ minLength: 16, maxLength: 32 }),
        skews,
        fc.boolean(),
        (body, key, skew, forge) => {
          const secret = `whsec_${Buffer.from(key).toString('base64')}`;
          const theirs = new StandardWebhook(secret);
          const text = Buffer.from(body).toString('latin1');
          const signed = Math.floor(Date.now() / 1000) + skew;
          const headers = {
            'webhook-id': 'msg_1',
            'webhook-timestamp': String(signed),
            'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} ${theirs.sign('msg_1', new Date(signed * 1000), text)}`,
          };
          const sent = forge ? `${text}x` : text;
          let taken = true;
          try {
            theirs.verify(sent, headers, { jsonParse: false });
          } catch {
            taken = false;
          }
          const ours = said(verify, delivery(sent, headers), [secret], new Date());
          expect(ours).toBe(taken ? (skew > 60 ? 'TIMESTAMP_FUTURE' : 'OK') : ours === 'OK' ? 'refused' : ours);
        },
      ),
      { numRuns: 200 },
    );
  });
});

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
const keySet = (key: KeyObject, more: object = {}) =>
  JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }], audience: 'us', ...more });
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

describe('an OIDC token of a key set', () => {
  const verify = bearerKeySet({
    header: 'authorization',
    issuers: ['https://vendor.example'],
    isForUs: (claims, config) => typeof config.audience === 'string' && claims.aud === config.audience,
  });
  const make = async (more: object = {}, header: object = {}, key: KeyObject = rsa.privateKey, alg = 'RS256') => {
    const claims = { iss: 'https://vendor.example', aud: 'us', iat: seconds, exp: seconds + 600, ...more };
    const jwt = await new SignJWT(claims).setProtectedHeader({ alg, kid: 'k1', ...header }).sign(key);
    return delivery('body', { authorization: `Bearer ${jwt}` });
  };
  const secret = keySet(rsa.publicKey);

  test('is taken with the vendor’s key, for us, while it is valid', async () => {
    expect(said(verify, await make(), [secret])).toBe('OK');
    expect(said(verify, await make({}, {}, p256.privateKey, 'ES256'), [keySet(p256.publicKey)])).toBe('OK');
    expect(said(verify, await make({ exp: seconds - 61, iat: seconds - 600 }), [secret])).toBe('TIMESTAMP_STALE');
    expect(said(verify, await make({ iat: seconds + 61 }), [secret])).toBe('TIMESTAMP_FUTURE');
  });

  test('is refused for another audience, issuer, key, key id, algorithm or without a key set', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(said(verify, await make(), [])).toBe('SECRET_MISSING');
    expect(said(verify, delivery('body'), [secret])).toBe('SIGNATURE_MISSING');
    for (const [one, keys] of [
      [await make({ aud: 'them' }), secret],
      [await make({ iss: 'https://evil.example' }), secret],
      [await make({}, {}, other.privateKey), secret],
      [await make({}, { kid: 'k2' }), secret],
      [await make(), keySet(p256.publicKey)],
      [await make(), '{}'],
      [await make(), 'not json'],
      [await make(), keySet(rsa.publicKey, { audience: undefined })],
      [delivery('x', { authorization: 'Bearer a.b.c' }), secret],
    ] as const) {
      expect(said(verify, one, [keys])).toBe('SIGNATURE_WRONG');
    }
  });

  test('signed with the public key as an HMAC secret, or not at all, is refused', async () => {
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const claims = { iss: 'https://vendor.example', aud: 'us', iat: seconds, exp: seconds + 600 };
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.from(pem));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${part({ alg: 'none', kid: 'k1' })}.${part(claims)}.AA`;
    const odd = `${part({ alg: 'constructor', kid: 'k1' })}.${part(claims)}.AA`;
    for (const jwt of [confused, none, odd]) {
      expect(said(verify, delivery('x', { authorization: `Bearer ${jwt}` }), [secret])).toBe('SIGNATURE_WRONG');
      const hs256 = bearerJwtHs256('authorization');
      expect(said(hs256, delivery('x', { authorization: `Bearer ${jwt}` }), ['another'])).toBe('SIGNATURE_WRONG');
    }
  });
});

describe('handshakes', () => {
  const secrets = [new Secret('our-token')];
  const greeting = (method: string, query: string, headers: Record<string, string> = {}) => ({
    method,
    headers,
    query: new URLSearchParams(query),
  });

  test('echo what was asked and nothing that a browser would run', () => {
    const byQuery = queryEcho('validationToken');
    expect(byQuery(greeting('POST', 'validationToken=abc-123'), [])).toMatchObject({ status: 200, body: 'abc-123' });
    expect(byQuery(greeting('POST', ''), [])).toBeUndefined();
    for (const evil of ['<script>', 'a\r\nb', 'x'.repeat(2_000), '']) {
      expect(byQuery(greeting('GET', String(new URLSearchParams({ validationToken: evil }))), [])).toBeUndefined();
    }
    const byHeader = headerEcho('x-hook-secret');
    expect(byHeader(greeting('POST', '', { 'x-hook-secret': 'abc' }), [])).toMatchObject({
      body: '',
      headers: { 'x-hook-secret': 'abc' },
    });
    expect(byHeader(greeting('POST', ''), [])).toBeUndefined();
  });

  test('give the challenge back only to who knows the token', () => {
    const greet = tokenEcho({ token: 'hub.verify_token', challenge: 'hub.challenge' });
    const ask = (token: string) => greet(greeting('GET', `hub.verify_token=${token}&hub.challenge=42`), secrets);
    expect(ask('our-token')?.body).toBe('42');
    expect(ask('another')).toBeUndefined();
    expect(greet(greeting('GET', 'hub.verify_token=our-token&hub.challenge=42'), [])).toBeUndefined();
  });

  test('answer a HEAD, a ping and a JSON challenge', () => {
    expect(head(greeting('HEAD', ''))?.status).toBe(200);
    expect(head(greeting('GET', ''))).toBeUndefined();
    const verified = (body: object) => delivery(JSON.stringify(body)) as Parameters<ReturnType<typeof ping>>[0];
    const isPing = ping(one => one.body.byteLength < 10);
    expect(isPing(verified({}))?.status).toBe(200);
    expect(isPing(verified({ long: 'enough' }))).toBeUndefined();
    const byJson = jsonEcho(body => body.type === 'challenge', 'challenge');
    expect(byJson(verified({ type: 'challenge', challenge: 'abc' }))?.body).toBe('abc');
    expect(byJson(verified({ type: 'event', challenge: 'abc' }))).toBeUndefined();
  });
});

describe('on the edge', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test('an unsigned greeting is answered by any method, and everything else as before', async () => {
    const [linear] = providers.filter(({ id }) => id === 'linear') as [Provider];
    const webhook = { ...linear.webhook!, greeting: queryEcho('validationToken') };
    const deps = { ...world.service.deps, catalog: indexCatalog([{ ...linear, webhook }]) };
    const webhooks = serveWebhooks(deps);
    const server = createServer((req, res) => void webhooks.serve(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/provider/linear/webhook`;
    try {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(`${base}?validationToken=abc`, { method });
        expect([answer.status, await answer.text()]).toEqual([200, 'abc']);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      }
      expect((await fetch(base)).status).toBe(405);
      expect((await fetch(base, { method: 'POST', body: randomBytes(4) })).status).toBe(401);
      expect((await fetch(`${base}/nowhere?validationToken=abc`)).status).toBe(405);
    } finally {
      await webhooks.drain();
      server.close();
    }
  });
});
