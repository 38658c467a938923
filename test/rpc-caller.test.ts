import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, callerFromCertificate, isSpiffeId } from '../src/rpc/caller.ts';
import { createTokenVerifier, TokenRefused } from '../src/rpc/token.ts';
import { type Authority, createAuthority, type Issued } from './rpc-certificates.ts';

const issuer = 'https://issuer.example';
const audience = 'mobius-integrations';
const now = () => new Date('2026-01-31T12:00:00Z');
const seconds = Math.floor(now().getTime() / 1000);

async function makeKey(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } satisfies JWK };
}
type Key = Awaited<ReturnType<typeof makeKey>>;

const sign = (key: Key, claims: Record<string, unknown> = {}, { alg = key.alg, kid = key.kid } = {}) =>
  new SignJWT({ iss: issuer, aud: audience, sub: 'user:alice', exp: seconds + 60, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(key.privateKey);

describe('a bearer token', () => {
  let key: Key;
  let verify: ReturnType<typeof createTokenVerifier>;
  beforeAll(async () => {
    key = await makeKey('one');
    verify = createTokenVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, now });
  });

  test('names its subject and the projects it claims', async () => {
    expect(await verify(await sign(key, { projects: ['demo', 7] }))).toEqual({
      identity: 'user:alice',
      kind: 'token',
      claims: { projects: ['demo'] },
    });
    expect(await verify(await sign(key, { projects: 'demo' }))).toMatchObject({ claims: {} });
  });

  test('holds until five seconds after its expiry, and not later', async () => {
    await expect(verify(await sign(key, { exp: seconds - 4 }))).resolves.toBeDefined();
    await expect(verify(await sign(key, { exp: seconds - 6 }))).rejects.toThrow(TokenRefused);
    await expect(verify(await sign(key, { nbf: seconds + 60 }))).rejects.toThrow(TokenRefused);
  });

  test('that was found good is known again for a minute, and not after its end', async () => {
    let nowMs = now().getTime();
    const keys = { keys: [key.jwk] };
    const verifyThen = createTokenVerifier({ issuer, audience, jwks: keys, now: () => new Date(nowMs) });
    const [lasting, ending] = [await sign(key), await sign(key, { exp: seconds + 30 })];
    const caller = await verifyThen(lasting);
    expect(await verifyThen(lasting)).toBe(caller);
    await verifyThen(ending);
    nowMs += 36_000;
    await expect(verifyThen(ending)).rejects.toThrow(TokenRefused);
    nowMs += 24_000;
    expect(await verifyThen(lasting)).not.toBe(caller);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'somebody-else' }],
    ['no expiry', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is no name', { sub: 'user:alice\nuser:root' }],
    ['the subject of a workload', { sub: 'spiffe://mobius/executor' }],
    ['the subject of a workload in capitals', { sub: 'SPIFFE://mobius/executor' }],
  ])('with %s is refused', async (_what, claims) => {
    await expect(verify(await sign(key, claims))).rejects.toThrow(TokenRefused);
  });

  test('without a signature, with a symmetric one, of another key or changed is refused', async () => {
    const claims = { iss: issuer, aud: audience, sub: 'user:alice', exp: seconds + 60 };
    const publicBytes = new TextEncoder().encode(JSON.stringify(key.jwk));
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(publicBytes);
    const good = await sign(key);
    const [header, , signature] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'user:root' })).toString('base64url');
    const tokens = [
      new UnsecuredJWT(claims).encode(),
      symmetric,
      await sign(await makeKey('one')),
      `${header}.${changed}.${signature}`,
      `${good}x`,
      '',
      'not.a.token',
      'x'.repeat(9000),
    ];
    for (const token of tokens) await expect(verify(token), token.slice(0, 40)).rejects.toThrow(TokenRefused);
  });

  test('of a key the issuer took up later is accepted; when the issuer is away it is not called bad', async () => {
    const [first, second] = [await makeKey('one'), await makeKey('two')];
    let keys = [first.jwk];
    let status = 200;
    let asked = 0;
    const server = createHttpServer((_req, res) => {
      asked++;
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const jwks = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
    try {
      const verifyRemote = createTokenVerifier({ issuer, audience, jwks, now });
      await verifyRemote(await sign(first));
      keys = [second.jwk];
      // The key set was read a moment ago; a stranger's key id does not make us ask again at once.
      await expect(verifyRemote(await sign(second))).rejects.toThrow(TokenRefused);
      expect(asked).toBe(1);
      const later = createTokenVerifier({ issuer, audience, jwks, now });
      await expect(later(await sign(second))).resolves.toMatchObject({ identity: 'user:alice' });
      status = 503;
      const unlucky = createTokenVerifier({ issuer, audience, jwks, now });
      const failure = await unlucky(await sign(second)).catch((err: unknown) => err);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(TokenRefused);
    } finally {
      server.close();
    }
  });
});

