import type { Interceptor } from '@connectrpc/connect';
import { IntegrationError } from '../errors.ts';
import { isOpenService } from './identify.ts';

/**
 * Refuses unary calls beyond so many at once as RATE_LIMITED, before any work is done for them: what is taken is answered
 * soon, and memory stays within bounds. Streams are long and few, and bounded by their connections; health always answers.
 */
export function limitCalls(maxInFlight: number): Interceptor {
  let inFlight = 0;
  return next => async request => {
    if (request.stream || isOpenService(request.service)) return next(request);
    if (inFlight >= maxInFlight) {
      throw new IntegrationError('RATE_LIMITED', { limit: 'server' }, { message: BUSY, retryDelayMs: RETRY_DELAY_MS });
    }
    inFlight++;
    try {
      return await next(request);
    } finally {
      inFlight--;
    }
  };
}

const BUSY = 'the server has as many calls as it can take; try again';
const RETRY_DELAY_MS = 1_000;
