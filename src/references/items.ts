import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReferenceItem } from '../providers/provider.ts';
import { pgArray } from '../store/sql.ts';
import type { ListPlace } from './lists.ts';
import { extraOf, nameOf } from './names.ts';

/** The contract's bounds; what a spec cannot store is not offered. */
const MAX_VALUE = 512;
const MAX_LABEL = 512;
const MAX_DESCRIPTION = 1_024;

/**
 * Writes what the provider answered to a question asked at `askTime`, within a transaction that holds the list's row. What
 * an event told after that stays, and is asked for again. Answers by how many the PRESENT ones grew.
 */
export async function putItems(
  tx: EntityManager,
  { project, id }: ListPlace,
  items: readonly ReferenceItem[],
  seen: { readonly generation: number; readonly askTime: Date },
): Promise<number> {
  const rows = items.flatMap(rowOf);
  if (rows.length === 0) return 0;
  const [count] = await tx.execute<{ delta: number }[]>(
    `with given as (
       select distinct on (value) * from jsonb_to_recordset(?::jsonb) as r (value text collate "C", label text,
         description text, metadata jsonb, parent text, state text, name text, extra text)),
     before as (
       select i.value, i.state from indexed_references i join given g on g.value = i.value
        where i.project = ? and i.list = ?),
     written as (
       insert into indexed_references as i (project, list, value, label, description, metadata, parent, state, name, extra,
         generation, seen_time)
       select ?, ?, value, label, description, metadata, parent, state, name, extra, ?, ? from given order by value
       on conflict (project, list, value) do update set
         generation = greatest(i.generation, excluded.generation),
         seen_time = greatest(i.seen_time, excluded.seen_time),
         -- Of what is out of reach only the value is told.
         label = case when i.touch_time >= excluded.seen_time or excluded.state = 'NO_ACCESS' then i.label
           else excluded.label end,
         description = case when i.touch_time >= excluded.seen_time then i.description else excluded.description end,
         metadata = case when i.touch_time >= excluded.seen_time then i.metadata else excluded.metadata end,
         parent = case when i.touch_time >= excluded.seen_time then i.parent else excluded.parent end,
         state = case when i.touch_time >= excluded.seen_time then i.state else excluded.state end,
         name = case when i.touch_time >= excluded.seen_time or excluded.state = 'NO_ACCESS' then i.name
           else excluded.name end,
         extra = case when i.touch_time >= excluded.seen_time then i.extra else excluded.extra end,
         check_time = case when i.touch_time >= excluded.seen_time then i.touch_time end
       returning i.value, i.state)
     select coalesce(sum((w.state = 'PRESENT')::int - coalesce(b.state = 'PRESENT', false)::int), 0)::int as delta
       from written w left join before b on b.value = w.value`,
    [JSON.stringify(rows), project, id, project, id, seen.generation, seen.askTime],
  );
  return count?.delta ?? 0;
}

/** The values that the provider, asked at `askTime`, did not know. Answers by how many the PRESENT ones shrank, negative. */
export async function dropValues(
  tx: EntityManager,
  { project, id }: ListPlace,
  values: readonly string[],
  askTime: Date,
): Promise<number> {
  if (values.length === 0) return 0;
  const [count] = await tx.execute<{ delta: number }[]>(
    `with before as (
       select value, state from indexed_references
        where project = ? and list = ? and value = any(?::text[]) and (touch_time is null or touch_time < ?)),
     written as (
       update indexed_references i set state = 'NOT_FOUND', seen_time = ?, check_time = null from before b
        where i.project = ? and i.list = ? and i.value = b.value)
     select -count(*) filter (where state = 'PRESENT')::int as delta from before`,
    [project, id, pgArray(values), askTime, askTime, project, id],
  );
  return count?.delta ?? 0;
}

type Row = Record<'value' | 'label' | 'state' | 'name' | 'extra', string> & {
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parent: string | null;
};

/** None where the value cannot be stored or named in a spec. */
export function rowOf(item: Omit<ReferenceItem, 'state'> & { readonly state: string }): Row[] {
  const { value, state, metadata = {} } = item;
  if (value === '' || value.length > MAX_VALUE || /\p{Cc}/u.test(value) || !value.isWellFormed()) return [];
  const label = storable(item.label, MAX_LABEL);
  const description = item.description === undefined ? undefined : storable(item.description, MAX_DESCRIPTION);
  return [
    {
      ...{ value, label, state },
      description: description ?? null,
      metadata: Object.fromEntries(
        Object.entries(metadata)
          .slice(0, 32)
          .map(([key, text]) => [storable(key, 64), storable(text, MAX_DESCRIPTION)]),
      ),
      parent: item.parent === undefined ? null : storable(item.parent, MAX_VALUE),
      name: nameOf(label),
      extra: extraOf(label, description),
    },
  ];
}

function storable(text: string, maxChars: number): string {
  const clean = text.replaceAll('\0', '').toWellFormed();
  return clean.length <= maxChars ? clean : `${clean.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
