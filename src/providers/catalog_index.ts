import type { Action, ConnectMethod, EventType, Provider, ReferenceType } from './provider.ts';
import type { Feed, Subscriptions } from './subscription.ts';

/** What a provider offers, by the kind of the contract. */
export type CatalogItems = {
  readonly EVENT_TYPE: EventType;
  readonly ACTION: Action;
  readonly REFERENCE_TYPE: ReferenceType;
};

export type Offered<Item> = { readonly provider: Provider; readonly item: Item };

/** The providers and all they offer, by name. */
export type CatalogIndex = {
  /** In the order of the list. */
  readonly providers: readonly Provider[];
  /** Of all providers, sorted by name. */
  readonly sorted: { readonly [Kind in keyof CatalogItems]: readonly Offered<CatalogItems[Kind]>[] };
  readonly provider: (id: string) => Provider | undefined;
  readonly action: (name: string) => { readonly provider: Provider; readonly action: Action } | undefined;
  readonly eventType: (name: string) => { readonly provider: Provider; readonly eventType: EventType } | undefined;
  readonly referenceType: (name: string) => { readonly provider: Provider; readonly type: ReferenceType } | undefined;
};

export function indexCatalog(providers: readonly Provider[]): CatalogIndex {
  const byId = new Map(providers.map(p => [p.id, p]));
  const actions = new Map(providers.flatMap(p => p.actions.map(a => [a.name, { provider: p, action: a }] as const)));
  const events = new Map(
    providers.flatMap(p => p.eventTypes.map(e => [e.name, { provider: p, eventType: e }] as const)),
  );
  const types = new Map(providers.flatMap(p => p.references.map(r => [r.name, { provider: p, type: r }] as const)));
  return {
    providers,
    sorted: {
      EVENT_TYPE: sortByName(providers, ({ eventTypes }) => eventTypes),
      ACTION: sortByName(providers, provider => provider.actions),
      REFERENCE_TYPE: sortByName(providers, ({ references }) => references),
    },
    provider: id => byId.get(id),
    action: name => actions.get(name),
    eventType: name => events.get(name),
    referenceType: name => types.get(name),
  };
}

function sortByName<Item extends { readonly name: string }>(
  providers: readonly Provider[],
  itemsOf: (provider: Provider) => readonly Item[],
): readonly Offered<Item>[] {
  return providers
    .flatMap(provider => itemsOf(provider).map(item => ({ provider, item })))
    .sort((a, b) => (a.item.name < b.item.name ? -1 : 1));
}

/** The way an integration of that auth kind was connected: at most one method of a provider has it. */
export function methodFor(provider: Provider, authKind: string): ConnectMethod | undefined {
  return provider.connect.find(m => m.authKind === authKind);
}

/** Whether the way leads through an app that the operator registered. */
export function needsApp(method: ConnectMethod): boolean {
  return method.mode === 'APP_INSTALL' || (method.mode === 'OAUTH_REDIRECT' && !('discovery' in method));
}

/** How webhooks are made for an integration of that auth kind; undefined where none are. */
export function subscriptionsFor({ subscriptions }: Provider, authKind: string): Subscriptions | undefined {
  return subscriptions?.authKinds.some(kind => kind === authKind) ? subscriptions : undefined;
}

/** What is read for an integration of that auth kind; undefined where nothing is. */
export function feedFor({ feed }: Provider, authKind: string): Feed | undefined {
  return feed?.authKinds.some(kind => kind === authKind) ? feed : undefined;
}
