import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { chooseAmong } from '../integrations/choose.ts';
import { logoPath } from '../logos/path.ts';
import type { CatalogItems } from '../providers/catalog_index.ts';
import type { Action, ConnectMethod, EventType, Provider, ReferenceType } from '../providers/provider.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import type { CauseDetail } from './causes.ts';
import { type ListedEndpoint, listEndpoints } from './endpoints.ts';
import {
  assess,
  assessor,
  type Capability,
  type IntegrationStanding,
  isOff,
  type Readiness,
  type Standing,
  type Verdict,
  whyClosed,
} from './readiness.ts';
import { loadStandings, type Standings } from './standings.ts';
import { loadState, type Reader, standingOf } from './state.ts';

export type Support = 'FULL' | 'CONNECT_ONLY';

export type ConnectionState = 'CONNECTED' | 'BUILT_IN' | 'NEEDS_SETUP' | 'UNAVAILABLE';

/** An item of a provider with its readiness in a project. */
export type Listed<Item> = { readonly provider: Provider; readonly item: Item; readonly verdict: Verdict };

export type ListedProvider = {
  readonly provider: Provider;
  readonly logoUrl: string;
  readonly connectionState: ConnectionState;
  readonly verdict: Verdict;
  /** What a call that names no integration uses. */
  readonly connection: IntegrationStanding | 'PLATFORM_CREDENTIAL' | undefined;
  readonly methods: readonly { readonly method: ConnectMethod; readonly causes: readonly CauseDetail[] }[];
  readonly eventTypes: readonly Listed<EventType>[];
  readonly actions: readonly Listed<Action>[];
  readonly references: readonly Listed<ReferenceType>[];
  readonly endpoints: readonly ListedEndpoint[];
};

export type Page<Item> = { readonly items: readonly Item[]; readonly nextPageToken: string };

export type PageRequest = { readonly pageSize: number; readonly pageToken: string };

type Item = CatalogItems[keyof CatalogItems];

/** The providers, by id. */
export function listProviders(
  deps: Pick<Deps, 'publicUrl'>,
  standings: Standings,
  request: PageRequest & {
    readonly connectionState: ConnectionState | undefined;
    readonly category: string;
    readonly support: Support | undefined;
  },
): Page<ListedProvider> {
  const { connectionState, category, support } = request;
  const filter = ['providers', standings.project, connectionState ?? '', category, support ?? ''];
  const byId = standings.all.toSorted((a, b) => (a.provider.id < b.provider.id ? -1 : 1));
  const isWanted = (standing: Standing): boolean =>
    (category === '' || standing.provider.category === category) &&
    (support === undefined || supportOf(standing.provider) === support) &&
    (connectionState === undefined || connectionStateOf(standing) === connectionState);
  const idOf = ({ provider }: Standing): string => provider.id;
  return pageOf(byId, idOf, filter, request, one => (isWanted(one) ? describe(deps, one) : undefined));
}

export function supportOf(provider: Provider): Support {
  return provider.support ?? 'FULL';
}

export async function getProvider(em: EntityManager, deps: Deps, reader: Reader, id: string): Promise<ListedProvider> {
  const { all } = await loadStandings(em, deps, reader, id);
  return describe(deps, all[0] as Standing);
}

/** The event types, actions or reference types, by name. */
export function listItems<Kind extends keyof CatalogItems>(
  standings: Standings,
  kind: Kind,
  request: PageRequest & { readonly provider: string; readonly readiness: Readiness | undefined },
): Page<Listed<CatalogItems[Kind]>> {
  const assessors = new Map<Provider, ReturnType<typeof assessor>>();
  const assessorOf = (provider: Provider) => {
    const assess = assessors.get(provider) ?? assessor(standings.of(provider));
    assessors.set(provider, assess);
    return assess;
  };
  const filter = [kind, standings.project, request.provider, request.readiness ?? ''];
  const nameOf = ({ item }: { readonly item: Item }): string => item.name;
  return pageOf(standings.offered(kind), nameOf, filter, request, ({ provider, item }) => {
    const verdict = assessorOf(provider)(capabilityOf(kind, item));
    const isWanted = request.readiness === undefined || verdict.readiness === request.readiness;
    return isWanted ? { provider, item, verdict } : undefined;
  });
}

