import type { Deps } from '../deps.ts';
import { dueRows, type WorkPlace, type WorkTable } from './lease.ts';
import { keepPlans, workPlan } from './plan.ts';
import { readFeed } from './read_feed.ts';
import { tendSubscription } from './tend.ts';

const TURN_EVERY_MS = 2_000;
const KEEP_EVERY_MS = 10 * 60_000;
/** Of this process at once; they wait for vendors nearly all the time. */
const WORK_AT_ONCE = 8;

type Work = (deps: Deps, place: WorkPlace) => Promise<void>;

/** What is due, in this order: a plan makes subscriptions, and these make feeds due. */
const WORKS: readonly (readonly [WorkTable, Work])[] = [
  ['subscription_plans', workPlan],
  ['subscriptions', tendSubscription],
  ['feeds', readFeed],
];

/**
 * Makes webhooks at connect and keeps them, and reads what is to be read; in the background, beside whatever other
 * processes do. Answers the way to stop.
 */
export function startSubscriptions(deps: Deps): () => Promise<void> {
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
    for (const [table, work] of WORKS) {
      const em = deps.store.em.fork();
      for (const place of await dueRows(em, table, deps.now(), WORK_AT_ONCE - running.size)) {
        const working = work(deps, place)
          .catch(fail(`${table} could not be worked at`))
          .finally(() => {
            running.delete(working);
            // What it made due need not wait for the next turn.
            if (running.size === 0) due();
          });
        running.add(working);
      }
    }
  };
  let isDueAsked = false;
  const due = (): void => {
    if (isDueAsked) return;
    isDueAsked = true;
    next(async () => {
      isDueAsked = false;
      await startDue();
    }, 'subscriptions could not be looked through');
  };
  const keep = (project?: string): void => {
    next(() => keepPlans(deps.store.em.fork(), deps, project), 'plans could not be kept');
    due();
  };
  const turnTimer = setInterval(due, TURN_EVERY_MS * (0.8 + deps.random() * 0.4));
  const keepTimer = setInterval(() => keep(), KEEP_EVERY_MS * (0.8 + deps.random() * 0.4));
  turnTimer.unref();
  keepTimer.unref();
  const unsubscribe = deps.changes.subscribe('integration_changed', keep);
  next(() => wakeMoved(deps), 'moved subscriptions could not be found');
  keep();
  return async () => {
    clearInterval(turnTimer);
    clearInterval(keepTimer);
    unsubscribe();
    await turn;
    await Promise.all(running);
  };
}

/** Those that deliver to where we were before are made anew at once. */
async function wakeMoved(deps: Deps): Promise<void> {
  await deps.store.em
    .fork()
    .execute(
      `update subscriptions set next_time = ? where address is not null and not starts_with(address, ?) and next_time > ?`,
      [deps.now(), `${deps.publicUrl()}/`, deps.now()],
    );
}

/** All that is due now, and what that makes due, to its end: for programs that keep their own time. */
export async function workDue(deps: Deps): Promise<void> {
  await keepPlans(deps.store.em.fork(), deps);
  for (let isIdle = false; !isIdle; ) {
    isIdle = true;
    for (const [table, work] of WORKS) {
      const places = await dueRows(deps.store.em.fork(), table, deps.now(), 1_000);
      if (places.length > 0) isIdle = false;
      for (const place of places) await work(deps, place);
    }
  }
}
