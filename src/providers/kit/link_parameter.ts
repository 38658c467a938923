import { nextAddress } from './link_pager.ts';
import { type PageRule, type PageSize, sizeOf } from './page_rules.ts';
import { optionalString } from './read.ts';

/** The longest parameter worth sending back. */
const MAX_CHARS = 2_048;

/** The Link header (RFC 8288) names the next page; only its parameter `at` is taken from it, and the address is never followed. */
export function byLink({ at, ...size }: PageSize & { readonly at: string }): PageRule {
  return {
    ask: query => ({ ...sizeOf(query, size), ...(query.cursor !== undefined && { [at]: query.cursor }) }),
    next: ({ headers }) => optionalString(nextAddress(headers)?.get(at)?.slice(0, MAX_CHARS)),
  };
}
