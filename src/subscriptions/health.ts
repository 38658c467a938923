import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { setHealth } from '../integrations/health.ts';
import { lockIntegration } from '../integrations/update.ts';
import { announce } from '../store/changes.ts';
import type { SubscriptionFailure } from './entity.ts';
import { FAILURE_TEXTS } from './failure.ts';

/** A try that failed fewer times in a row may come right by itself and worries nobody. */
const WORRYING_FAILURES = 3;

type Trouble = { readonly label: string; readonly isFeed: boolean; readonly failure: SubscriptionFailure | null };

/**
 * Notes on the integration that events do not come, or no more: what else is noted there stays, and only this is taken
 * away when all is well again. To be called after every try that failed and the first that did not.
 */
export async function noteEventHealth(
  deps: Deps,
  place: { readonly project: string; readonly integrationId: string },
): Promise<void> {
  const { project, integrationId } = place;
  await deps.store.em.fork().transactional(async em => {
    const integration = await lockIntegration(em, project, integrationId, '').catch((error: unknown) => {
      if (error instanceof IntegrationError && error.reason === 'INTEGRATION_NOT_FOUND') return undefined;
      throw error;
    });
    if (integration === undefined || integration.status !== 'ACTIVE') return;
    const { healthCause, healthMessage } = integration;
    if (healthCause && healthCause !== 'SUBSCRIPTION_LAPSED') return;
    const message = describe(await troubles(em, project, integrationId));
    if (message === (healthCause ? (healthMessage ?? undefined) : undefined)) return;
    await setHealth(
      em,
      deps,
      integration,
      message === undefined ? undefined : { cause: 'SUBSCRIPTION_LAPSED', message },
    );
    await announce(em, 'integration_changed', project);
  });
}

async function troubles(em: EntityManager, project: string, integrationId: string): Promise<readonly Trouble[]> {
  const place = [project, integrationId];
  return em.execute<Trouble[]>(
    `select label, false as "isFeed", failure from subscriptions
      where project = ? and integration_id = ? and is_wanted
        and (state = 'FAILED' or lapse_time is not null or failures >= ${WORRYING_FAILURES})
     union all
     select label, true, failure from feeds
      where project = ? and integration_id = ? and failures >= ${WORRYING_FAILURES}
     union all
     select '', true, failure from subscription_plans
      where project = ? and integration_id = ?
        and (failures >= ${WORRYING_FAILURES} or failure in ('refused', 'forbidden', 'scope_missing'))
     order by 2, 1`,
    [...place, ...place, ...place],
  );
}

/** Undefined: all is well. */
function describe(all: readonly Trouble[]): string | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const others = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  const why = first.failure === null ? '' : `: ${FAILURE_TEXTS[first.failure]}`;
  if (first.label === '') return `The provider could not be asked for what to bring events of${others}${why}.`;
  const what = first.isFeed ? 'Events cannot be read of' : 'The provider delivers no events of';
  return `${what} ${first.label}${others}${why}. It is tried again by itself.`.slice(0, 512);
}
