import type { EntityManager } from '@mikro-orm/postgresql';
import { invalidField } from '../errors.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { decodePageToken, encodePageToken } from '../store/page.ts';
import { pgArray } from '../store/sql.ts';
import { fold, nameOf } from './names.ts';

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

export type Search = {
  readonly q: string;
  /** Values that `q` may stand for: itself, and what a pasted address is about. */
  readonly values: readonly string[];
  readonly size: number;
  readonly token: string;
  /** Binds tokens to what was asked. */
  readonly filter: unknown;
};

export type Hit = ReferenceItem & { readonly seenTime: Date };

/** In this order; within one by name. What an earlier one holds is not in a later. */
const TIERS = ['VALUE', 'START', 'WORD', 'INSIDE', 'ELSEWHERE', 'SIMILAR'] as const;
type Tier = (typeof TIERS)[number];

/** Before the trigram index is asked, so many are looked at in order: what many match is found there at once. */
const WALK = 2_000;
/** In lists up to this size, text shorter than a trigram is looked for inside names too. */
const SMALL = 20_000;
/** So many guesses are told, of so many that come into question. */
const GUESSES = 20;
const MAX_GUESSED = 5_000;

type Row = {
  value: string;
  label: string;
  description: string | null;
  metadata: Record<string, string>;
  parent: string | null;
  state: ReferenceItem['state'];
  name: string;
  seen_ms: number;
};

type Place = { readonly tier: number; readonly name: string; readonly value: string };

/**
 * One page, best match first: the value itself, names that start with it, names with a word that does, names that hold it,
 * whatever else does, and where there is none of these, names that are similar. Pages go on after the last reference of
 * the page before, so that what does not change is told once, whatever comes and goes.
 */
export async function search(
  em: EntityManager,
  shelf: Shelf,
  request: Search,
): Promise<{ readonly items: readonly Hit[]; readonly nextPageToken: string }> {
  const { size, filter, token } = request;
  const after = readPlace(filter, token);
  const found: { readonly row: Row; readonly tier: number }[] = [];
  for (let tier = after?.tier ?? 0; tier < TIERS.length && found.length <= size; tier++) {
    const name = TIERS[tier] as Tier;
    // Guesses are for when there is nothing better.
    if (name === 'SIMILAR' && (found.length > 0 || after !== undefined)) break;
    const from = after?.tier === tier ? after : undefined;
    const rows = await searchTier(em, shelf, request, name, from, size + 1 - found.length);
    found.push(...rows.map(row => ({ row, tier })));
  }
  const page = found.slice(0, size);
  const last = page.at(-1);
  const more = found.length > size && last !== undefined && TIERS[last.tier] !== 'SIMILAR';
  return {
    items: page.map(({ row }) => readHit(row)),
    nextPageToken: more ? encodePageToken(filter, [String(last.tier), last.row.name, last.row.value]) : '',
  };
}

async function searchTier(
  em: EntityManager,
  shelf: Shelf,
  { q, values }: Search,
  tier: Tier,
  from: Place | undefined,
  limit: number,
): Promise<readonly Row[]> {
  const name = nameOf(q);
  const text = fold(q.trim());
  const like = (pattern: string) => pattern.replace(/[\\%_]/g, '\\$&');
  const start = `${like(name)}%`;
  const word = `% ${like(name)}%`;
  const inside = `%${like(name)}%`;
  const isShort = [...name].length < 3 && shelf.size > SMALL;
  switch (tier) {
    case 'VALUE': {
      if (values.length === 0 || text === '') return [];
      const condition = `${shelf.there} and value = any(?::text[])`;
      return rowsOf(em, shelf, condition, [pgArray(values)], from, limit);
    }
    case 'START':
      if (text === '') return rowsOf(em, shelf, shelf.offered, [], from, limit);
      if (name === '') return [];
      return rowsOf(em, shelf, ...notFound(shelf, values, `name like ? and name >= ?`, [start, name]), from, limit);
    case 'WORD':
      if (name === '') return [];
      return walkThenAsk(em, shelf, values, `name like ? and name not like ?`, [word, start], from, limit);
    case 'INSIDE':
      if (name === '' || isShort) return [];
      return walkThenAsk(
        ...([em, shelf, values] as const),
        `name like ? and name not like ? and name not like ?`,
        [inside, start, word],
        ...([from, limit] as const),
      );
    case 'ELSEWHERE': {
      const isBrief = [...text].length < 3 && shelf.size > SMALL;
      if (text === '' || isBrief) return [];
      const other = name === '' ? '' : ' and name not like ?';
      const params = [`%${like(text)}%`, ...(name === '' ? [] : [inside])];
      return walkThenAsk(em, shelf, values, `extra like ?${other}`, params, from, limit);
    }
    case 'SIMILAR':
      if ([...name].length < 4) return [];
      return from === undefined ? similar(em, shelf, name, limit) : [];
  }
}

