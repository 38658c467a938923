import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Webhook } from '../delivery.ts';
import { outsideValidity, readBearer } from './jwt.ts';
import { accepted, refused } from './verification.ts';

/** `isBare`: the header holds the token alone. `isForUrl`: its `aud` must be the address that it was sent to. */
type Rules = { readonly isBare?: true; readonly isForUrl?: true };

/**
 * Makes a `verify` for vendors that send a bearer JWT signed with HS256 and a shared secret. It proves who called, not
 * what was said: the body is not under the signature. A token without `exp` and `iat` is refused.
 */
export function bearerJwtHs256(header: string, rules: Rules = {}): Webhook['verify'] {
  return (delivery, secrets, now) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = delivery.headers[header];
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    const token = readBearer(rules.isBare === true ? `Bearer ${given}` : given);
    if (token === undefined) return refused('SIGNATURE_WRONG');
    const fits = secrets.some(secret => {
      const expected = createHmac('sha256', reveal(secret)).update(token.signed).digest();
      return token.signature.length === expected.length && timingSafeEqual(token.signature, expected);
    });
    if (!fits || token.head.alg !== 'HS256') return refused('SIGNATURE_WRONG');
    const isElsewhere = rules.isForUrl === true && (delivery.url === undefined || token.claims.aud !== delivery.url);
    if (isElsewhere) return refused('SIGNATURE_WRONG');
    const failure = outsideValidity(token.claims, now.getTime() / 1000);
    return failure === undefined ? accepted(delivery) : refused(failure);
  };
}
