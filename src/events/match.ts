import type { Deps } from '../deps.ts';
import { recordBatch } from './record.ts';
import { takeMatched, UNMATCHED_KEPT_MS } from './unmatched.ts';

const BATCH = 64;

/**
 * Records what came before its integration did, in the order it came. Without a project: of all that appeared. Answers
 * how many events found theirs.
 */
export async function matchUnmatched(deps: Deps, project: string | undefined): Promise<number> {
  let matched = 0;
  for (let taken = BATCH; taken === BATCH && !deps.stopping.aborted; ) {
    taken = await deps.store.em.fork().transactional(async em => {
      const since = new Date(deps.now().getTime() - UNMATCHED_KEPT_MS);
      const events = await takeMatched(em, project, since, BATCH);
      const batch = events.map(({ event, ...received }) => ({
        ...received,
        events: [event],
        integration: undefined,
        isLate: true as const,
      }));
      // They were admitted when they came.
      if (batch.length > 0) await recordBatch(em, deps, batch, () => true);
      return batch.length;
    });
    matched += taken;
  }
  if (matched > 0) deps.log.info({ project, events: matched }, 'events found the integration they came before');
  return matched;
}
