import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js';
import type { Ground } from './ground.ts';

/** What was measured while it was shown: names with units, to numbers and short texts. */
export type Figures = Readonly<Record<string, number | string>>;

/** One promise of the service, shown by real processes. `prove` throws Broken where it does not hold. */
export type Guarantee = {
  readonly name: string;
  /** The promise in one line. */
  readonly shows: string;
  /** Needs the machine for itself: its load or its figures bear no neighbour. */
  readonly alone?: true;
  readonly prove: (ground: Ground) => Promise<Figures>;
};

export class Broken extends Error {
  override name = 'Broken';
}

/** Throws where something the proof needs is not part of the service yet: nothing is shown and nothing is broken. */
export class NotBuilt extends Error {
  override name = 'NotBuilt';
}

export function expect(holds: unknown, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise);
}

export function expectEqual(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  expect(a === b, `${what}: ${a}, expected ${b}`);
}

/** How a call ended: `OK`, the published reason, or the code's name where there is none. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return error.findDetails(ErrorInfoSchema)[0]?.reason ?? Code[error.code] ?? '';
  }
}

/** How often each value occurs. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
