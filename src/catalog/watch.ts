import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { withdrawn } from './causes.ts';
import { judge, judgeProvider } from './list.ts';
import type { CapabilityKind, Standing, Verdict } from './readiness.ts';
import { findProvider, isShown, loadState, nextExpiry, type ProjectState, type Reader, standingOf } from './state.ts';

export type WatchedCapability = {
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly provider: string;
  readonly verdict: Verdict;
};

export type ReadinessReport = {
  readonly capabilities: readonly WatchedCapability[];
  readonly isSnapshot: boolean;
  readonly asOf: Date;
};

/** Readiness is looked at again this often at least, for what time alone changes. */
const MAX_WAIT_MS = 30_000;

/**
 * The readiness of everything asked for, then what changed, as soon as the receiver takes it: changes that come while it
 * is busy are told together. Ends quietly on `signal`; throws SHUTTING_DOWN when the service drains.
 */
export async function* watchReadiness(
  deps: Deps,
  reader: Reader,
  request: { readonly providers: readonly string[]; readonly kinds: readonly CapabilityKind[] },
  signal: AbortSignal,
): AsyncGenerator<ReadinessReport> {
  for (const id of request.providers) findProvider(deps, id);
  const bell = openBell();
  // Before the first reading, so that nothing falls between it and the first wait.
  const stops = [
    deps.changes.subscribe('integration_changed', project => {
      if (project === undefined || project === reader.project) bell.ring('CHANGED');
    }),
    deps.access.onChange(() => bell.ring('LOOK')),
    deps.catalog.onChange(() => bell.ring('LOOK')),
  ];
  const stop = () => bell.ring('LOOK');
  signal.addEventListener('abort', stop);
  deps.stopping.addEventListener('abort', stop);
  try {
    let state: ProjectState | undefined;
    let told: ReadonlyMap<string, Told> | undefined;
    while (!signal.aborted) {
      if (deps.stopping.aborted) throw new IntegrationError('SHUTTING_DOWN', {}, { retryDelayMs: 1_000 });
      const rung = bell.take();
      if (state === undefined || rung === 'CHANGED') state = await loadState(deps.store.em.fork(), reader.project);
      const asOf = deps.now();
      const current = state;
      const standings = watched(deps, request.providers, current).map(each => standingOf(deps, reader, each, current));
      const all = standings.flatMap(standing => capabilitiesOf(standing, request.kinds));
      const now = new Map(all.map(c => [keyOf(c), { ...c, text: JSON.stringify(c.verdict) }]));
      const before = told;
      const gone = [...(before?.values() ?? [])].filter(c => !now.has(keyOf(c))).map(goneFrom);
      const changed = [...gone, ...all.filter(c => before?.get(keyOf(c))?.text !== now.get(keyOf(c))?.text)];
      told = now;
      if (before === undefined || changed.length > 0) {
        yield { capabilities: changed, isSnapshot: before === undefined, asOf };
      }
      const untilMs = (nextExpiry(state, asOf)?.getTime() ?? Number.POSITIVE_INFINITY) - asOf.getTime();
      await bell.wait(Math.min(MAX_WAIT_MS, untilMs));
    }
  } finally {
    for (const unsubscribe of stops) unsubscribe();
    signal.removeEventListener('abort', stop);
    deps.stopping.removeEventListener('abort', stop);
  }
}

type Told = WatchedCapability & { readonly text: string };

/** The providers asked for that the catalog has now; none named: all that are shown unasked. */
function watched(
  deps: Pick<Deps, 'catalog' | 'platform'>,
  ids: readonly string[],
  state: ProjectState,
): readonly Provider[] {
  if (ids.length > 0) return ids.flatMap(id => deps.catalog.provider(id) ?? []);
  return deps.catalog.providers.filter(provider => isShown(deps, provider, state));
}

function goneFrom({ kind, name, provider }: WatchedCapability): WatchedCapability {
  return { kind, name, provider, verdict: { readiness: 'UNAVAILABLE', causes: [withdrawn(name, provider)] } };
}

function capabilitiesOf(standing: Standing, kinds: readonly CapabilityKind[]): WatchedCapability[] {
  const { provider } = standing;
  const wanted = (kind: CapabilityKind): boolean => kinds.length === 0 || kinds.includes(kind);
  const own = { kind: 'PROVIDER' as const, name: provider.id, provider: provider.id, verdict: judgeProvider(standing) };
  const itemsOf = { EVENT_TYPE: provider.eventTypes, ACTION: provider.actions, REFERENCE_TYPE: provider.references };
  return [
    ...(wanted('PROVIDER') ? [own] : []),
    ...(['EVENT_TYPE', 'ACTION', 'REFERENCE_TYPE'] as const).flatMap(kind =>
      wanted(kind)
        ? judge(standing, kind, [...itemsOf[kind]]).map(({ item, verdict }) => ({
            kind,
            name: item.name,
            provider: provider.id,
            verdict,
          }))
        : [],
    ),
  ];
}

const keyOf = ({ kind, name }: WatchedCapability): string => `${kind} ${name}`;

type Ring = 'LOOK' | 'CHANGED';

/** Remembers that it rang while nobody waited; the stronger ring stays. */
function openBell() {
  let rung: Ring | undefined;
  let wake: (() => void) | undefined;
  return {
    ring: (ring: Ring): void => {
      if (rung !== 'CHANGED') rung = ring;
      wake?.();
    },
    take: (): Ring | undefined => {
      const taken = rung;
      rung = undefined;
      return taken;
    },
    wait: async (timeoutMs: number): Promise<void> => {
      if (rung !== undefined) return;
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    },
  };
}
