import type { EntityManager } from '@mikro-orm/postgresql';
import type { Provider } from '../providers/provider.ts';
import type { Feed } from '../providers/subscription.ts';
import { pgArray } from '../store/sql.ts';

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

/** Makes the feeds of those accounts due, whoever connected them. */
export async function ringFeedsOf(
  em: EntityManager,
  { id, feed }: Pick<Provider, 'id' | 'feed'>,
  accounts: readonly string[],
  now: Date,
): Promise<void> {
  if (feed?.rung === undefined) return;
  await em.execute(
    `update feeds f set next_time = ? from integrations i
      where i.provider = ? and i.account_id = any(?::text[]) and f.project = i.project and f.integration_id = i.id`,
    [now, id, pgArray(accounts)],
  );
}
