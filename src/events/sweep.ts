import type { Deps } from '../deps.ts';
import { storeErrorCode } from '../store/failure.ts';
import { matchUnmatched } from './match.ts';
import { retain } from './retention.ts';

const SWEEP_EVERY_MS = 15_000;

/**
 * Matches what waits for an integration, as soon as one appears and again for what slipped through, and clears away what
 * is over. Answers the way to stop.
 */
export function startEventSweep(deps: Deps): () => Promise<void> {
  let running = Promise.resolve();
  const turn = (work: () => Promise<unknown>): void => {
    running = running.then(async () => {
      if (deps.stopping.aborted) return;
      try {
        await work();
      } catch (error) {
        deps.log.warn({ cause: storeErrorCode(error) }, 'a sweep over events failed');
      }
    });
  };
  const changed = new Set<string | undefined>();
  const unsubscribe = deps.changes.subscribe('integration_changed', project => {
    if (changed.has(project)) return;
    changed.add(project);
    turn(() => {
      changed.delete(project);
      return matchUnmatched(deps, project);
    });
  });
  const timer = setInterval(() => turn(() => sweepEvents(deps)), SWEEP_EVERY_MS * (0.8 + deps.random() * 0.4));
  timer.unref();
  turn(() => sweepEvents(deps));
  return async () => {
    clearInterval(timer);
    unsubscribe();
    await running;
  };
}

/** One pass. */
export async function sweepEvents(deps: Deps): Promise<void> {
  await matchUnmatched(deps, undefined);
  await retain(deps);
}
