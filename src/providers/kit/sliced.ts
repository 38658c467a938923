import type { ReferenceItem, ReferencePage, ReferenceQuery } from '../provider.ts';
import { offsetOf, offsetPage } from './offset_pager.ts';

/** A page of a list the vendor gives whole. */
export function sliced(items: readonly ReferenceItem[], query: ReferenceQuery): ReferencePage {
  const start = offsetOf(query);
  const page = items.slice(start, start + Math.max(1, query.pageSize));
  return offsetPage(page, { start, taken: page.length, last: start + page.length >= items.length });
}
