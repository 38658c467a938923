/** A bucket of tokens for each name. */
export type RateLimit = {
  /** Takes `count` tokens; answers 0, or in how many milliseconds there is one again. */
  readonly take: (name: string, count?: number) => number;
};

/** More names than that are forgotten, those that rest longest first: their buckets are the fullest. */
const MAX_NAMES = 20_000;

/** Tokens that are there may be overdrawn by one take, so that a large one is delayed and never impossible. */
export function createRateLimit(options: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now: () => Date;
}): RateLimit {
  const { perSecond, burst, now } = options;
  const buckets = new Map<string, { tokens: number; timeMs: number }>();
  return {
    take: (name, count = 1) => {
      const timeMs = now().getTime();
      const before = buckets.get(name) ?? { tokens: burst, timeMs };
      const elapsedMs = Math.max(0, timeMs - before.timeMs);
      const tokens = Math.min(burst, before.tokens + (elapsedMs / 1000) * perSecond);
      // Set anew, so that the map's order is that of the last use.
      buckets.delete(name);
      const isFree = tokens >= 1;
      buckets.set(name, { tokens: isFree ? tokens - count : tokens, timeMs });
      if (buckets.size > MAX_NAMES) buckets.delete(buckets.keys().next().value as string);
      return isFree ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
