import type { Answer, ProviderFailure } from '../provider.ts';
import { at } from './meta.ts';

const RATE_REASONS: readonly unknown[] = [
  'dailyLimitExceeded',
  'quotaExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
];

/** For APIs that say 403 to too many calls as well: only `error.errors[].reason` tells. */
export function throttledByReason({ status, body }: Answer): ProviderFailure | undefined {
  if (status !== 403) return undefined;
  const errors = at(body, 'error', 'errors');
  const reasons = Array.isArray(errors) ? errors.map(each => at(each, 'reason')) : [];
  return reasons.some(reason => RATE_REASONS.includes(reason)) ? { kind: 'throttled' } : undefined;
}
