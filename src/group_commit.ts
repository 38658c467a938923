/**
 * Gathers what arrives while a write is under way and hands it to the next write as one batch. `add` resolves when the
 * batch with its item is durable, and rejects when that batch's write failed. One write at a time; a full queue rejects
 * at once with `overloaded()`.
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

export function createGroupCommit<Item, Result>(options: {
  /** Writes the batch in one transaction; answers one result an item, in order. */
  readonly write: (batch: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxBatch: number;
  readonly maxQueued: number;
  readonly overloaded: () => Error;
}): GroupCommit<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    // What was added in the same turn of the event loop goes into the first batch too.
    await new Promise<void>(resolve => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.slice(0, options.maxBatch);
      queue = queue.slice(options.maxBatch);
      try {
        const results = await options.write(batch.map(w => w.item));
        batch.forEach((w, i) => {
          w.resolve(results[i] as Result);
        });
      } catch (error) {
        for (const w of batch) w.reject(error);
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
