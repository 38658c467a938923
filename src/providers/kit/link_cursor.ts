import type { PageRule } from './page_rules.ts';
import { optionalString } from './read.ts';

/** The longest cursor worth sending back. */
const MAX_CURSOR_CHARS = 256;

/**
 * A cursor that stands as an attribute of the Link header, beside one that tells whether there is anything there:
 * `<...>; rel="next"; results="true"; cursor="0:100:0"`. The address itself is never followed.
 */
export function byLinkCursor({ at, size, most }: { at: string; size: string; most: number }): PageRule {
  return {
    ask: ({ pageSize, cursor }) => ({
      [size]: Math.min(Math.max(1, pageSize), most),
      ...(cursor !== undefined && { [at]: cursor }),
    }),
    next: ({ headers }) => {
      for (const link of (headers.get('link') ?? '').slice(0, 8_192).split(/,\s*(?=<)/)) {
        const attribute = (name: string) => new RegExp(`;\\s*${name}="([^"]*)"`).exec(link)?.[1];
        if (attribute('rel') !== 'next' || attribute('results') !== 'true') continue;
        return optionalString(attribute('cursor')?.slice(0, MAX_CURSOR_CHARS));
      }
      return undefined;
    },
  };
}
