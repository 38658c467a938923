import type { Ground } from '../ground.ts';
import type { Figure } from '../results.ts';
import type { Seeded } from '../seed.ts';
import { measureCatalog } from './catalog.ts';
import { measureIngest } from './ingest.ts';
import { measureInstall, measureProcess } from './process.ts';
import { measureReferences } from './references.ts';
import { measureResolve } from './resolve.ts';
import { measureScale } from './scale.ts';

export type Measure = {
  /** Of the figures it makes. */
  readonly names: readonly string[];
  readonly measure: (ground: Ground, seeded: readonly Seeded[]) => Promise<readonly Figure[]>;
};

export const measures: readonly Measure[] = [
  { names: ['resolve-grpc', 'resolve-latency'], measure: measureResolve },
  { names: ['ingest-ack', 'event-to-trigger'], measure: measureIngest },
  { names: ['catalog-actions', 'catalog-providers'], measure: measureCatalog },
  { names: ['reference-lookup'], measure: measureReferences },
  { names: ['resolve-processes', 'resolve-scale'], measure: measureScale },
  { names: ['cold-start', 'memory'], measure: measureProcess },
  { names: ['install'], measure: measureInstall },
];
