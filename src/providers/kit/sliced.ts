import type { ReferenceItem, ReferencePage, ReferenceQuery } from '../provider.ts';
import { ProviderError } from './error.ts';

/** A page of a list the vendor gives whole; the cursor is the offset. */
export function sliced(items: readonly ReferenceItem[], query: ReferenceQuery): ReferencePage {
  const cursor = query.cursor ?? '0';
  if (!/^\d{1,9}$/.test(cursor)) throw new ProviderError({ kind: 'rejected' }, new Error('cursor is not an offset'));
  const start = Number(cursor);
  const end = start + Math.max(1, query.pageSize);
  const page = items.slice(start, end);
  return end < items.length ? { items: page, nextCursor: String(end) } : { items: page };
}
