import { Code, ConnectError } from '@connectrpc/connect';
import { maxTimeoutMs } from '../limits.ts';

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds; undefined where there is none. INVALID_ARGUMENT where it is none or too long. */
export function parseTimeout(value: string | string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit] = (typeof value === 'string' && /^(\d{1,8})([HMSmun])$/.exec(value)) || [];
  const timeoutMs = Number(digits) * (unitMs[unit ?? ''] ?? Number.NaN);
  if (timeoutMs <= maxTimeoutMs) return timeoutMs;
  throw new ConnectError('the timeout cannot be read or is too long', Code.InvalidArgument);
}
