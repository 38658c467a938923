/**
 * Gathers what arrives while a write is under way and hands it to the next write as one batch. `add` resolves when the
 * batch with its item is durable, and rejects when that batch's write failed. One write at a time, or as many as `atOnce`
 * says, begun in order; a full queue rejects at once with `overloaded()`.
 */
export type GroupCommit<Item, Result> = {
  readonly add: (item: Item) => Promise<Result>;
  /** Resolves when nothing is queued or under way. */
  readonly drain: () => Promise<void>;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

export function createGroupCommit<Item, Result, Prepared = Item>(options: {
  /** What is done for a batch before its write, one batch after the other; answers one for each item, in order. */
  readonly prepare?: (batch: readonly Item[]) => Promise<readonly Prepared[]>;
  /** Writes the batch in one transaction; answers one result an item, in order. */
  readonly write: (batch: readonly Prepared[]) => Promise<readonly Result[]>;
  /** Default: 1. */
  readonly atOnce?: number;
  readonly maxBatch: number;
  readonly maxQueued: number;
  readonly overloaded: () => Error;
}): GroupCommit<Item, Result> {
  const { prepare = async (items: readonly Item[]) => items as readonly unknown[] as readonly Prepared[] } = options;
  const { atOnce = 1 } = options;
  let queue: Waiting<Item, Result>[] = [];
  let running: Promise<void> | undefined;

  /** Answers the way to write what was queued, once that is prepared. */
  const take = async (): Promise<() => Promise<void>> => {
    const batch = queue.slice(0, options.maxBatch);
    queue = queue.slice(options.maxBatch);
    const rejectAll = (error: unknown): void => {
      for (const w of batch) w.reject(error);
    };
    try {
      const prepared = await prepare(batch.map(w => w.item));
      return async () => {
        try {
          const results = await options.write(prepared);
          batch.forEach((w, i) => {
            w.resolve(results[i] as Result);
          });
        } catch (error) {
          rejectAll(error);
        }
      };
    } catch (error) {
      rejectAll(error);
      return async () => undefined;
    }
  };

  const run = async (): Promise<void> => {
    // What was added in the same turn of the event loop goes into the first batch too.
    await new Promise<void>(resolve => setImmediate(resolve));
    const writes: Promise<void>[] = [];
    while (queue.length > 0 || writes.length > 0) {
      if (queue.length === 0 || writes.length >= atOnce) await writes.shift();
      else {
        const write = await take();
        writes.push(write());
      }
    }
    running = undefined;
  };

  return {
    add: item =>
      new Promise<Result>((resolve, reject) => {
        if (queue.length >= options.maxQueued) return reject(options.overloaded());
        queue.push({ item, resolve, reject });
        running ??= run();
      }),
    drain: async () => {
      while (running !== undefined) await running;
    },
  };
}
