import type { Delivery, Webhook } from '../src/providers/delivery.ts';
import { Secret } from '../src/secret.ts';

export const now = new Date('2026-05-04T03:02:01.000Z');

export function delivery(body: string | Uint8Array, headers: Record<string, string> = {}, more: object = {}): Delivery {
  return { body: Buffer.from(body as Uint8Array), headers, query: new URLSearchParams(), suffix: '', ...more };
}

/** What a verifier says, in one word. */
export function said(verify: Webhook['verify'], one: Delivery, secrets: readonly string[], at = now): string {
  const verification = verify(
    one,
    secrets.map(secret => new Secret(secret)),
    at,
  );
  return verification.ok ? 'OK' : verification.cause;
}
