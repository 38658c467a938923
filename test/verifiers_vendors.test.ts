import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { sign as octokitSign, verify as octokitVerify } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { hmac } from '../src/providers/kit/hmac.ts';
import { bearerJwtHs256 } from '../src/providers/kit/jwt_hs256.ts';
import { bearerKeySet } from '../src/providers/kit/jwt_key_set.ts';
import { standardWebhooks } from '../src/providers/kit/standard_webhooks.ts';
import { delivery, now, said } from './verifier_stage.ts';

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
        fc.uint8Array({ maxLength: 300 }),
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

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const seconds = Math.floor(now.getTime() / 1000);
const keySet = (key: KeyObject, more: object = {}) =>
  JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }], audience: 'us', ...more });

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