export async function getAction(em: EntityManager, deps: Deps, reader: Reader, name: string): Promise<Listed<Action>> {
  const found = deps.catalog.action(name);
  if (found === undefined) throw new IntegrationError('ACTION_NOT_FOUND', { action: name });
  const state = await loadState(em, reader.project, found.provider.id);
  const [listed] = judge(standingOf(deps, reader, found.provider, state), 'ACTION', [found.action]);
  return listed as Listed<Action>;
}

export function judge<T extends Item>(standing: Standing, kind: keyof CatalogItems, items: readonly T[]): Listed<T>[] {
  const assess = assessor(standing);
  return items.map(item => ({ provider: standing.provider, item, verdict: assess(capabilityOf(kind, item)) }));
}

const capabilityOf = (kind: keyof CatalogItems, { name, runtimeState, scopes }: Item): Capability => ({
  kind,
  name,
  runtimeState,
  scopes,
});

/** A provider's own readiness: whether a call to it would work. */
export function judgeProvider(standing: Standing): Verdict {
  return assess(standing, { kind: 'PROVIDER', name: standing.provider.id, runtimeState: 'ACTIVE', scopes: [] });
}

function describe(deps: Pick<Deps, 'publicUrl'>, standing: Standing): ListedProvider {
  const { provider } = standing;
  return {
    provider,
    logoUrl: `${deps.publicUrl()}${logoPath(provider.id)}`,
    connectionState: connectionStateOf(standing),
    verdict: judgeProvider(standing),
    connection: connectionOf(standing),
    methods: provider.connect.map(method => ({ method, causes: whyClosed(standing, method) })),
    eventTypes: judge(standing, 'EVENT_TYPE', provider.eventTypes),
    actions: judge(standing, 'ACTION', provider.actions),
    references: judge(standing, 'REFERENCE_TYPE', provider.references),
    endpoints: listEndpoints(deps, standing),
  };
}

function connectionOf(standing: Standing): ListedProvider['connection'] {
  const chosen = chooseAmong(standing.integrations);
  if (chosen === 'AMBIGUOUS_INTEGRATION') return undefined;
  if (chosen !== 'NOT_CONFIGURED') return chosen;
  return standing.hasPlatformCredential ? 'PLATFORM_CREDENTIAL' : undefined;
}

function connectionStateOf(standing: Standing): ConnectionState {
  const { provider, integrations } = standing;
  if (isOff(standing)) return 'UNAVAILABLE';
  if (provider.builtIn === true) return 'BUILT_IN';
  if (integrations.some(i => i.status === 'ACTIVE')) return 'CONNECTED';
  // The platform's credential is no connection of the project: it works without one.
  if (integrations.length === 0 && standing.hasPlatformCredential) return 'BUILT_IN';
  return provider.connect.some(method => whyClosed(standing, method).length === 0) ? 'NEEDS_SETUP' : 'UNAVAILABLE';
}

/**
 * One page of what is sorted by name, as `pick` describes it; undefined leaves it out. Pages go on after a name, so that they
 * hold while the catalog and the readiness change.
 */
function pageOf<T, Described>(
  sorted: readonly T[],
  nameOf: (item: T) => string,
  filter: readonly string[],
  request: PageRequest,
  pick: (item: T) => Described | undefined,
): Page<Described> {
  const after = decodePageToken(filter, request.pageToken, 1)?.[0] ?? '';
  const size = pageSize(request.pageSize);
  const items: Described[] = [];
  let last = '';
  for (const item of sorted) {
    const name = nameOf(item);
    if (name <= after) continue;
    const described = pick(item);
    if (described === undefined) continue;
    if (items.length === size) return { items, nextPageToken: encodePageToken(filter, [last]) };
    items.push(described);
    last = name;
  }
  return { items, nextPageToken: '' };
}
