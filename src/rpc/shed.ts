import type { Logger } from 'pino';
import { IntegrationError } from '../errors.ts';
import type { RecordCall } from './call_record.ts';

/** Counts the calls that are under way. */
export type CallLimit = {
  /** Whether it has as many as it takes. */
  readonly isFull: () => boolean;
  /** Throws RATE_LIMITED where it is full. */
  readonly enter: () => void;
  readonly leave: () => void;
};

/**
 * Refuses unary calls beyond so many at once as RATE_LIMITED, before any work is done for them: what is taken is answered
 * soon, and memory stays within bounds. Streams are long and few, and bounded by their connections; health always answers.
 */
export function limitCalls(maxInFlight: number): CallLimit {
  let inFlight = 0;
  const isFull = (): boolean => inFlight >= maxInFlight;
  return {
    isFull,
    enter: () => {
      if (isFull()) throw serverIsFull();
      inFlight++;
    },
    leave: () => {
      inFlight--;
    },
  };
}

export function serverIsFull(): IntegrationError {
  return new IntegrationError('RATE_LIMITED', { limit: 'server' }, { message: BUSY, retryDelayMs: RETRY_DELAY_MS });
}

const BUSY = 'the server has as many calls as it can take; try again';
const RETRY_DELAY_MS = 1_000;
const NOTED_MS = 1_000;

/** Counts what was refused unread: each in the metrics, and all of a second in one line of the log. */
export function createRefusalNotes(log: Pick<Logger, 'warn'>, observe: RecordCall): (method: string) => void {
  let calls = 0;
  return method => {
    observe({ ...REFUSED, method });
    calls++;
    if (calls > 1) return;
    setTimeout(() => {
      log.warn({ calls }, 'calls were refused: the server had as many as it can take');
      calls = 0;
    }, NOTED_MS).unref();
  };
}

const REFUSED = {
  caller: undefined,
  project: undefined,
  code: 'resource_exhausted',
  reason: 'RATE_LIMITED',
  durationMs: 0,
  protocol: 'grpc',
  requestId: '',
} as const;
