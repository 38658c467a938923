import type { Deps } from '../deps.ts';
import { crawlList } from './crawl.ts';
import { forgetUnused, keepKnownLists } from './known_lists.ts';
import type { ListPlace } from './lists.ts';
import { recheckDue } from './recheck.ts';

const TURN_EVERY_MS = 2_000;
const KEEP_EVERY_MS = 10 * 60_000;
/** Crawls of this process at once; they wait for vendors nearly all the time. */
const CRAWLS_AT_ONCE = 8;

/** Crawls what is due, on connect, on schedule and after events, and rechecks what is watched; answers the way to stop. */
export function startCrawler(deps: Deps): () => Promise<void> {
  const running = new Set<Promise<unknown>>();
  let turn = Promise.resolve();
  const fail = (what: string) => (err: unknown) => {
    if (!deps.stopping.aborted) deps.log.error({ err }, what);
  };
  const next = (work: () => Promise<unknown>, what: string): void => {
    turn = turn.then(async () => {
      if (!deps.stopping.aborted) await work().catch(fail(what));
    });
  };
  const startDue = async (): Promise<void> => {
    for (const place of await dueLists(deps, CRAWLS_AT_ONCE - running.size)) {
      const crawl = crawlList(deps, place)
        .catch(fail('a crawl failed'))
        .finally(() => running.delete(crawl));
      running.add(crawl);
    }
  };
  const keep = (project?: string): void => {
    next(() => keepKnownLists(deps.store.em.fork(), deps, project), 'lists could not be kept');
    next(startDue, 'crawls could not be started');
  };
  const turnTimer = setInterval(
    () => {
      next(startDue, 'crawls could not be started');
      next(() => recheckDue(deps), 'watched references could not be rechecked');
    },
    TURN_EVERY_MS * (0.8 + deps.random() * 0.4),
  );
  const keepTimer = setInterval(
    () => {
      keep();
      next(() => forgetUnused(deps.store.em.fork(), deps.now()), 'unused lists could not be forgotten');
    },
    KEEP_EVERY_MS * (0.8 + deps.random() * 0.4),
  );
  turnTimer.unref();
  keepTimer.unref();
  const unsubscribe = deps.changes.subscribe('integration_changed', keep);
  const ignore = deps.catalog.onChange(() => keep());
  keep();
  return async () => {
    clearInterval(turnTimer);
    clearInterval(keepTimer);
    unsubscribe();
    ignore();
    await turn;
    await Promise.all(running);
  };
}

/** One pass over what is due now, to its end: for programs that keep their own time. */
export async function crawlDue(deps: Deps): Promise<void> {
  await keepKnownLists(deps.store.em.fork(), deps);
  for (const place of await dueLists(deps, 1_000)) await crawlList(deps, place);
}

async function dueLists(deps: Deps, limit: number): Promise<readonly ListPlace[]> {
  if (limit <= 0) return [];
  return deps.store.em.fork().execute<ListPlace[]>(
    `select project, id from reference_lists
      where least(next_time, check_time) <= ? and next_time is not null
        and (lease_end_time is null or lease_end_time < clock_timestamp())
      order by least(next_time, check_time) limit ?`,
    [deps.now(), limit],
  );
}
