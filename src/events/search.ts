import type { EntityManager } from '@mikro-orm/postgresql';
import { type Claim, claimDue, claimNew, type Taker } from './claim.ts';
import { advance, advanceOrdered, enrol, publishingProjects } from './consumer.ts';

/**
 * What a stream remembers of where it looked. Projects that something was published in are searched from where the last
 * search ended; a sweep searches all of them from where the consumer is.
 */
export type Search = {
  /** Something was published in the project; undefined: maybe in any. */
  readonly mark: (project: string | undefined) => void;
  /** Takes up to `limit` events of the projects. `isDone` is false where more were found than taken. */
  readonly take: (
    em: EntityManager,
    projects: '*' | readonly string[],
    limit: number,
    now: Date,
  ) => Promise<{ readonly claims: readonly Claim[]; readonly isDone: boolean }>;
  /** Notes that the stream is open, for when its window is full and nothing is taken. */
  readonly beat: (em: EntityManager, now: Date) => Promise<void>;
};

/** Sweeps catch what no notification told of: a commit that took longer than OVERLAP_MS, a claim that was rolled back. */
const SWEEP_EVERY_MS = 15_000;
/**
 * A search begins this long before the end of the last one: what was published then may have been committed since. It
 * walks over all that was handed out in that time: with 30 s, at 260 events/s, a search took 50 ms.
 */
const OVERLAP_MS = 5_000;

export function openSearch(taker: Taker, startTime: Date | undefined): Search {
  const enrolled = new Set<string>();
  const marked = new Set<string>();
  const searchedTo = new Map<string, Date>();
  let sweepAtMs = 0;
  let beatAtMs = 0;

  const tell = (em: EntityManager, now: Date): Promise<void> =>
    taker.isOrdered ? advanceOrdered(em, taker, [...enrolled], now) : advance(em, taker, [...enrolled], undefined, now);

  const sweep = async (em: EntityManager, projects: '*' | readonly string[], now: Date): Promise<void> => {
    sweepAtMs = performance.now() + SWEEP_EVERY_MS;
    const all = projects === '*' ? await publishingProjects(em) : projects;
    searchedTo.clear();
    for (const project of all) marked.add(project);
    if (enrolled.size > 0) await tell(em, now);
  };

  /** Where the consumer has a position in each; a project is new to a stream once. */
  const ensureEnrolled = async (em: EntityManager, projects: readonly string[], now: Date): Promise<void> => {
    const fresh = projects.filter(project => !enrolled.has(project));
    if (fresh.length === 0) return;
    await enrol(em, taker, fresh, startTime, now);
    for (const project of fresh) enrolled.add(project);
  };

  return {
    beat: async (em, now) => {
      if (performance.now() < beatAtMs || enrolled.size === 0) return;
      beatAtMs = performance.now() + SWEEP_EVERY_MS;
      await tell(em, now);
    },
    mark: project => {
      if (project === undefined) sweepAtMs = 0;
      else marked.add(project);
    },
    take: async (em, projects, limit, now) => {
      if (performance.now() >= sweepAtMs) await sweep(em, projects, now);
      const due = await claimDue(em, taker, projects, limit, now);
      const left = limit - due.length;
      const granted = new Set(projects === '*' ? marked : projects);
      if (left === 0) return { claims: due, isDone: false };
      const searched = [...marked].filter(project => granted.has(project));
      // Emptied before the search: what is marked while it runs stays for the next.
      marked.clear();
      if (searched.length === 0) return { claims: due, isDone: true };
      await ensureEnrolled(em, searched, now);
      const searches = searched.map(project => ({ project, from: searchedTo.get(project) }));
      const { claims, more } = await claimNew(em, taker, searches, left, now);
      // What it left out for its order's sake lies anywhere behind: each search begins where the consumer is.
      if (taker.isOrdered) {
        if (more !== undefined) for (const project of searched) marked.add(project);
        return { claims: [...due, ...claims], isDone: more === undefined };
      }
      const settled = new Date(now.getTime() - OVERLAP_MS);
      const to = more !== undefined && more < settled ? more : settled;
      for (const project of searched) {
        if (!(to < (searchedTo.get(project) ?? new Date(0)))) searchedTo.set(project, to);
        if (more !== undefined) marked.add(project);
      }
      const whole = searches.filter(search => search.from === undefined).map(search => search.project);
      if (whole.length > 0) await advance(em, taker, whole, more ?? now, now);
      return { claims: [...due, ...claims], isDone: more === undefined };
    },
  };
}
