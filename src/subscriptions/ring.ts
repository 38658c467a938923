import type { EntityManager } from '@mikro-orm/postgresql';
import type { Feed } from '../providers/subscription.ts';

/** Makes the feeds due that a subscription rings for: that of its target, or where none has it all of the integration. */
export async function ringFeeds(
  em: EntityManager,
  subscription: { readonly project: string; readonly integrationId: string; readonly target: string },
  feed: Feed | undefined,
  now: Date,
): Promise<void> {
  if (feed?.rung === undefined) return;
  const { project, integrationId, target } = subscription;
  await em.execute(
    `update feeds f set next_time = ?
      where f.project = ? and f.integration_id = ? and (f.target = ? or not exists (
        select 1 from feeds o where o.project = f.project and o.integration_id = f.integration_id and o.target = ?))`,
    [now, project, integrationId, target, target],
  );
}
