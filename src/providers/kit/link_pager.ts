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
  const page = nextAddress(headers)?.get('page') ?? '';
  return /^[1-9]\d{0,8}$/.test(page) ? page : undefined;
}

/** The parameters of the address that it calls next. */
export function nextAddress(headers: Headers): URLSearchParams | undefined {
  for (const link of (headers.get('link') ?? '').slice(0, 8_192).split(',')) {
    const target = /^\s*<([^<>]*)>((?:\s*;[^;]*)*)$/.exec(link);
    if (target === null || !/;\s*rel="?next"?\s*(?:;|$)/i.test(target[2] ?? '')) continue;
    return new URLSearchParams((target[1] ?? '').split('?')[1] ?? '');
  }
  return undefined;
}
