import type { EntityManager } from '@mikro-orm/postgresql';
import { invalidField } from '../errors.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { decodePageToken, encodePageToken } from '../store/page.ts';
import { pgArray } from '../store/sql.ts';
import { fold, isSign, nameOf } from './names.ts';
import {
  type Key,
  keysByTrigram,
  keysInOrder,
  keysNear,
  likelyKeys,
  type Row,
  rowColumns,
  rowsByValueAndStart,
  type Shelf,
  type Where,
} from './search_keys.ts';

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

/** Best first, by name within one: the value itself, start of the name, start of a word, inside the name, elsewhere, guessed. */
const [START, WORD, INSIDE, ELSEWHERE, GUESSED] = [1, 2, 3, 4, 5];
/** In lists up to this size, text shorter than a trigram is looked for inside names too. */
const SMALL = 20_000;
const MIN_TRIGRAM = 3;
/** So many names are looked at to tell what is common. */
const NEAR = 5_000;

/**
 * One page, best match first. Pages go on after the last reference of the page before, so that what does not change is told
 * once, whatever comes and goes. Guesses are made where nothing holds the text, and have one page.
 */
export async function search(
  em: EntityManager,
  shelf: Shelf,
  request: Search,
): Promise<{ readonly items: readonly Hit[]; readonly nextPageToken: string }> {
  const { size, filter, token } = request;
  const after = readKey(filter, token);
  const keys = await findKeys(em, shelf, request, after, size + 1);
  const page = keys.slice(0, size);
  const last = page.at(-1);
  const more = keys.length > size && last !== undefined && last.tier !== GUESSED;
  return {
    items: await readHits(em, shelf, page),
    nextPageToken: more ? encodePageToken(filter, [String(last.tier), last.name, last.value]) : '',
  };
}

async function findKeys(
  em: EntityManager,
  shelf: Shelf,
  { q, values }: Search,
  after: Key | undefined,
  limit: number,
): Promise<readonly (Key | (Key & Row))[]> {
  const text = fold(q.trim());
  const name = nameOf(q);
  const isAll = text === '' || (name === '' && isSign(text));
  const found: (Key | (Key & Row))[] = [];
  const take = (keys: readonly (Key | (Key & Row))[]): boolean => {
    found.push(...keys);
    return found.length >= limit;
  };
  const from = (tier: number) => (after !== undefined && after.tier >= tier ? after : undefined);
  const missing = () => limit - found.length;
  if (after === undefined || after.tier <= START) {
    const start = isAll ? '' : name === '' ? undefined : name;
    if (take(await rowsByValueAndStart(em, shelf, isAll ? [] : values, start, after, limit)) || isAll) return found;
  }
  const inside = `%${escaped(name)}%`;
  const [word, start] = [`% ${escaped(name)}%`, `${escaped(name)}%`];
  if (name !== '' && (after === undefined || after.tier <= INSIDE)) {
    const within = { values, condition: `name like ? and name not like ?`, params: [inside, start] };
    const wordOrInside = { sql: `case when name like ? then ${WORD} else ${INSIDE} end`, params: [word] };
    const isShort = [...name].length < MIN_TRIGRAM;
    const isSmall = shelf.size <= SMALL;
    const both =
      isShort || (!isSmall && (await isCommon(em, shelf, within)))
        ? undefined
        : await keysByTrigram(em, shelf, within, wordOrInside, after, missing());
    if (both !== undefined) take(both);
    else {
      const atWord = { values, condition: `name like ? and name not like ?`, params: [word, start] };
      if (after === undefined || after.tier <= WORD) {
        if (take(await keysOf(em, shelf, WORD, atWord, isShort, after, missing()))) return found;
      }
      if (!isShort || isSmall) {
        const inWord = {
          ...within,
          condition: `${within.condition} and name not like ?`,
          params: [inside, start, word],
        };
        take(await keysInOrder(em, shelf, INSIDE, inWord, from(INSIDE), missing()));
      }
    }
    if (found.length >= limit) return found;
  }
  if ([...text].length >= MIN_TRIGRAM || shelf.size <= SMALL) {
    const extra = `%${escaped(text)}%`;
    const other = name === '' ? '' : ' and name not like ?';
    const where = { values, condition: `extra like ?${other}`, params: name === '' ? [extra] : [extra, inside] };
    const cursor = from(ELSEWHERE);
    take(await keysOf(em, shelf, ELSEWHERE, where, [...text].length < MIN_TRIGRAM, cursor, missing()));
  }
  if (found.length > 0 || after !== undefined) return found;
  return likelyKeys(em, shelf, GUESSED, name, limit);
}

/** Whether so many have it that the trigram index would read thousands: one of the first names does. */
async function isCommon(em: EntityManager, shelf: Shelf, where: Where): Promise<boolean> {
  const [[first]] = await keysNear(em, shelf, INSIDE, where, undefined, 1, NEAR);
  return first !== undefined;
}

/** The hits of one tier: sorted as they come where they are few, else in order of their names. */
async function keysOf(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  where: Where,
  isShort: boolean,
  after: Key | undefined,
  limit: number,
): Promise<readonly Key[]> {
  const named = { sql: String(tier), params: [] };
  const cursor = after?.tier === tier ? after : undefined;
  const few = isShort ? undefined : await keysByTrigram(em, shelf, where, named, cursor, limit);
  return few ?? keysInOrder(em, shelf, tier, where, cursor, limit);
}

/** In the order of the keys; those that came without their row are read. What went away since then is left out. */
async function readHits(
  em: EntityManager,
  shelf: Shelf,
  keys: readonly (Key | (Key & Row))[],
): Promise<readonly Hit[]> {
  const open = keys.flatMap(key => ('label' in key ? [] : [key.value]));
  const read =
    open.length === 0
      ? []
      : await em.execute<Row[]>(
          `select ${rowColumns(shelf)} from ${shelf.table} where ${shelf.list} and value = any(?::text[])`,
          [...shelf.params, pgArray(open)],
        );
  const byValue = new Map(read.map(row => [row.value, row]));
  return keys.flatMap(key => {
    const row = 'label' in key ? key : byValue.get(key.value);
    if (row === undefined) return [];
    const { value, label, description, metadata, parent, state } = row;
    const more = { ...(description !== null && { description }), ...(parent !== null && { parent }) };
    return [{ value, label, metadata, state, ...more, seenTime: new Date(row.seen_ms) }];
  });
}

function readKey(filter: unknown, token: string): Key | undefined {
  const parts = decodePageToken(filter, token, 3);
  if (parts === undefined) return undefined;
  const [tier = '', name = '', value = ''] = parts;
  if (!/^[0-4]$/.test(tier) || name.includes('\0') || value.includes('\0')) {
    throw invalidField('page_token', 'is not a token of this list; leave it out to begin anew');
  }
  return { tier: Number(tier), name, value };
}

/** A text as LIKE takes it for itself. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
