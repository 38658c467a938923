import { randomUUID } from 'node:crypto';
import { createContextKey } from '@connectrpc/connect';

/** The id under which a call appears in our log and in the answer's `x-request-id`. */
export const requestIdKey = createContextKey('', { description: 'request id' });

/** The caller's `x-request-id` where it is a plain name, else a new one. */
export function acceptRequestId(given: string | null | undefined): string {
  return given && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
}
