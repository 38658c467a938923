import { cpus } from 'node:os';

/** One figure beside its limit; `ratio` is value over baseline. */
export type Result = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: { readonly name: string; readonly value: number } | undefined;
  readonly ratio: number | undefined;
  /** Half the range of what was measured, in parts of the median: of the ratios where there are pairs, else of the values. */
  readonly spread: number | undefined;
  readonly machine: string;
  /** What a reader must know to read it. */
  readonly note: string;
};

export type Figure = Omit<Result, 'machine'>;

export const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function spreadOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** A, B, A, B, ...: both see the same machine. Answers the medians, and the median and spread of each pair's ratio. */
export async function inPairs(
  pairs: number,
  value: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ value: number; baseline: number; ratio: number; spread: number }> {
  const taken: { a: number; b: number }[] = [];
  for (let i = 0; i < pairs; i++) taken.push({ a: await value(), b: await baseline() });
  const ratios = taken.map(({ a, b }) => a / b);
  return {
    value: median(taken.map(({ a }) => a)),
    baseline: median(taken.map(({ b }) => b)),
    ratio: median(ratios),
    spread: spreadOf(ratios),
  };
}

export function row(result: Figure): string {
  const number = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: n < 100 ? 2 : 0 });
  const { name, value, unit, baseline, ratio, spread } = result;
  const beside = baseline === undefined ? '' : `${baseline.name} ${number(baseline.value)}`;
  const compared = ratio === undefined ? '' : `${ratio.toFixed(2)}`;
  const wide = spread === undefined ? '' : `± ${(spread * 100).toFixed(0)} %`;
  return `${name.padEnd(26)} ${`${number(value)} ${unit}`.padStart(16)}  ${beside.padEnd(36)} ${compared.padStart(6)} ${wide.padEnd(8)} ${result.note}`;
}
