import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { reveal, type Secret } from '../../secret.ts';
import type { Webhook } from '../delivery.ts';
import { jsonObject } from './body.ts';
import { ProviderError } from './error.ts';
import { outsideValidity, readBearer, type TokenParts } from './jwt.ts';
import { isObject, type Json } from './read.ts';
import { accepted, refused } from './verification.ts';

/** Whose tokens are taken, and for whom they must be. */
export type TokenRules = {
  readonly header: string;
  readonly issuers: readonly string[];
  /** Of the claims, what must hold beside issuer and time: the audience at the least. */
  readonly isForUs: (claims: Json, config: Json) => boolean;
};

/** The algorithms by name: hash, kind of key, how the signature is written. */
const ALGORITHMS: Readonly<Record<string, { readonly hash: string; readonly kty: string; readonly crv?: string }>> = {
  RS256: { hash: 'sha256', kty: 'RSA' },
  ES256: { hash: 'sha256', kty: 'EC', crv: 'P-256' },
};

/**
 * Makes a `verify` for vendors that send an OIDC token signed by a key of their published set. It proves who called, not
 * what was said: the body is not under the signature. Each secret is JSON: `{ "keys": [...] }` as the vendor publishes it,
 * and beside the keys what `isForUs` compares with, such as the audience.
 */
export function bearerKeySet(rules: TokenRules): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = delivery.headers[rules.header];
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const token = readBearer(given);
    if (token === undefined) return refused('SIGNATURE_WRONG');
    const fits = secrets.some(secret => isSignedFor(rules, token, configOf(secret)));
    if (!fits) return refused('SIGNATURE_WRONG');
    const failure = outsideValidity(token.claims, now.getTime() / 1000);
    return failure === undefined ? accepted(delivery) : refused(failure);
  };
}

function isSignedFor(rules: TokenRules, token: TokenParts, config: Json): boolean {
  const { head, claims } = token;
  if (typeof claims.iss !== 'string' || !rules.issuers.includes(claims.iss)) return false;
  const algorithm = typeof head.alg === 'string' ? ALGORITHMS[head.alg] : undefined;
  if (algorithm === undefined || !Object.hasOwn(ALGORITHMS, String(head.alg))) return false;
  const keys = Array.isArray(config.keys) ? config.keys.filter(isObject) : [];
  const key = keys.find(candidate => {
    const isOfKind = candidate.kty === algorithm.kty && (algorithm.crv ?? candidate.crv) === candidate.crv;
    return isOfKind && candidate.kid === head.kid && (candidate.use ?? 'sig') === 'sig';
  });
  if (key === undefined || typeof head.kid !== 'string') return false;
  return isSigned(key as JsonWebKey, algorithm.hash, token) && rules.isForUs(claims, config);
}

function isSigned(jwk: JsonWebKey, hash: string, { signed, signature }: TokenParts): boolean {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    // A key that is none, or a signature of another size.
    return false;
  }
}

function configOf(secret: Secret): Json {
  try {
    return jsonObject(reveal(secret), 'key set');
  } catch (error) {
    if (error instanceof ProviderError) return {};
    throw error;
  }
}
