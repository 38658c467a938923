/** Processor time of a process over the calls that were measured. */
export type Meter = {
  readonly start: () => void;
  readonly stop: (calls: number) => void;
  readonly perCallUs: () => number;
};

export function meter(cpuMs: () => number): Meter {
  let [beforeMs, spentMs, counted] = [0, 0, 0];
  return {
    start: () => {
      beforeMs = cpuMs();
    },
    stop: calls => {
      spentMs += cpuMs() - beforeMs;
      counted += calls;
    },
    perCallUs: () => (spentMs * 1000) / counted,
  };
}

/** Runs the load between the meters' readings. */
export async function metered<Result extends { readonly calls: number }>(
  meters: readonly Meter[],
  run: () => Promise<Result>,
): Promise<Result> {
  for (const each of meters) each.start();
  const result = await run();
  for (const each of meters) each.stop(result.calls);
  return result;
}
