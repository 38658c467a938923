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

/** What is told of one, as the table holds it. */
export type Row = {
  readonly value: string;
  readonly label: string;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly parent: string | null;
  readonly state: ReferenceItem['state'];
  readonly seen_ms: number;
};

export const rowColumns = ({ state, seen }: Shelf): string =>
  `value, label, description, metadata, parent, ${state} as state, (extract(epoch from ${seen}) * 1000)::float8 as seen_ms`;

export type Where = {
  /** Found before, by value. */
  readonly values: readonly string[];
  readonly condition: string;
  readonly params: readonly string[];
};

/** So many hits are sorted as they come from the trigram index; more are looked for in order. */
const FEW = 1_000;
/** Names that are looked at in order, read from the index alone, and rows where the names are not enough. */
const WALK_NAMES = 60_000;
const WALK_ROWS = 5_000;
const GUESSES = 20;
/** Each costs some 20 µs to compare. */
const MAX_COMPARED = 200;

/** By value (tier 0) and by the start of the name (tier 1), whole; '' is the start of every name, undefined of none. */
export async function rowsByValueAndStart(
  em: EntityManager,
  shelf: Shelf,
  values: readonly string[],
  start: string | undefined,
  after: Key | undefined,
  limit: number,
): Promise<readonly (Key & Row)[]> {
  const { table, list, params, offered, there } = shelf;
  const arms: string[] = [];
  const all: unknown[] = [];
  const arm = (tier: number, condition: string, more: readonly unknown[]): void => {
    const [onward, onwardParams] = past(after?.tier === tier ? after : undefined);
    arms.push(`(select ${tier} as tier, name, ${rowColumns(shelf)} from ${table}
      where ${list} and ${condition}${onward} order by name, value limit ?)`);
    all.push(...params, ...more, ...onwardParams, limit);
  };
  const asked = pgArray(values);
  if (values.length > 0 && (after === undefined || after.tier === 0)) {
    arm(0, `${there} and value = any(?::text[])`, [asked]);
  }
  if (start !== undefined) {
    const like = start === '' ? '' : ' and name like ? and name >= ?';
    const pattern = start === '' ? [] : [`${start.replace(/[\\%_]/g, '\\$&')}%`, start];
    const others = values.length === 0 ? '' : ' and value <> all(?::text[])';
    arm(1, `${offered}${like}${others}`, [...pattern, ...(values.length === 0 ? [] : [asked])]);
  }
  if (arms.length === 0) return [];
  const [only] = arms;
  if (arms.length === 1 && only !== undefined) return em.execute<(Key & Row)[]>(only, all);
  const both = arms.join(' union all ');
  return em.execute<(Key & Row)[]>(`select * from (${both}) k order by tier, name, value limit ?`, [...all, limit]);
}

/** All the hits of a condition that the trigram index serves, sorted; undefined where they are more than a few. */
export async function keysByTrigram(
  em: EntityManager,
  shelf: Shelf,
  where: Where,
  tier: { readonly sql: string; readonly params: readonly string[] },
  after: Key | undefined,
  limit: number,
): Promise<readonly Key[] | undefined> {
  const onward = after === undefined ? '' : ' and (tier, name, value) > (?, ?, ?)';
  const [answer] = await em.execute<{ count: number; keys: Key[] | null }[]>(
    `with hits as materialized (
       select name, value from ${shelf.table}
        where ${shelf.list} and ${shelf.offered} and ${where.condition} limit ${FEW}),
     page as (
       select * from (select ${tier.sql} as tier, name, value from hits where value <> all(?::text[])) h
        where true${onward} order by tier, name, value limit ?)
     select (select count(*)::int from hits) as count, (select json_agg(p order by tier, name, value) from page p) as keys`,
    [
      ...[...shelf.params, ...where.params, ...tier.params, pgArray(where.values)],
      ...(after === undefined ? [] : [after.tier, after.name, after.value]),
      limit,
    ],
  );
  return answer === undefined || answer.count >= FEW ? undefined : (answer.keys ?? []);
}

/**
 * The hits of one tier by name, for conditions that many match: the names are looked at in order until the page is full.
 * Where that takes too long they lie far on, and the trigram index is asked, whose hits must all be read and sorted.
 */
export async function keysInOrder(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  { values, condition, params }: Where,
  after: Key | undefined,
  limit: number,
): Promise<readonly Key[]> {
  const isNamed = !condition.includes('extra');
  const [columns, walk] = isNamed ? ['name, value', WALK_NAMES] : ['name, value, extra', WALK_ROWS];
  const [onward, onwardParams] = past(after?.tier === tier ? after : undefined);
  // Not materialized: the walk ends with the page.
  const near = await em.execute<Key[]>(
    `select ${tier} as tier, name, value from (
       select ${columns} from ${shelf.table} where ${shelf.list} and ${shelf.offered}${onward}
        order by name, value limit ${walk}) w
      where ${condition} and value <> all(?::text[]) order by name, value limit ?`,
    [...shelf.params, ...onwardParams, ...params, pgArray(values), limit],
  );
  if (near.length >= limit || shelf.size <= walk) return near;
  return em.execute<Key[]>(
    `with hits as materialized (
       select name, value from ${shelf.table} where ${shelf.list} and ${shelf.offered} and ${condition})
     select ${tier} as tier, name, value from hits where value <> all(?::text[])${onward}
      order by name, value limit ?`,
    [...shelf.params, ...params, pgArray(values), ...onwardParams, limit],
  );
}

/**
 * Names that share most trigrams with what was typed: the likely meanings of a typing error, the likeliest first. Comparing
 * costs more than the planner thinks, which would compare with every name: only the trigram index is left to it.
 */
export function likelyKeys(em: EntityManager, shelf: Shelf, tier: number, name: string, limit: number): Promise<Key[]> {
  return em.transactional(async tx => {
    await tx.execute(
      'set local enable_seqscan = off; set local enable_indexscan = off; set local enable_indexonlyscan = off',
    );
    return tx.execute<Key[]>(
      `with hits as materialized (
         select name, value from ${shelf.table}
          where ${shelf.list} and ${shelf.offered} and name %> ? limit ${MAX_COMPARED})
       select ${tier} as tier, name, value from hits order by word_similarity(?, name) desc, name, value limit ?`,
      [...shelf.params, name, name, Math.min(limit, GUESSES)],
    );
  });
}

function past(after: Key | undefined): [string, readonly string[]] {
  return after === undefined ? ['', []] : [' and (name, value) > (?, ?)', [after.name, after.value]];
}
