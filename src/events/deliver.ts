import { setTimeout as delay } from 'node:timers/promises';
import { typeid } from 'typeid-js';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Caller } from '../rpc/caller.ts';
import { announce } from '../store/changes.ts';
import { storeErrorCode } from '../store/failure.ts';
import { countHeld, releaseHeld, type Taker } from './claim.ts';
import type { HandedOut } from './handed_out.ts';
import { DEFAULT_LEASE_MS } from './handover.ts';
import type { OpenStreams } from './open_streams.ts';
import { openSearch } from './search.ts';
import { createWake } from './wake.ts';

const PERMISSION = 'source_events.consume';

export type StreamRequest = {
  readonly consumer: string;
  /** `*` among them: all that the caller is granted, now and later. */
  readonly projects: readonly string[];
  readonly patterns: readonly string[];
  /** 0: the default. */
  readonly maxInFlight: number;
  readonly ordered: boolean;
  readonly leaseMs: number | undefined;
  /** Where a consumer new to a project begins. */
  readonly startTime: Date | undefined;
};

export type HandedOutToStream = HandedOut & { readonly stream: string };

const DEFAULT_WINDOW = 256;
/** One claim takes at most this many: payloads are up to 256 KiB each. */
const MAX_CLAIM = 64;
/** While more is waiting, room for fewer than this is left to grow for a moment: a search costs the same for one as for all. */
const CHUNK = 32;
const CHUNK_WAIT_MS = 20;
/** Leases that end and delays that pass are looked for this often. */
const TICK_MS = 1_000;
/** Acknowledgements that reach another process are noticed this soon while the window is full. */
const FULL_TICK_MS = 100;

/**
 * Hands out events as they come, at most `maxInFlight` unacknowledged ones. Ends quietly on `signal`, throws
 * SHUTTING_DOWN when the service drains and PERMISSION_MISSING when a named project is no longer granted. What it still
 * holds at its end goes to the consumer's other streams at once.
 */
export async function* streamSourceEvents(
  deps: Deps,
  streams: OpenStreams,
  caller: Caller,
  request: StreamRequest,
  signal: AbortSignal,
): AsyncGenerator<HandedOutToStream> {
  const { consumer, patterns, leaseMs = DEFAULT_LEASE_MS, ordered: isOrdered } = request;
  const named = request.projects.includes('*') ? undefined : new Set(request.projects);
  yield* handOut(deps, streams, signal, {
    taker: { consumer, patterns, leaseMs, isOrdered, stream: typeid('strm').toString() },
    window: request.maxInFlight === 0 ? DEFAULT_WINDOW : request.maxInFlight,
    startTime: request.startTime,
    isOf: project => named?.has(project) ?? true,
    projectsNow: () => projectsNow(deps, caller, request.projects),
  });
}

export type Outlet = {
  readonly taker: Taker;
  readonly window: number;
  readonly startTime: Date | undefined;
  /** Whether news of the project is worth looking for. */
  readonly isOf: (project: string) => boolean;
  /** Asked before every claim; throws where the stream must end. */
  readonly projectsNow: () => '*' | readonly string[];
};

/** What a stream brings, to a caller or to a publisher of our own. */
export async function* handOut(
  deps: Deps,
  streams: OpenStreams,
  signal: AbortSignal,
  { taker, window, startTime, isOf, projectsNow }: Outlet,
): AsyncGenerator<HandedOutToStream> {
  const search = openSearch(deps.keyed, taker, startTime);
  const wake = createWake();
  const stops = [
    deps.changes.subscribe('source_event_published', project => {
      if (project !== undefined && !isOf(project)) return;
      search.mark(project);
      wake.ring();
    }),
    deps.changes.subscribe('source_event_freed', project => {
      if (project !== undefined && !isOf(project)) return;
      // Of an ordered one its end may let a new one go.
      if (project !== undefined) search.mark(project);
      search.markDue();
      wake.ring();
    }),
    deps.access.onChange(() => {
      search.mark(undefined);
      wake.ring();
    }),
  ];
  streams.set(taker.stream, () => {
    search.markDue();
    wake.ring();
  });
  signal.addEventListener('abort', wake.ring);
  deps.stopping.addEventListener('abort', wake.ring);
  /** Never less than what the stream holds: acknowledgements are only seen by counting. */
  let held = 0;
  let hasMore = false;
  let claimedMs = 0;
  try {
    for (;;) {
      if (deps.stopping.aborted) throw new IntegrationError('SHUTTING_DOWN', {}, { retryDelayMs: 1_000 });
      if (signal.aborted) return;
      const projects = projectsNow();
      const em = deps.store.em.fork();
      if (held >= window || hasMore) held = await countHeld(em, taker);
      const room = Math.min(window - held, MAX_CLAIM);
      const sinceMs = performance.now() - claimedMs;
      if (hasMore && room < Math.min(CHUNK, window / 4) && room > 0 && sinceMs < FULL_TICK_MS) {
        await delay(CHUNK_WAIT_MS);
        continue;
      }
      if (room <= 0) {
        await search.beat(em, deps.now());
        await wake.wait(FULL_TICK_MS);
        continue;
      }
      claimedMs = performance.now();
      const { events, isDone } = await search.take(em, projects, room, deps.now());
      held += events.length;
      hasMore = !isDone;
      for (const event of events) {
        // A slow receiver: the event may be another stream's by now.
        if (performance.now() - claimedMs >= taker.leaseMs) continue;
        yield { ...event, stream: taker.stream };
        if (signal.aborted || deps.stopping.aborted) break;
      }
      if (isDone && events.length < room) await wake.wait(TICK_MS);
    }
  } finally {
    for (const stop of stops) stop();
    streams.delete(taker.stream);
    signal.removeEventListener('abort', wake.ring);
    deps.stopping.removeEventListener('abort', wake.ring);
    await release(deps, taker);
  }
}

/** Asked before every claim, so that a grant taken away counts at once. */
function projectsNow(deps: Deps, caller: Caller, wanted: readonly string[]): '*' | readonly string[] {
  if (wanted.includes('*')) {
    if (!deps.access.permits(caller, PERMISSION)) throw missing();
    return deps.access.grantedProjects(caller, PERMISSION);
  }
  const refused = wanted.find(project => !deps.access.permits(caller, PERMISSION, project));
  if (refused !== undefined) throw missing(refused);
  return wanted;
}

function missing(project?: string): IntegrationError {
  const where = project === undefined ? '' : ` in project ${project}`;
  return new IntegrationError(
    'PERMISSION_MISSING',
    { permission: PERMISSION, ...(project !== undefined && { project }) },
    { message: `the caller lacks ${PERMISSION}${where}` },
  );
}

async function release(deps: Deps, taker: Taker): Promise<void> {
  try {
    await deps.store.em.fork().transactional(async em => {
      for (const project of await releaseHeld(em, taker)) {
        await announce(em, 'source_event_freed', project);
      }
    });
  } catch (error) {
    // The leases end by themselves; the events go out again then.
    deps.log.warn({ consumer: taker.consumer, cause: storeErrorCode(error) }, 'events of a closed stream stay leased');
  }
}
