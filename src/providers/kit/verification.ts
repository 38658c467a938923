import type { Delivery, Verification, VerificationFailure, Verified } from '../delivery.ts';

/** How long before now, and after it, a delivery may have been signed. */
export type Tolerance = { readonly past: number; readonly future: number };

/** The past as most vendors advise; into the future only what clocks differ by. */
export const DEFAULT_TOLERANCE_MS: Tolerance = { past: 300_000, future: 60_000 };

/** For verifiers of the kit, when they are done. */
export function accepted(delivery: Delivery): Verification {
  return { ok: true, verified: delivery as Verified };
}

export function refused(cause: VerificationFailure): Verification {
  return { ok: false, cause };
}

export function outsideTolerance(
  time: Date | undefined,
  now: Date,
  tolerance: Tolerance = DEFAULT_TOLERANCE_MS,
): VerificationFailure | undefined {
  if (time === undefined || Number.isNaN(time.getTime())) return 'TIMESTAMP_MISSING';
  const ageMs = now.getTime() - time.getTime();
  if (ageMs > tolerance.past) return 'TIMESTAMP_STALE';
  return -ageMs > tolerance.future ? 'TIMESTAMP_FUTURE' : undefined;
}

/** A number of a unit since 1970 as a moment; seconds with fractions too. */
export function momentIn(text: string | undefined, unit: 'seconds' | 'milliseconds'): Date | undefined {
  if (text === undefined || !/^\d{1,15}(\.\d{1,6})?$/.test(text)) return undefined;
  const time = new Date(Number(text) * (unit === 'seconds' ? 1000 : 1));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
