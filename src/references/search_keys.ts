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
/** Two halves of a trigram each. */
const MIN_GUESSED = 6;
const GUESSES = 20;
/** Each costs some 20 µs to compare. */
const MAX_COMPARED = 100;

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

/**
 * All the hits of a condition that the trigram index serves, sorted; undefined where they are more than a few. The label is
 * not used: with it, the planner does not take the other index, which alone would do, and read a million names for none.
 */
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
       select name, value, label from ${shelf.table}
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
 * The hits of one tier by name, for conditions that many match: the names are looked at in order until the page is full,
 * `walk` of them at most. The second answer tells whether that settles it.
 */
export async function keysNear(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  { values, condition, params }: Where,
  after: Key | undefined,
  limit: number,
  walk: number,
): Promise<readonly [keys: readonly Key[], isSettled: boolean]> {
  const columns = condition.includes('extra') ? 'name, value, extra' : 'name, value';
  const [onward, onwardParams] = past(after?.tier === tier ? after : undefined);
  // Not materialized: the walk ends with the page.
  const near = await em.execute<Key[]>(
    `select ${tier} as tier, name, value from (
       select ${columns} from ${shelf.table} where ${shelf.list} and ${shelf.offered}${onward}
        order by name, value limit ${walk}) w
      where ${condition} and value <> all(?::text[]) order by name, value limit ?`,
    [...shelf.params, ...onwardParams, ...params, pgArray(values), limit],
  );
  return [near, near.length >= limit || shelf.size <= walk];
}

/** The same however far on they lie: then all the hits of the trigram index are read and sorted. */
export async function keysInOrder(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  where: Where,
  after: Key | undefined,
  limit: number,
): Promise<readonly Key[]> {
  const { values, condition, params } = where;
  const walk = condition.includes('extra') ? WALK_ROWS : WALK_NAMES;
  const [near, isSettled] = await keysNear(em, shelf, tier, where, after, limit, walk);
  if (isSettled) return near;
  const [onward, onwardParams] = past(after?.tier === tier ? after : undefined);
  return em.execute<Key[]>(
    `with hits as materialized (
       select name, value from ${shelf.table} where ${shelf.list} and ${shelf.offered} and ${condition})
     select ${tier} as tier, name, value from hits where value <> all(?::text[])${onward}
      order by name, value limit ?`,
    [...shelf.params, ...params, pgArray(values), ...onwardParams, limit],
  );
}

/**
 * Names like what was typed: the likely meanings of a typing error, the likeliest first. One error leaves one half of a word
 * whole: only names that hold a half of the longest are compared, which the trigram index finds at a tenth of what its own
 * search for similar texts takes among a million.
 */
export async function likelyKeys(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  name: string,
  limit: number,
): Promise<readonly Key[]> {
  const [longest = ''] = name.split(' ').sort((a, b) => b.length - a.length);
  const letters = [...longest];
  if (letters.length < MIN_GUESSED) return [];
  const middle = Math.ceil(letters.length / 2);
  const halves = [letters.slice(0, middle).join(''), letters.slice(middle).join('')];
  // The label is not used: see keysByTrigram.
  const held = `(select name, value, label from ${shelf.table}
    where ${shelf.list} and ${shelf.offered} and name like ? limit ${MAX_COMPARED})`;
  return em.execute<Key[]>(
    `select ${tier} as tier, name, value from (${held} union ${held}) h
      where name %> ? order by word_similarity(?, name) desc, name, value limit ?`,
    [...halves.flatMap(half => [...shelf.params, `%${half}%`]), name, name, Math.min(limit, GUESSES)],
  );
}

function past(after: Key | undefined): [string, readonly string[]] {
  return after === undefined ? ['', []] : [' and (name, value) > (?, ?)', [after.name, after.value]];
}
