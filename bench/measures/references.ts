import type { Ground } from '../ground.ts';
import { measureLookups, type Percentile } from '../reference_lookup.ts';
import type { Figure } from '../results.ts';

const ROWS = 1_000_000;
/** Over a call that does nothing, and how much more a hundred times as many rows may take. */
const GOAL_MS = 10;
const GOAL_GROWTH = 3;

/** Pickers: a search of the index, which is what a person waits for, beside nothing and beside the provider. */
export async function measureReferences(ground: Ground): Promise<readonly Figure[]> {
  const found = await measureLookups(ground, ROWS);
  const { noOp, at10k, at1M, over10k, over1M, growth, crawling, crawlMs, asked, byWay } = found;
  const [slow, ...slower] = byWay.toSorted((a, b) => a.large - b.large).slice(-3);
  const named = [slow, ...slower].map(way => `${way?.way} ${way?.small.toFixed(1)} and ${way?.large.toFixed(1)}`);
  const figure = (name: string, { ms, spread }: Percentile, beside: string, baseline: number, note: string): Figure => {
    const compared = { baseline: { name: beside, value: baseline }, ratio: ms / baseline };
    return { name: `reference-lookup ${name}`, unit: 'ms', value: ms, spread, ...compared, note };
  };
  const isUnder = (value: number, goal: number): string => (value < goal ? 'held' : 'NOT HELD');
  return [
    figure(
      '10,000',
      at10k,
      'no-op call',
      noOp.ms,
      `p95; ${over(over10k)}; under ${GOAL_MS}: ${isUnder(over10k.ms, GOAL_MS)}`,
    ),
    figure(
      '1,000,000',
      at1M,
      '10,000 rows',
      at10k.ms,
      `p95; ${over(over1M)}, ${growth.ms.toFixed(1)} x that of 10,000; under ${GOAL_GROWTH} x: ${isUnder(growth.ms, GOAL_GROWTH)}; slowest: ${named.join(', ')}`,
    ),
    figure('crawling', crawling, '10,000 rows', at10k.ms, 'p95 at 10,000 while the sandbox is crawled for all of them'),
    figure(
      'live',
      crawlMs,
      'a lookup in the index',
      at10k.ms,
      'all 10,000 through the sandbox, as a picker without an index reads them',
    ),
    figure(
      'asked',
      { ms: asked, spread: 0 },
      '10,000 rows',
      at10k.ms,
      'p95 of an id that no index knows: the sandbox is asked',
    ),
  ];
}

function over({ ms, spread }: Percentile): string {
  return `${ms.toFixed(1)} ms (± ${(spread * 100).toFixed(0)} %) over the no-op`;
}
