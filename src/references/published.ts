import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReferenceItem } from '../providers/provider.ts';
import { PublishedReferenceEntity } from './entity.ts';
import { assertStorable } from './storable.ts';

/** Those of the values that a platform service published and did not remove. */
export async function readPublished(
  em: EntityManager,
  request: { readonly project: string; readonly referenceType: string; readonly values: readonly string[] },
): Promise<ReferenceItem[]> {
  const { project, referenceType, values } = request;
  for (const [index, value] of values.entries()) assertStorable(`values[${index}]`, value);
  const rows = await em.find(PublishedReferenceEntity, {
    project,
    referenceType,
    value: { $in: [...values] },
    removeTime: null,
  });
  return rows.map(row => ({
    value: row.value,
    label: row.label,
    metadata: row.metadata,
    ...(row.description && { description: row.description }),
    ...(row.parent && { parent: row.parent }),
    state: row.archived ? 'ARCHIVED' : 'PRESENT',
  }));
}

export async function countPublished(em: EntityManager, project: string, referenceType: string): Promise<number> {
  const [row] = await em.execute<{ known: number }[]>(
    `select count(*)::int as known from published_references
      where project = ? and reference_type = ? and remove_time is null and not archived`,
    [project, referenceType],
  );
  return row?.known ?? 0;
}
