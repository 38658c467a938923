import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { SubscriptionFailure } from './entity.ts';

/** What a failed try means. */
export type Failed = {
  readonly kind: SubscriptionFailure;
  readonly retryTime: Date;
  /** The vendor wants no call of this account before `retryTime`. */
  readonly holdsBack: boolean;
};

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 3_600_000;
/** What only a person mends is looked at again now and then, should nobody tell. */
const MENDED_AFTER_MS = 6 * 3_600_000;
/** A vendor that throttles without saying for how long. */
const THROTTLED_MS = 60_000;

/** Judges a failure after so many in a row before it. Anything that is no failure of the vendor or integration is thrown on. */
export function judgeFailure(deps: Pick<Deps, 'now' | 'random'>, error: unknown, failures: number): Failed {
  const now = deps.now().getTime();
  const backoffMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  // A fifth either way, so that what failed together does not come back together.
  const after = (ms: number): Date => new Date(now + ms * (0.8 + deps.random() * 0.4));
  if (error instanceof IntegrationError) {
    if (error.reason === 'SCOPE_MISSING') {
      return { kind: 'scope_missing', retryTime: after(MENDED_AFTER_MS), holdsBack: false };
    }
    const kind = error.retryDelayMs === undefined ? 'unusable' : 'unavailable';
    return { kind, retryTime: after(backoffMs), holdsBack: false };
  }
  if (!(error instanceof ProviderError)) throw error;
  const { failure } = error;
  switch (failure.kind) {
    case 'throttled': {
      // Never before the vendor said.
      const ms = (failure.retryAfterMs ?? THROTTLED_MS) * (1 + deps.random() * 0.2);
      return { kind: 'throttled', retryTime: new Date(now + ms), holdsBack: true };
    }
    case 'refused':
    case 'forbidden':
      return { kind: failure.kind, retryTime: after(MENDED_AFTER_MS), holdsBack: false };
    default:
      return { kind: failure.kind, retryTime: after(backoffMs), holdsBack: false };
  }
}

/** Why it does not work, for people; goes after a colon. */
export const FAILURE_TEXTS: Readonly<Record<SubscriptionFailure, string>> = {
  refused: 'the provider does not accept the credential',
  forbidden: 'the credential may not do that at the provider',
  scope_missing: 'the grant lacks a scope for it',
  not_found: 'the provider does not know it',
  throttled: 'the provider limits our calls',
  unavailable: 'the provider cannot be reached',
  rejected: 'the provider does not accept the request',
  invalid_answer: 'the provider answered what it does not document',
  unusable: 'the integration cannot be used',
};

/** Whether nothing but a person at the project can mend it. */
export function needsReconnect(kind: SubscriptionFailure): boolean {
  return kind === 'refused' || kind === 'forbidden' || kind === 'scope_missing' || kind === 'unusable';
}
