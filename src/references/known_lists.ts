import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { activeIntegrations } from '../integrations/of_account.ts';
import { keepList } from './lists.ts';
import type { ProviderType } from './source.ts';

/** A list that nobody looks through is crawled no more after this, and forgotten after the second. */
const UNUSED_MS = 7 * 86_400_000;
const FORGET_MS = 30 * 86_400_000;

/** Whether we keep an index of the type, filled ahead of any lookup. */
export function isCrawledAhead(type: ProviderType): boolean {
  return isIndexed(type) && type.dependsOn.every(({ required }) => !required);
}

export function isIndexed(type: ProviderType): boolean {
  return type.search === 'LOCAL' && type.runtimeState !== 'PLANNED';
}

/** Every active integration has the lists that depend on nothing, due at once where they are new. */
export async function keepKnownLists(em: EntityManager, deps: Deps, project?: string): Promise<void> {
  const now = deps.now();
  for (const integration of await activeIntegrations(em, project)) {
    const provider = deps.catalog.provider(integration.provider);
    for (const type of provider?.references ?? []) {
      if (type.source !== 'PROVIDER' || !isCrawledAhead(type)) continue;
      const key = {
        project: integration.project,
        integrationId: integration.id,
        referenceType: type.name,
        dependsOn: {},
      };
      await keepList(em, key, integration, { now, nextTime: now });
    }
  }
}

/** Lists made for one lookup do not stay for ever. Those that depend on nothing do, and those of which something is watched. */
export async function forgetUnused(em: EntityManager, now: Date): Promise<void> {
  await em.execute(
    `update reference_lists set next_time = '9999-01-01'
      where depends_on <> '{}'::jsonb and use_time < ? and next_time < '9999-01-01' and lease_end_time is null`,
    [new Date(now.getTime() - UNUSED_MS)],
  );
  await em.execute(
    `delete from reference_lists l where depends_on <> '{}'::jsonb and use_time < ?
        and not exists (select from watched_references w where w.project = l.project and w.list = l.id)`,
    [new Date(now.getTime() - FORGET_MS)],
  );
}
