import type { Deps } from '../deps.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import type { ReferenceList } from './entity.ts';
import { dropValues, putItems } from './items.ts';

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
