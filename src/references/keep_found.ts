import type { Deps } from '../deps.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import type { ReferenceList } from './entity.ts';
import { dropValues, putItems } from './items.ts';

/** Of what searches of the provider found, a list keeps so many: those seen last. */
const MAX_KEPT = 2_000;
/** So many more come before they are counted again. */
const SLACK = 200;

/** Keeps in the index what the provider answered about these values; only the known ones where it did not know them. */
export async function keepFound(
  deps: Pick<Deps, 'store'>,
  list: ReferenceList,
  values: readonly string[],
  items: readonly ReferenceItem[],
  askTime: Date,
): Promise<void> {
  const asked = new Set(values);
  const found = items.filter(item => asked.has(item.value));
  const there = new Set(found.map(item => item.value));
  await deps.store.em.fork().transactional(async tx => {
    const [row] = await tx.execute<{ generation: number }[]>(
      'select generation from reference_lists where project = ? and id = ? for update',
      [list.project, list.id],
    );
    if (row === undefined) return;
    const delta =
      (await putItems(tx, list, found, { generation: row.generation, askTime })) +
      (await dropValues(
        tx,
        list,
        values.filter(value => !there.has(value)),
        askTime,
      ));
    if (delta === 0) return;
    await tx.execute('update reference_lists set known = known + ? where project = ? and id = ?', [
      ...[delta, list.project, list.id],
    ]);
  });
}

/** Keeps what a search of the provider found, for when the provider does not answer. */
export async function keepSearched(
  deps: Pick<Deps, 'store'>,
  list: ReferenceList,
  items: readonly ReferenceItem[],
  askTime: Date,
): Promise<void> {
  const values = items.map(({ value }) => value);
  await keepFound(deps, list, values, items, askTime);
  if (list.known + items.length < MAX_KEPT + SLACK) return;
  const { project, id } = list;
  await deps.store.em.fork().transactional(async tx => {
    await tx.execute('select from reference_lists where project = ? and id = ? for update', [project, id]);
    await tx.execute(
      `with surplus as (
         delete from indexed_references where project = ? and list = ? and value in (
           select value from indexed_references where project = ? and list = ?
            order by seen_time desc, value offset ${MAX_KEPT})
         returning state)
       update reference_lists set known = known - (select count(*) from surplus where state = 'PRESENT')
        where project = ? and id = ?`,
      [project, id, project, id, project, id],
    );
  });
}
