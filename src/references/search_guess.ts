import type { EntityManager } from '@mikro-orm/postgresql';
import { escaped, type Found, rowByValue, type Shelf } from './search_keys.ts';

/** Two halves of a trigram each. */
const MIN_GUESSED = 6;
const GUESSES = 20;
/** Each costs some 20 µs to compare. */
const MAX_COMPARED = 100;
/** Names that are looked at for them, where many hold a half. */
const WALK_NAMES = 20_000;

/** One typing error leaves one half of a word whole: of the longest. None where it is too short to guess by. */
export function halvesOf(name: string): readonly string[] {
  const [longest = ''] = name.split(' ').sort((a, b) => b.length - a.length);
  const letters = [...longest];
  if (letters.length < MIN_GUESSED) return [];
  const middle = Math.ceil(letters.length / 2);
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')];
}

/**
 * Names like what was typed: the likely meanings of a typing error, the likeliest first. Only names that hold a half are
 * compared, which takes a tenth of what the trigram index's own search for similar texts takes among a million.
 */
export function guess(
  em: EntityManager,
  shelf: Shelf,
  tier: number,
  name: string,
  halves: readonly { readonly half: string; readonly isCommon: boolean }[],
  limit: number,
): Promise<readonly Found[]> {
  const { table, list, params, offered } = shelf;
  const all = `${list} and ${offered}`;
  const arms: string[] = [];
  const given: unknown[] = [];
  const arm = (sql: string, ...more: readonly unknown[]): void => {
    arms.push(`(${sql} limit ${MAX_COMPARED})`);
    given.push(...params, ...more);
  };
  const starts = `${escaped(halves[0]?.half ?? '')}%`;
  arm(`select name, value from ${table} where ${all} and name like ? order by name, value`, starts);
  for (const { half, isCommon } of halves) {
    const held = `%${escaped(half)}%`;
    if (isCommon) {
      const walk = `select name, value from ${table} where ${all} order by name, value limit ${WALK_NAMES}`;
      arm(`select name, value from (${walk}) w where name like ?`, held);
    } else {
      // Hits are read whole: see rowsByTrigram.
      arm(`select name, value from (select name, value, label from ${table} where ${all} and name like ?) w`, held);
    }
  }
  return em.execute<Found[]>(
    `select ${tier} as tier, r.* from (
       select name, value, word_similarity(?, name) as likeness from (${arms.join(' union ')}) h where name %> ?
        order by likeness desc, name like ? desc, name, value limit ?) page,
       lateral (${rowByValue(shelf)}) r
      order by page.likeness desc, page.name like ? desc, page.name, page.value`,
    [name, ...given, name, starts, Math.min(limit, GUESSES), ...params, starts],
  );
}
