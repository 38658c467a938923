import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Starts something so many times a second, each when it is due, those that are late at once, whatever became of those
 * before. A thread that sleeps keeps the time: a loop that watches the clock would take the core from PostgreSQL, and
 * timers of Node's are up to a millisecond late. Resolves when all have ended.
 */
export async function openLoop(
  perSecond: number,
  durationMs: number,
  start: (dueMs: number, index: number) => Promise<void>,
): Promise<void> {
  const beginMs = performance.now();
  const workerData = { perSecond, durationMs, beginTimeMs: performance.timeOrigin + beginMs };
  const pacer = new Worker(new URL('pacer.ts', import.meta.url), { workerData });
  const under = new Set<Promise<void>>();
  let started = 0;
  pacer.on('message', (due: number) => {
    for (; started < due; started++) {
      const one: Promise<void> = start(beginMs + (started * 1000) / perSecond, started).then(() => {
        under.delete(one);
      });
      under.add(one);
    }
  });
  await once(pacer, 'exit');
  await Promise.all(under);
}
