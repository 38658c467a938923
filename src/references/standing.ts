import type { EntityManager } from '@mikro-orm/postgresql';
import type { Integration } from '../integrations/entity.ts';
import { integrationOf } from '../integrations/row.ts';
import type { ReferenceList } from './entity.ts';
import { givenOf, listOf } from './lists.ts';

/** An integration that references may be looked up through, with their list as far as there is one. */
export type Standing = { readonly integration: Integration; readonly list: ReferenceList | undefined };

/**
 * The integrations of a provider, the oldest first, or the one that is named. Every lookup begins with this: one statement
 * without entities.
 */
export async function readStandings(
  em: EntityManager,
  project: string,
  from: { readonly provider: string } | { readonly integrationId: string },
  wanted: { readonly referenceType: string; readonly dependsOn: Readonly<Record<string, string>> },
): Promise<readonly Standing[]> {
  const [where, named] = 'provider' in from ? ['i.provider = ?', from.provider] : ['i.id = ?', from.integrationId];
  const rows = await em.execute<Record<'integration' | 'list', Record<string, unknown>>[]>(
    `select to_jsonb(i) as integration, to_jsonb(l) as list
       from integrations i
       left join reference_lists l on l.project = i.project and l.integration_id = i.id and l.reference_type = ?
         and l.depends_on = ?::jsonb
      where i.project = ? and ${where} order by i.create_time, i.id`,
    [wanted.referenceType, JSON.stringify(givenOf(wanted.dependsOn)), project, named],
  );
  return rows.map(({ integration, list }) => ({
    integration: integrationOf(integration),
    list: list === null ? undefined : listOf(list),
  }));
}