function notFound(
  shelf: Shelf,
  values: readonly string[],
  condition: string,
  params: readonly string[],
): [string, readonly string[]] {
  return [`${shelf.offered} and ${condition} and value <> all(?::text[])`, [...params, pgArray(values)]];
}

/**
 * What many match fills the page from the next few thousand names; what few match is asked of the trigram index, which
 * then has few to sort. Either alone takes seconds among a million for the other kind.
 */
async function walkThenAsk(
  em: EntityManager,
  shelf: Shelf,
  values: readonly string[],
  condition: string,
  params: readonly string[],
  from: Place | undefined,
  limit: number,
): Promise<readonly Row[]> {
  const columns = condition.includes('extra') ? 'name, value, extra' : 'name, value';
  const [onward, onwardParams] = after(from);
  const walked = await em.execute<{ hits: { value: string }[] | null; walked: number }[]>(
    `with walked as materialized (
       select ${columns} from ${shelf.table} where ${shelf.list} and ${shelf.offered}${onward}
        order by name, value limit ${WALK}),
     hits as (select name, value from walked where ${condition} and value <> all(?::text[])
        order by name, value limit ?)
     select (select count(*)::int from walked) as walked, (select json_agg(h) from hits h) as hits`,
    [...shelf.params, ...onwardParams, ...params, pgArray(values), limit],
  );
  const [answer] = walked;
  const near = (answer?.hits ?? []).map(hit => hit.value);
  if (near.length === limit || (answer?.walked ?? 0) < WALK) {
    if (near.length === 0) return [];
    return rowsOf(em, shelf, `${shelf.offered} and value = any(?::text[])`, [pgArray(near)], undefined, limit);
  }
  const hits = `with hits as materialized (
    select value, name from ${shelf.table} where ${shelf.list} and ${shelf.offered} and ${condition})`;
  const rows = await em.execute<{ value: string }[]>(
    `${hits} select value from hits where value <> all(?::text[])${onward} order by name, value limit ?`,
    [...shelf.params, ...params, pgArray(values), ...onwardParams, limit],
  );
  if (rows.length === 0) return [];
  const asked = pgArray(rows.map(row => row.value));
  return rowsOf(em, shelf, `${shelf.offered} and value = any(?::text[])`, [asked], undefined, limit);
}

/** Names that share most trigrams with what was typed: the likely meanings of a typing error, the likeliest first. */
async function similar(em: EntityManager, shelf: Shelf, name: string, limit: number): Promise<readonly Row[]> {
  const likely = await em.execute<{ value: string }[]>(
    `with hits as materialized (
       select value, name from ${shelf.table} where ${shelf.list} and ${shelf.offered} and name %> ? limit ${MAX_GUESSED})
     select value from hits order by word_similarity(?, name) desc, name, value limit ?`,
    [...shelf.params, name, name, Math.min(limit, GUESSES)],
  );
  if (likely.length === 0) return [];
  const order = new Map(likely.map(({ value }, index) => [value, index]));
  const asked = pgArray([...order.keys()]);
  const rows = await rowsOf(em, shelf, `${shelf.offered} and value = any(?::text[])`, [asked], undefined, limit);
  return rows.toSorted((a, b) => (order.get(a.value) ?? 0) - (order.get(b.value) ?? 0));
}

function rowsOf(
  em: EntityManager,
  shelf: Shelf,
  condition: string,
  params: readonly unknown[],
  from: Place | undefined,
  limit: number,
): Promise<Row[]> {
  const [onward, onwardParams] = after(from);
  return em.execute<Row[]>(
    `select value, label, description, metadata, parent, ${shelf.state} as state, name,
            (extract(epoch from ${shelf.seen}) * 1000)::float8 as seen_ms
       from ${shelf.table} where ${shelf.list} and ${condition}${onward} order by name, value limit ?`,
    [...shelf.params, ...params, ...onwardParams, limit],
  );
}

function after(from: Place | undefined): [string, readonly string[]] {
  return from === undefined ? ['', []] : [' and (name, value) > (?, ?)', [from.name, from.value]];
}

function readPlace(filter: unknown, token: string): Place | undefined {
  const parts = decodePageToken(filter, token, 3);
  if (parts === undefined) return undefined;
  const [tier = '', name = '', value = ''] = parts;
  if (!/^[0-5]$/.test(tier) || name.includes('\0') || value.includes('\0')) {
    throw invalidField('page_token', 'is not a token of this list; leave it out to begin anew');
  }
  return { tier: Number(tier), name, value };
}

function readHit(row: Row): Hit {
  const { value, label, description, metadata, parent, state } = row;
  return {
    ...{ value, label, metadata, state },
    ...(description !== null && { description }),
    ...(parent !== null && { parent }),
    seenTime: new Date(row.seen_ms),
  };
}
