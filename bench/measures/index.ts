import type { Ground } from '../ground.ts';
import type { Figure } from '../results.ts';
import { measureResolve } from './resolve.ts';

export type Measure = {
  /** Of the figures it makes. */
  readonly names: readonly string[];
  readonly measure: (ground: Ground) => Promise<readonly Figure[]>;
};

/** In the order they run: the first ones make what later ones use. */
export const measures: readonly Measure[] = [
  { names: ['resolve-grpc', 'resolve-latency', 'resolve-scale', 'resolve-processes'], measure: measureResolve },
];
