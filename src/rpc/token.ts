import { hash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Caller } from './caller.ts';

/** Asymmetric only: a key set is public, so a symmetric algorithm would let anyone who reads it sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const clockToleranceSeconds = 5;
/** A token is a few hundred bytes; far larger ones are refused before any work is done on them. */
const maxTokenChars = 8192;

/** A token that names no caller. The reason is for our log, never for the answer. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
}

export type TokenVerifier = (token: string) => Promise<Caller>;

/** A key that the issuer withdraws counts this long at most beyond the ten minutes that its key set is kept. */
const KNOWN_MS = 60_000;
const MAX_KNOWN = 2_000;

/**
 * Checks bearer tokens against the issuer's keys: signature, issuer, audience and expiry, which every token must have. One that was
 * found good is known again for a minute, but not beyond its end: its check took 220 µs of a call's 1,370.
 * A key set at a URL is kept ten minutes and read again, at most every 30 s, when a token names a key it lacks.
 * Throws TokenRefused for a bad token, and the cause itself when the key set cannot be had.
 */
export function createTokenVerifier(options: {
  issuer: string;
  audience: string;
  jwks: URL | JSONWebKeySet;
  now: () => Date;
  fetch?: typeof fetch;
}): TokenVerifier {
  const { issuer, audience, jwks, now } = options;
  const remote = options.fetch ? { [customFetch]: options.fetch } : {};
  const keys = jwks instanceof URL ? createRemoteJWKSet(jwks, remote) : createLocalJWKSet(jwks);
  const known = new Map<string, { readonly caller: Caller; readonly fromMs: number; readonly untilMs: number }>();
  return async token => {
    if (token.length > maxTokenChars) throw new TokenRefused('the token is too long');
    const nowMs = now().getTime();
    const key = hash('sha256', token, 'base64');
    const found = known.get(key);
    if (found !== undefined && nowMs >= found.fromMs && nowMs < found.untilMs) return found.caller;
    known.delete(key);
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowMs),
    }).catch((cause: unknown) => {
      throw isTokensFault(cause) ? new TokenRefused('the token does not verify', { cause }) : cause;
    });
    const identity = payload.sub ?? '';
    if (!/^[\x21-\x7e]{1,256}$/.test(identity)) throw new TokenRefused('the subject is not a printable name');
    // SPIFFE identities are proven by certificates only; a token must not speak for one.
    if (/^spiffe:/i.test(identity)) throw new TokenRefused('the subject is a SPIFFE ID');
    const caller: Caller = { identity, kind: 'token', claims: readProjects(payload.projects) };
    const untilMs = Math.min(nowMs + KNOWN_MS, (payload.exp ?? 0) * 1000);
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value as string);
    known.set(key, { caller, fromMs: nowMs, untilMs });
    return caller;
  };
}

function isTokensFault(cause: unknown): boolean {
  if (cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid) return false;
  // jose throws the plain JOSEError when the key set's answer is not 200 or not JSON.
  return cause instanceof errors.JOSEError && cause.code !== 'ERR_JOSE_GENERIC';
}

function readProjects(claim: unknown): Caller['claims'] {
  if (!Array.isArray(claim)) return {};
  return { projects: claim.filter((p): p is string => typeof p === 'string') };
}
