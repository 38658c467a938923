import type { ReferenceItem } from '../providers/provider.ts';
import { fold } from './names.ts';

/** How well an item answers what a person typed; smaller is better, undefined is not at all. */
export type Matcher = (item: ReferenceItem) => number | undefined;

/** Case and accents folded: exact, prefix, start of a word, anywhere, description. A pasted URL or id is exact. */
export function matcher(q: string): Matcher {
  const needle = fold(q.trim());
  if (needle === '') return () => 0;
  const ids = new Set([q.trim(), ...pathSegments(q.trim())]);
  return ({ value, label, description }) => {
    const text = fold(label);
    // People leave out the sign that a vendor puts before a name.
    const bare = text.replace(/^[#@]/, '');
    if (ids.has(value) || text === needle || bare === needle) return 0;
    if (text.startsWith(needle) || bare.startsWith(needle)) return 1;
    if (startsAWord(text, needle)) return 2;
    if (text.includes(needle)) return 3;
    return description !== undefined && fold(description).includes(needle) ? 4 : undefined;
  };
}

function startsAWord(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return true;
  }
  return false;
}

function pathSegments(q: string): string[] {
  if (!/^https?:\/\//i.test(q) || !URL.canParse(q)) return [];
  return new URL(q).pathname.split('/').filter(segment => segment !== '');
}
