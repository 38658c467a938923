import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReferenceItem } from '../providers/provider.ts';
import { pgArray } from '../store/sql.ts';

/** Where to search: the columns are the same. */
export type Shelf = {
  readonly table: 'indexed_references' | 'published_references';
  /** Which of its rows are the list, as a condition with two places. */
  readonly list: string;
  readonly params: readonly [string, string];
  /** Which are offered: the condition of the table's indexes. */
  readonly offered: string;
  /** Which may be found by their own value. */
  readonly there: string;
  /** The state as text, and when it was last seen. */
  readonly state: string;
  readonly seen: string;
  /** How many are offered, about. */
  readonly size: number;
};

/** Where a reference stands among those found: by tier, then name, then value. */
export type Key = { readonly tier: number; readonly name: string; readonly value: string };

/** One that was found, as the table holds it. */
export type Found = Key & {
  readonly label: string;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly parent: string | null;
  readonly state: ReferenceItem['state'];
  readonly seen_ms: number;
};

const rowColumns = ({ state, seen }: Shelf): string =>
  `value, label, description, metadata, parent, ${state} as state, (extract(epoch from ${seen}) * 1000)::float8 as seen_ms`;

/** SQL with the parameters of its places. */
export type Piece = { readonly sql: string; readonly params: readonly unknown[] };

/** What to look for: so many at most, past `after`, but for those that were found by value. */
export type Wanted = {
  readonly condition: Piece;
  /** Of each hit. */
  readonly tier: Piece;
  readonly values: readonly string[];
  readonly after: Key | undefined;
  readonly limit: number;
};

/** So many hits are sorted as they come from the trigram index; more are looked for in order. */
const FEW = 1_000;
/** Names that are looked at in order, read from the index alone: 10 ms; and rows where the names are not enough. */
const WALK_NAMES = 60_000;
const WALK_ROWS = 5_000;
/** From each end: together 0.8 ms. */
const SAMPLE = 500;

/** By value (tier 0) and by the start of the name (tier 1), whole; '' is the start of every name, undefined of none. */
export async function rowsByValueAndStart(
  em: EntityManager,
  shelf: Shelf,
  values: readonly string[],
  start: string | undefined,
  after: Key | undefined,
  limit: number,
): Promise<readonly Found[]> {
  const { table, list, params, offered, there } = shelf;
  const arms: string[] = [];
  const all: unknown[] = [];
  const arm = (tier: number, condition: string, more: readonly unknown[]): void => {
    const onward = past(after?.tier === tier ? after : undefined);
    arms.push(`(select ${tier} as tier, name, ${rowColumns(shelf)} from ${table}
      where ${list} and ${condition}${onward.sql} order by name, value limit ?)`);
    all.push(...params, ...more, ...onward.params, limit);
  };
  const asked = pgArray(values);
  if (values.length > 0 && (after === undefined || after.tier === 0)) {
    arm(0, `${there} and value = any(?::text[])`, [asked]);
  }
  if (start !== undefined) {
    const like = start === '' ? '' : ' and name like ? and name >= ?';
    const pattern = start === '' ? [] : [`${escaped(start)}%`, start];
    const others = values.length === 0 ? '' : ' and value <> all(?::text[])';
    arm(1, `${offered}${like}${others}`, [...pattern, ...(values.length === 0 ? [] : [asked])]);
  }
  if (arms.length === 0) return [];
  const [only] = arms;
  if (arms.length === 1 && only !== undefined) return em.execute<Found[]>(only, all);
  const both = arms.join(' union all ');
  return em.execute<Found[]>(`select * from (${both}) k order by tier, name, value limit ?`, [...all, limit]);
}

/**
 * Of a condition that the trigram index serves, where its hits are few; undefined where they are not. Hits are read whole:
 * for names and values alone the planner takes the other index, and reads a million names for none.
 */
