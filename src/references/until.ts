import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Reads until it is `done`, `first` has settled, or the wait is over; answers what was read last. Where `first` settles
 * without being done, another does the work, and is looked after.
 */
export async function until<T>(
  read: () => Promise<T>,
  done: (value: T) => boolean,
  wait: { readonly first: Promise<unknown>; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<T> {
  const { first, waitMs, signal } = wait;
  const endMs = performance.now() + waitMs;
  const over = new AbortController();
  const patience = delay(waitMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined);
  await Promise.race([first.catch(() => undefined), patience]);
  over.abort();
  for (;;) {
    signal.throwIfAborted();
    const value = await read();
    if (done(value) || performance.now() >= endMs) return value;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
