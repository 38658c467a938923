import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray } from '../store/sql.ts';
import type { ListPlace } from './lists.ts';

/** Lists under other values (a team's, a repository's, a base's) that an integration has in the index at most. */
export const MAX_DEPENDENT_LISTS = 500;

/**
 * Makes room for a list: the one that was looked through least lately goes where there are too many. What automations hold
 * of it stays watched; then the list is only emptied, and read anew when somebody looks again.
 */
export async function dropLeastUsed(
  em: EntityManager,
  { project, id }: ListPlace,
  integrationId: string,
): Promise<void> {
  const surplus = await em.execute<{ id: string; is_watched: boolean }[]>(
    `select l.id, exists (select from watched_references w where w.project = l.project and w.list = l.id) as is_watched
       from reference_lists l
      where l.project = ? and l.integration_id = ? and l.depends_on <> '{}'::jsonb and l.id <> ?
        and (l.next_time is not null
          or exists (select from indexed_references r where r.project = l.project and r.list = l.id))
      order by l.use_time desc, l.id offset ${MAX_DEPENDENT_LISTS - 1}`,
    [project, integrationId, id],
  );
  if (surplus.length === 0) return;
  const idsOf = (isWatched: boolean): string =>
    pgArray(surplus.flatMap(list => (list.is_watched === isWatched ? [list.id] : [])));
  await em.execute('delete from reference_lists where project = ? and id = any(?::text[])', [project, idsOf(false)]);
  await em.transactional(async tx => {
    // Whoever crawls it has lost it.
    await tx.execute(
      `update reference_lists set next_time = null, check_time = null, begin_time = null, complete_time = null, cursor = null,
         is_listing = false, known = 0, failure = null, failure_scopes = null, failures = 0, holder = null,
         lease_end_time = null
        where project = ? and id = any(?::text[])`,
      [project, idsOf(true)],
    );
    await tx.execute('delete from indexed_references where project = ? and list = any(?::text[])', [
      project,
      idsOf(true),
    ]);
  });
}