describe('a certificate', () => {
  let authority: Authority;
  let server: ReturnType<typeof createTlsServer>;
  let seen: ((caller: Caller | undefined) => void) | undefined;

  beforeAll(async () => {
    authority = await createAuthority('test ca');
    const leaf = await authority.issue([{ type: 'ip', value: '127.0.0.1' }]);
    server = createTlsServer({ ...leaf, ca: authority.cert, requestCert: true, rejectUnauthorized: false }, socket => {
      seen?.(callerFromCertificate(socket));
      socket.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  async function callerOf(issued: Issued | undefined): Promise<Caller | undefined> {
    const caller = new Promise<Caller | undefined>(resolve => {
      seen = resolve;
    });
    const { port } = server.address() as AddressInfo;
    const socket: TLSSocket = tlsConnect({ port, host: '127.0.0.1', ca: authority.cert, ...issued });
    socket.on('error', () => {});
    socket.resume();
    return caller;
  }

  test('with one SPIFFE URI names a workload', async () => {
    const issued = await authority.issue([
      { type: 'dns', value: 'executor' },
      { type: 'url', value: 'spiffe://mobius/executor' },
    ]);
    expect(await callerOf(issued)).toEqual({ identity: 'spiffe://mobius/executor', kind: 'certificate' });
  });

  test('without a URI, with two, with another scheme or with a trick in the name names nobody', async () => {
    const urls = (...values: string[]) => authority.issue(values.map(value => ({ type: 'url' as const, value })));
    expect(await callerOf(await authority.issue([{ type: 'dns', value: 'spiffe.example' }]))).toBeUndefined();
    expect(await callerOf(await urls('spiffe://mobius/a', 'spiffe://mobius/b'))).toBeUndefined();
    expect(await callerOf(await urls('https://mobius/a'))).toBeUndefined();
    expect(await callerOf(await urls('spiffe://mobius/a, URI:spiffe://mobius/b'))).toBeUndefined();
    expect(await callerOf(await urls('https://x/, URI:spiffe://mobius/executor'))).toBeUndefined();
  });

  test('of another authority, or none, names nobody', async () => {
    const stranger = await createAuthority('another ca');
    expect(await callerOf(await stranger.issue([{ type: 'url', value: 'spiffe://mobius/executor' }]))).toBeUndefined();
    expect(await callerOf(undefined)).toBeUndefined();
  });

  test('identities have one spelling', () => {
    expect(isSpiffeId('spiffe://mobius/ns/executor')).toBe(true);
    const bad = [
      'spiffe://mobius',
      'spiffe://mobius/',
      'spiffe://mobius/a/',
      'spiffe://mobius/a//b',
      'spiffe://mobius/../a',
      'spiffe://MOBIUS/a',
      'spiffe://m:1/a',
      'spiffe://m/a?b',
      'spiffe://m/a%2f',
      'SPIFFE://m/a',
    ];
    for (const uri of bad) expect(isSpiffeId(uri), uri).toBe(false);
  });
});
