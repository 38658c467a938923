import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import { ScaffoldError } from '../scaffold/checkout.ts';
import { printable } from './table.ts';

/** The command line itself is wrong: exit status 64. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** sysexits: EX_USAGE and EX_SOFTWARE; gRPC's codes, 1 to 16, stand for what the server answered. */
export const usageStatus = 64;
const softwareStatus = 70;

/** What the scaffold refuses is the caller's to change. */
export async function asUsage<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScaffoldError) throw new UsageError(error.message);
    throw error;
  }
}

export function exitStatusOf(error: unknown): number {
  if (error instanceof UsageError) return usageStatus;
  return error instanceof ConnectError ? error.code : softwareStatus;
}

/** The failure in one line: code, reason, message, what varies in it, the fields that are wrong, when to come back. */
export function describeFailure(error: unknown): string {
  if (error instanceof UsageError) return printable(error.message);
  if (!(error instanceof ConnectError)) return printable(error instanceof Error ? error.message : String(error));
  const [info] = error.findDetails(ErrorInfoSchema);
  const [retry] = error.findDetails(RetryInfoSchema);
  const fields = error.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations);
  const message = error.rawMessage;
  const told = (text: string): boolean => message.includes(text);
  const facts = Object.entries(info?.metadata ?? {}).filter(([, value]) => value !== '' && !told(value));
  const wrong = fields.map(({ field, description }) => `${field}: ${description}`).filter(text => !told(text));
  const codeName = Code[error.code].replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return printable(
    [
      [codeName, info?.reason].filter(Boolean).join(' '),
      `: ${message}`,
      facts.length === 0 ? '' : ` (${facts.map(([name, value]) => `${name}=${value}`).join(', ')})`,
      ...wrong.map(text => `; ${text}`),
      retry?.retryDelay ? `; come back in ${Math.ceil(durationMs(retry.retryDelay) / 1000)} s` : '',
    ].join(''),
  );
}
