import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import type { CatalogItems, Offered } from '../providers/catalog_index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Standing } from './readiness.ts';
import { findProvider, isShown, loadState, nextExpiry, type Reader, standingOf } from './state.ts';

/** Where a project stands with the catalog at one moment, as one reader may know it: all that an answer about it is made of. */
export type Standings = {
  readonly project: string;
  /** In the order of the catalog. */
  readonly all: readonly Standing[];
  readonly of: (provider: Provider) => Standing;
  /** What those providers offer, by name. */
  readonly offered: <Kind extends keyof CatalogItems>(kind: Kind) => readonly Offered<CatalogItems[Kind]>[];
  /** Two of the same providers with the same one are the same until `untilMs`: what they are made of, by its value or its version. */
  readonly fingerprint: string;
  readonly now: Date;
  readonly untilMs: number;
};

/** `provider`: with that one alone. Empty: with all that are shown unasked, or with those besides that `asked` is of. */
export async function loadStandings(
  em: EntityManager,
  deps: Deps,
  reader: Reader,
  provider = '',
  asked: (provider: Provider) => boolean = () => false,
): Promise<Standings> {
  const find = () => (provider === '' ? undefined : findProvider(deps, provider));
  const state = await loadState(em, reader.project, find()?.id);
  // Found anew: meanwhile the catalog may have become another, and all that is told must be of the same one.
  const only = find();
  const { version, providers, sorted } = deps.catalog;
  const now = deps.now();
  const wanted = only ? [only] : providers.filter(each => isShown(deps, each, state) || asked(each));
  let standings: ReadonlyMap<Provider, Standing> | undefined;
  // Most answers are kept already, and need none.
  const byProvider = () => {
    standings ??= new Map(wanted.map(each => [each, standingOf(deps, reader, each, state)]));
    return standings;
  };
  return {
    project: reader.project,
    get all() {
      return [...byProvider().values()];
    },
    of: each => byProvider().get(each) as Standing,
    offered: kind => (only === undefined ? sorted[kind] : sorted[kind].filter(one => one.provider === only)),
    fingerprint: JSON.stringify([version, deps.access.version, reader, [...state]]),
    now,
    untilMs: nextExpiry(state, now)?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}
