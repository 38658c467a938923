import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statements } from '../store/sql.ts';
import { claimDue, claimNew, type Taker } from './claim.ts';
import { advance, advanceOrdered, enrol, publishingProjects } from './consumer.ts';
import { type HandedOut, loadHandedOut } from './handed_out.ts';

/**
 * What a stream remembers of where it looked. Projects that something was published in are searched from where the last
 * search ended; a sweep searches all of them from where the consumer is.
 */
export type Search = {
  /** Something was published in the project; undefined: maybe in any. */
  readonly mark: (project: string | undefined) => void;
  /** Something that was handed out before may be due. */
  readonly markDue: () => void;
  /** Takes up to `limit` events of the projects. `isDone` is false where more were found than taken. */
  readonly take: (
    em: EntityManager,
    projects: '*' | readonly string[],
    limit: number,
    now: Date,
  ) => Promise<{ readonly events: readonly HandedOut[]; readonly isDone: boolean }>;
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
/** However many new events come, leases that end and delays that pass are looked for this often, and no more. */
const DUE_EVERY_MS = 500;

export function openSearch(keyed: Statements, taker: Taker, startTime: Date | undefined): Search {
  const enrolled = new Set<string>();
  const marked = new Set<string>();
  const searchedTo = new Map<string, Date>();
  let sweepAtMs = 0;
  let beatAtMs = 0;
  let dueAtMs = 0;

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

  const takeDue = async (
    em: EntityManager,
    projects: '*' | readonly string[],
    limit: number,
    now: Date,
  ): Promise<readonly HandedOut[]> => {
    if (performance.now() < dueAtMs) return [];
    // Before it looks: what is marked meanwhile stays for the next.
    dueAtMs = performance.now() + DUE_EVERY_MS;
    const claims = await claimDue(em, taker, projects, limit, now);
    if (claims.length === limit) dueAtMs = 0;
    return loadHandedOut(em, claims);
  };

  return {
    beat: async (em, now) => {
      if (performance.now() < beatAtMs || enrolled.size === 0) return;
      beatAtMs = performance.now() + SWEEP_EVERY_MS;
      await tell(em, now);
    },
    mark: project => {
      if (project !== undefined) marked.add(project);
      else sweepAtMs = dueAtMs = 0;
    },
    markDue: () => {
      dueAtMs = 0;
    },
    take: async (em, projects, limit, now) => {
      if (performance.now() >= sweepAtMs) await sweep(em, projects, now);
      const due = await takeDue(em, projects, limit, now);
      const left = limit - due.length;
      const granted = new Set(projects === '*' ? marked : projects);
      if (left === 0) return { events: due, isDone: false };
      const searched = [...marked].filter(project => granted.has(project));
      // Emptied before the search: what is marked while it runs stays for the next.
      marked.clear();
      if (searched.length === 0) return { events: due, isDone: true };
      await ensureEnrolled(em, searched, now);
      const searches = searched.map(project => ({ project, from: searchedTo.get(project) }));
      const { events, more } = await claimNew(taker.isOrdered ? em : keyed, taker, searches, left, now);
      const taken = { events: [...due, ...events], isDone: more === undefined };
      // What it left out for its order's sake lies anywhere behind: each search begins where the consumer is.
      if (taker.isOrdered) {
        if (more !== undefined) for (const project of searched) marked.add(project);
        return taken;
      }
      const settled = new Date(now.getTime() - OVERLAP_MS);
      const to = more !== undefined && more < settled ? more : settled;
      for (const project of searched) {
        if (!(to < (searchedTo.get(project) ?? new Date(0)))) searchedTo.set(project, to);
        if (more !== undefined) marked.add(project);
      }
      const whole = searches.filter(search => search.from === undefined).map(search => search.project);
      if (whole.length > 0) await advance(em, taker, whole, more ?? now, now);
      return taken;
    },
  };
}
