/** Until when a provider asked not to be called with a credential; what this process was told. */
export type ProviderPauses = {
  /** How long yet; 0 where it may be called. */
  readonly leftMs: (holder: string) => number;
  readonly pause: (holder: string, ms: number) => void;
};

const MAX_HOLDERS = 10_000;

export function createProviderPauses(now: () => Date): ProviderPauses {
  const until = new Map<string, number>();
  return {
    leftMs: holder => {
      const left = (until.get(holder) ?? 0) - now().getTime();
      if (left <= 0) until.delete(holder);
      return Math.max(0, left);
    },
    pause: (holder, ms) => {
      if (until.size >= MAX_HOLDERS) until.delete(until.keys().next().value as string);
      until.set(holder, now().getTime() + ms);
    },
  };
}
