import type { ReferenceQuery } from '../provider.ts';
import { ProviderError } from './error.ts';

/** The page a cursor stands for, for vendors that count pages from one. */
export function pageOf(query: ReferenceQuery): number {
  const cursor = query.cursor ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(cursor)) throw new ProviderError({ kind: 'rejected' }, new Error('cursor is not a page'));
  return Number(cursor);
}

/** Number of the page that the Link header (RFC 8288) calls next. The address itself is never followed. */
export function nextPage(headers: Headers): string | undefined {
  for (const link of (headers.get('link') ?? '').slice(0, 8_192).split(',')) {
    const target = /^\s*<([^<>]*)>((?:\s*;[^;]*)*)$/.exec(link);
    if (target === null || !/;\s*rel="?next"?\s*(?:;|$)/i.test(target[2] ?? '')) continue;
    const page = new URLSearchParams((target[1] ?? '').split('?')[1] ?? '').get('page');
    return page !== null && /^[1-9]\d{0,8}$/.test(page) ? page : undefined;
  }
  return undefined;
}
