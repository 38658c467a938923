import { parentPort, workerData } from 'node:worker_threads';

/** Says how many are due, each time one more is. */
const { perSecond, durationMs, beginTimeMs } = workerData as Record<'perSecond' | 'durationMs' | 'beginTimeMs', number>;
const cell = new Int32Array(new SharedArrayBuffer(4));
const passedMs = (): number => performance.timeOrigin + performance.now() - beginTimeMs;
const total = Math.floor((durationMs * perSecond) / 1000);
for (let due = 0; due < total; ) {
  const restMs = (due * 1000) / perSecond - passedMs();
  if (restMs > 0) Atomics.wait(cell, 0, 0, restMs);
  due = Math.max(due + 1, Math.min(total, Math.floor((passedMs() * perSecond) / 1000) + 1));
  parentPort?.postMessage(due);
}
