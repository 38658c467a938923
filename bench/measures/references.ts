import { measureReferenceLookup } from '../reference_lookup.ts';
import type { Figure } from '../results.ts';

/** Pickers: a search of the index, which is what a person waits for, beside nothing and beside the provider. */
export async function measureReferences(): Promise<readonly Figure[]> {
  const { noOp, at10k, at1M, crawlMs } = await measureReferenceLookup();
  const common = { unit: 'ms', spread: undefined };
  const beside = (name: string, value: number) => ({ name, value });
  return [
    {
      ...common,
      name: 'reference-lookup 10,000',
      value: at10k,
      baseline: beside('no-op call', noOp),
      ratio: at10k / noOp,
      note: `p95 over rpc, ${(at10k - noOp).toFixed(1)} ms over the no-op; goal under 10`,
    },
    {
      ...common,
      name: 'reference-lookup 1,000,000',
      value: at1M,
      baseline: beside('10,000 rows', at10k),
      ratio: at1M / at10k,
      note: `p95 over rpc, ${(at1M - noOp).toFixed(1)} ms over the no-op; goal under 3 x that of 10,000`,
    },
    {
      ...common,
      name: 'reference-lookup live',
      value: crawlMs,
      baseline: beside('a lookup in the index', at10k),
      ratio: crawlMs / at10k,
      note: 'all 10,000 through the provider, page by page, as a picker without an index reads them',
    },
  ];
}
