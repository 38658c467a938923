import type { EntityManager } from '@mikro-orm/postgresql';
import { type LeaseUse, leaseUses } from '../credentials/leases.ts';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { type Arrival, arrivalsOf } from '../events/arrivals.ts';
import { type WatchedReference, watchedReferences } from '../references/watch.ts';
import { type ListedSubscription, subscriptionsOf } from '../subscriptions/list.ts';
import { findIntegration } from './choose.ts';

export type ImpactRequest = {
  readonly project: string;
  readonly id: string;
  readonly change: 'DELETE' | 'DEACTIVATE' | 'ROTATE' | 'NARROW_SCOPES';
  readonly remainingScopes: readonly string[];
  readonly windowMs: number | undefined;
};

type Use = { readonly count: number; readonly lastTime: Date; readonly openCount: number };

export type Impact = {
  readonly actions: readonly (Use & { readonly action: string })[];
  readonly callers: readonly (Use & { readonly caller: string })[];
  readonly eventTypes: readonly Arrival[];
  /** Webhooks that would be removed, and what would be read no more. */
  readonly subscriptions: readonly ListedSubscription[];
  /** Resolved through it; those that are broken by now say so in their state. */
  readonly references: readonly WatchedReference[];
  readonly isTruncated: boolean;
};

const DEFAULT_WINDOW_MS = 30 * 86_400_000;
const MAX_ENTRIES = 200;

/**
 * What used the integration lately and would stop. It goes by leases, receipts and resolved references: which specs name
 * the integration is not recorded here and so not told.
 */
export async function previewImpact(em: EntityManager, deps: Deps, request: ImpactRequest): Promise<Impact> {
  const { change, remainingScopes } = request;
  if (change !== 'NARROW_SCOPES' && remainingScopes.length > 0) {
    throw invalidField('remaining_scopes', 'goes with IMPACT_CHANGE_NARROW_SCOPES alone');
  }
  const integration = await findIntegration(em, request.project, request.id);
  const now = deps.now();
  const since = new Date(now.getTime() - (request.windowMs || DEFAULT_WINDOW_MS));
  const left = new Set(remainingScopes);
  const stops = (scopes: readonly string[] | undefined): boolean =>
    change !== 'NARROW_SCOPES' || (scopes ?? []).some(scope => !left.has(scope));
  const uses = (await leaseUses(em, integration, since, now)).filter(
    // A rotation without overlap stops who holds the credential now; who asks later gets the new one.
    use => stops(deps.catalog.action(use.purpose)?.action.scopes) && (change !== 'ROTATE' || use.openCount > 0),
  );
  const arrivals = change === 'ROTATE' ? [] : await arrivalsOf(em, integration, since);
  const events = arrivals.filter(arrival => stops(deps.catalog.eventType(arrival.eventType)?.eventType.scopes));
  const actions = latestFirst(sumBy(uses, use => use.purpose).map(([action, use]) => ({ action, ...use })));
  const callers = latestFirst(sumBy(uses, use => use.caller).map(([caller, use]) => ({ caller, ...use })));
  const eventTypes = latestFirst(events);
  const watched = change === 'ROTATE' ? [] : await watchedReferences(em, request.project, request.id);
  const ends = change === 'DELETE' || change === 'DEACTIVATE';
  const subscriptions = ends ? await subscriptionsOf(em, request.project, { integrationId: request.id }) : [];
  const references = watched.filter(
    ({ referenceType, resolveTime }) =>
      resolveTime >= since && stops(deps.catalog.referenceType(referenceType)?.type.scopes),
  );
  return {
    actions: actions.slice(0, MAX_ENTRIES),
    callers: callers.slice(0, MAX_ENTRIES),
    eventTypes: eventTypes.slice(0, MAX_ENTRIES),
    subscriptions: subscriptions.slice(0, MAX_ENTRIES),
    references: references.slice(0, MAX_ENTRIES),
    isTruncated: [actions, callers, eventTypes, subscriptions, references].some(list => list.length > MAX_ENTRIES),
  };
}

function sumBy(uses: readonly LeaseUse[], keyOf: (use: LeaseUse) => string): [string, Use][] {
  const groups = [...Map.groupBy(uses, keyOf)];
  return groups.map(([key, group]) => [
    key,
    {
      count: group.reduce((sum, use) => sum + use.count, 0),
      openCount: group.reduce((sum, use) => sum + use.openCount, 0),
      lastTime: new Date(Math.max(...group.map(use => use.lastTime.getTime()))),
    },
  ]);
}

function latestFirst<T extends { readonly lastTime: Date }>(list: readonly T[]): readonly T[] {
  return list.toSorted((a, b) => b.lastTime.getTime() - a.lastTime.getTime());
}