export async function rowsByTrigram(
  em: EntityManager,
  shelf: Shelf,
  { condition, tier, values, after, limit }: Wanted,
): Promise<readonly Found[] | undefined> {
  const { table, list, params, offered } = shelf;
  const onward = pastKey(after);
  const rows = await em.execute<(Found & { count: number })[]>(
    `with hits as materialized (
       select ${tier.sql} as tier, name, ${rowColumns(shelf)} from ${table}
        where ${list} and ${offered} and (${condition.sql}) limit ${FEW}),
     page as (
       select * from hits where value <> all(?::text[])${onward.sql} order by tier, name, value limit ?)
     select h.count, page.* from (select count(*)::int as count from hits) h left join page on true
      order by tier, name, value`,
    [...tier.params, ...params, ...condition.params, pgArray(values), ...onward.params, limit],
  );
  const [first] = rows;
  if (first === undefined || first.count >= FEW) return undefined;
  return first.value === null ? [] : rows;
}

/** Of whatever condition: all its hits are read and sorted. One on names alone is read from the index alone. */
export async function rowsOfAll(
  em: EntityManager,
  shelf: Shelf,
  { condition, tier, values, after, limit }: Wanted,
): Promise<readonly Found[]> {
  const { table, list, params, offered } = shelf;
  const onward = pastKey(after);
  return em.execute<Found[]>(
    `with hits as materialized (
       select ${tier.sql} as tier, name, value from ${table} where ${list} and ${offered} and (${condition.sql})),
     page as (
       select * from hits where value <> all(?::text[])${onward.sql} order by tier, name, value limit ?)
     select page.tier, r.* from page, lateral (${rowByValue(shelf)}) r order by page.tier, page.name, page.value`,
    [...tier.params, ...params, ...condition.params, pgArray(values), ...onward.params, limit, ...params],
  );
}

/** Of a condition that many match, and one tier: names are looked at in order until there are enough. */
export async function rowsInOrder(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  wanted: Wanted,
): Promise<readonly Found[]> {
  const { condition, values, after, limit } = wanted;
  const { table, list, params, offered, size } = shelf;
  const isNamed = !condition.sql.includes('extra');
  const walk = isNamed ? WALK_NAMES : WALK_ROWS;
  const onward = past(after?.tier === tier ? after : undefined);
  // Not materialized: the walk ends with the page.
  const near = await em.execute<Found[]>(
    `select ${tier} as tier, r.* from (
       select name, value from (
         select ${isNamed ? 'name, value' : 'name, value, extra'} from ${table}
          where ${list} and ${offered}${onward.sql} order by name, value limit ${walk}) w
        where (${condition.sql}) and value <> all(?::text[]) order by name, value limit ?) page,
       lateral (${rowByValue(shelf)}) r order by page.name, page.value`,
    [...params, ...onward.params, ...condition.params, pgArray(values), limit, ...params],
  );
  // However far on they lie.
  return near.length >= limit || size <= walk ? near : rowsOfAll(em, shelf, wanted);
}

/** How many of the list hold each pattern in their name, about: as many as of those with the least and greatest values. */
export async function estimate(
  em: EntityManager,
  { table, list, params, offered, size }: Shelf,
  patterns: readonly string[],
): Promise<readonly number[]> {
  // So many rows, offered or not: at one end there may be thousands that are archived.
  const end = (order: string): string =>
    `(select * from ${table} where ${list} order by value ${order} limit ${SAMPLE})`;
  const counts = patterns.map(() => 'count(*) filter (where name like ?)').join(', ');
  const [row] = await em.execute<{ seen: number; held: number[] }[]>(
    `select count(*)::int as seen, array[${counts}]::int[] as held from (${end('asc')} union all ${end('desc')}) s
      where ${offered}`,
    [...patterns, ...params, ...params],
  );
  const { seen = 0, held = [] } = row ?? {};
  return patterns.map((_, i) => (seen === 0 ? 0 : ((held[i] ?? 0) / seen) * size));
}

/** To be joined to `page`, which has the value. */
export function rowByValue(shelf: Shelf): string {
  return `select name, ${rowColumns(shelf)} from ${shelf.table} where ${shelf.list} and value = page.value`;
}

function past(after: Key | undefined): Piece {
  if (after === undefined) return { sql: '', params: [] };
  return { sql: ' and (name, value) > (?, ?)', params: [after.name, after.value] };
}

function pastKey(after: Key | undefined): Piece {
  if (after === undefined) return { sql: '', params: [] };
  return { sql: ' and (tier, name, value) > (?, ?, ?)', params: [after.tier, after.name, after.value] };
}

/** A text as LIKE takes it for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
