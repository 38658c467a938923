import type { EntityManager } from '@mikro-orm/postgresql';
import { invalidField } from '../errors.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { decodePageToken, encodePageToken } from '../store/page.ts';
import { fold, isSign, nameOf } from './names.ts';
import { guess, halvesOf } from './search_guess.ts';
import {
  escaped,
  estimate,
  type Found,
  type Key,
  type Piece,
  rowsByTrigram,
  rowsByValueAndStart,
  rowsInOrder,
  rowsOfAll,
  type Shelf,
  type Wanted,
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
/** Lists up to this size are read whole where no index serves; their names take some 3 ms. */
const SMALL = 20_000;
const MIN_TRIGRAM = 3;
/** What more have than this, about, is met soon in the order of names: the trigram index would read all of them first. */
const COMMON = 2_500;

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
  const found = await find(em, shelf, request, after, size + 1);
  const page = found.slice(0, size);
  const last = page.at(-1);
  const more = found.length > size && last !== undefined && last.tier !== GUESSED;
  return {
    items: page.map(hitOf),
    nextPageToken: more ? encodePageToken(filter, [String(last.tier), last.name, last.value]) : '',
  };
}

async function find(
  em: EntityManager,
  shelf: Shelf,
  { q, values }: Search,
  after: Key | undefined,
  limit: number,
): Promise<readonly Found[]> {
  const text = fold(q.trim());
  const name = nameOf(q);
  const isAll = text === '' || (name === '' && isSign(text));
  const found: Found[] = [];
  if (after === undefined || after.tier <= START) {
    const start = isAll ? '' : name === '' ? undefined : name;
    found.push(...(await rowsByValueAndStart(em, shelf, isAll ? [] : values, start, after, limit)));
  }
  if (isAll || found.length >= limit) return found;
  const halves = after === undefined ? halvesOf(name) : [];
  const patterns = [`%${escaped(name)}%`, `% ${escaped(name)}%`, ...halves.map(half => `%${escaped(half)}%`)];
  const isKnown = shelf.size <= SMALL || name === '';
  const counts = isKnown ? [] : await estimate(em, shelf, patterns);
  const [isCommon = false, isCommonWord = false, ...areHalvesCommon] = counts.map(count => count > COMMON);
  const typed = { text, name, values, isCommon, isCommonWord };
  found.push(...(await findWithin(em, shelf, typed, after, limit - found.length)));
  if (found.length > 0 || after !== undefined || halves.length === 0) return found;
  const compared = halves.map((half, i) => ({ half, isCommon: areHalvesCommon[i] ?? false }));
  return guess(em, shelf, GUESSED, name, compared, limit);
}

type Typed = {
  /** What searches compare: see names.ts. */
  readonly text: string;
  readonly name: string;
  readonly values: readonly string[];
  /** Many names hold it; at the start of a word. */
  readonly isCommon: boolean;
  readonly isCommonWord: boolean;
};

/** What holds the text anywhere but at the start of the name. */
async function findWithin(
  em: EntityManager,
  shelf: Shelf,
  { text, name, values, isCommon, isCommonWord }: Typed,
  after: Key | undefined,
  limit: number,
): Promise<readonly Found[]> {
  const isSmall = shelf.size <= SMALL;
  const isShort = [...name].length < MIN_TRIGRAM;
  const [start, inside, word] = [`${escaped(name)}%`, `%${escaped(name)}%`, `% ${escaped(name)}%`];
  const within: Piece = { sql: 'name like ? and name not like ?', params: [inside, start] };
  const extra: Piece = {
    sql: name === '' ? 'extra like ?' : 'extra like ? and name not like ?',
    params: [`%${escaped(text)}%`, ...(name === '' ? [] : [inside])],
  };
  if (!isShort && !isCommon) {
    const condition = { sql: `${within.sql} or ${extra.sql}`, params: [...within.params, ...extra.params] };
    const tier = {
      sql: `case when name like ? then ${WORD} when name like ? then ${INSIDE} else ${ELSEWHERE} end`,
      params: [word, inside],
    };
    const few = await rowsByTrigram(em, shelf, { condition, tier, values, after, limit });
    if (few !== undefined) return few;
  }
  const found: Found[] = [];
  /** Adds what is missing, of the tiers up to this one; true where the page is full. */
  const fill = async (
    last: number,
    condition: Piece,
    tier: Piece,
    read: (wanted: Wanted) => Promise<readonly Found[]>,
  ): Promise<boolean> => {
    if (after !== undefined && after.tier > last) return false;
    found.push(...(await read({ condition, tier, values, after, limit: limit - found.length })));
    return found.length >= limit;
  };
  const inOrder = (tier: number) => (wanted: Wanted) => rowsInOrder(em, shelf, tier, wanted);
  const all = (wanted: Wanted) => rowsOfAll(em, shelf, wanted);
  const fewOr = (read: (wanted: Wanted) => Promise<readonly Found[]>) => async (wanted: Wanted) =>
    (await rowsByTrigram(em, shelf, wanted)) ?? read(wanted);

  if (name !== '' && isSmall) {
    const tier = { sql: `case when name like ? then ${WORD} else ${INSIDE} end`, params: [word] };
    if (await fill(INSIDE, within, tier, all)) return found;
  } else if (name !== '') {
    const atWord = { sql: 'name like ? and name not like ?', params: [word, start] };
    if (await fill(WORD, atWord, only(WORD), isCommonWord ? inOrder(WORD) : fewOr(inOrder(WORD)))) return found;
    const inWord = { sql: `${within.sql} and name not like ?`, params: [...within.params, word] };
    if (!isShort && (await fill(INSIDE, inWord, only(INSIDE), inOrder(INSIDE)))) return found;
  }
  const isTextShort = [...text].length < MIN_TRIGRAM;
  if (!isTextShort || isSmall) {
    await fill(ELSEWHERE, extra, only(ELSEWHERE), isTextShort ? all : fewOr(isSmall ? all : inOrder(ELSEWHERE)));
  }
  return found;
}

const only = (tier: number): Piece => ({ sql: String(tier), params: [] });

function hitOf({ value, label, description, metadata, parent, state, seen_ms: seenMs }: Found): Hit {
  const more = { ...(description !== null && { description }), ...(parent !== null && { parent }) };
  return { value, label, metadata, state, ...more, seenTime: new Date(seenMs) };
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
