import type { Deps } from '../deps.ts';
import { storeErrorCode } from '../store/failure.ts';
import { createRateLimit } from './rate_limit.ts';
import type { Place, Rejection } from './rejection.ts';
import { type Seen, writeTraces } from './write_traces.ts';

/** What is kept of deliveries beside their receipts. Nothing waits for it: how an answer is timed tells nothing. */
export type Traces = {
  readonly reject: (rejection: Rejection) => void;
  readonly accept: (place: Place, time: Date) => void;
  /** Resolves when what was noted before is written. */
  readonly drain: () => Promise<void>;
};

/** A rejection, or several of one endpoint of which this is the last. */
export type CountedRejection = Rejection & { readonly count: number };

const FLUSH_AFTER_MS = 100;
const RETRY_AFTER_MS = 1_000;
const MAX_ENDPOINTS = 1_000;

type Pending = { readonly single: CountedRejection[]; rest: CountedRejection | undefined };

export function openTraces(deps: Deps): Traces {
  const perMinute = deps.events.rejectionsPerMinute;
  const limit = createRateLimit({ perSecond: perMinute / 60, burst: perMinute, now: deps.now });
  let pending = new Map<string, Pending>();
  let seen = new Map<string, Seen>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const see = (place: Place, time: Date, isAccepted: boolean): void => {
    const name = nameOf(place);
    const before = seen.get(name);
    if (before === undefined && seen.size >= MAX_ENDPOINTS) return;
    const acceptTime = isAccepted ? time : before?.acceptTime;
    seen.set(name, { ...place, deliveryTime: time, acceptTime });
    schedule(FLUSH_AFTER_MS);
  };

  const note = (rejection: CountedRejection): void => {
    const name = nameOf(rejection);
    const of = pending.get(name) ?? { single: [], rest: undefined };
    if (!pending.has(name) && pending.size >= MAX_ENDPOINTS) return;
    pending.set(name, of);
    if (limit.take(name) === 0) of.single.push(rejection);
    else of.rest = { ...rejection, count: rejection.count + (of.rest?.count ?? 0) };
  };

  const flush = async (): Promise<void> => {
    const rejections = [...pending.values()].flatMap(({ single, rest }) => (rest ? [...single, rest] : single));
    const activity = [...seen.values()];
    pending = new Map();
    seen = new Map();
    try {
      await writeTraces(deps.store.em.fork(), rejections, activity);
    } catch (error) {
      deps.log.warn(
        { cause: storeErrorCode(error), rejections: rejections.length },
        'traces of deliveries not written',
      );
      for (const rejection of rejections) note(rejection);
      for (const one of activity) if (!seen.has(nameOf(one))) seen.set(nameOf(one), one);
      if (!deps.stopping.aborted) schedule(RETRY_AFTER_MS);
    }
  };

  const run = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    running = (running ?? Promise.resolve()).then(flush);
    return running;
  };

  const schedule = (afterMs: number): void => {
    timer ??= setTimeout(() => void run(), afterMs);
  };

  return {
    reject: rejection => {
      note({ ...rejection, count: 1 });
      see(rejection, rejection.receiveTime, false);
    },
    accept: (place, time) => see(place, time, true),
    drain: run,
  };
}

function nameOf({ project, provider, endpoint }: Place): string {
  return JSON.stringify([project, provider, endpoint]);
}
