import { createHash, timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Delivery, Webhook } from '../delivery.ts';
import { accepted, refused } from './verification.ts';

/**
 * Makes a `verify` for vendors that send the secret itself, in a header or the query. It proves who called and nothing of
 * what was said, and whoever sees one delivery can make the next: only where the vendor has nothing better.
 */
export function sharedToken(read: (delivery: Delivery) => string | undefined): Webhook['verify'] {
  return (delivery, secrets) => {
    if (secrets.length === 0) return refused('SECRET_MISSING');
    const given = read(delivery);
    if (given === undefined || given === '') return refused('SIGNATURE_MISSING');
    // Hashes are of one length, so that the secret's does not show.
    const candidate = sha256(given);
    const fits = secrets.filter(secret => timingSafeEqual(sha256(reveal(secret)), candidate)).length > 0;
    return fits ? accepted(delivery) : refused('SIGNATURE_WRONG');
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
