import type { ReferenceItem, ReferencePage, ReferenceQuery } from '../provider.ts';
import { ProviderError } from './error.ts';

/** The offset a cursor stands for, for vendors that count items from zero. */
export function offsetOf(query: ReferenceQuery): number {
  const cursor = query.cursor ?? '0';
  if (!/^\d{1,9}$/.test(cursor)) throw new ProviderError({ kind: 'rejected' }, new Error('cursor is not an offset'));
  return Number(cursor);
}

/** A page that began at `start`; `taken` is how far the vendor moved on, which may be more than it showed. */
export function offsetPage(
  items: readonly ReferenceItem[],
  page: { readonly start: number; readonly taken: number; readonly last: boolean },
): ReferencePage {
  return page.last || page.taken === 0 ? { items } : { items, nextCursor: String(page.start + page.taken) };
}
