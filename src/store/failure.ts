import { IntegrationError } from '../errors.ts';

/**
 * SQL states: connection (08), a login refused (28: the operator is changing it), a deadlock or conflict that another try
 * gets past (40), resources (53), not ready (55), operator (57), system (58). And the network's codes.
 */
const AWAY =
  /^(?:(?:08|28|40|53|55|57|58)[0-9A-Z]{3}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)UNREACH)$/;
/** The driver says these without a code. */
const AWAY_MESSAGE =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection|Cannot use a pool after)/;

/** Whether the store was away or overloaded, so that the same may work later. */
export function isStoreAway(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined ? error instanceof Error && AWAY_MESSAGE.test(error.message) : AWAY.test(code);
}

/** Whether the statement failed for the values it was given (22, 23) or their size (54): it would fail again. */
export function isValueRefused(error: unknown): boolean {
  return /^(22|23|54)[0-9A-Z]{3}$/.test(codeOf(error) ?? '');
}

/** What a failed query is to our callers: STORE_UNAVAILABLE where the store was away, else the error as it is. */
export function explainStoreError(error: unknown): unknown {
  return isStoreAway(error)
    ? new IntegrationError('STORE_UNAVAILABLE', {}, { cause: error, retryDelayMs: 1_000 })
    : error;
}

/** What may be logged of a failed query: the driver's message and details quote the values. */
export function storeErrorCode(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
