import { at as valueAt } from './meta.ts';
import type { PageRule } from './page_rules.ts';
import { optionalString } from './read.ts';

/** The longest parameter worth sending back. */
const MAX_CHARS = 2_048;

/**
 * The address of the next page stands in the answer at `next`, whole or from the host's root on; only its parameter `at` is
 * taken from it, and the address itself is never followed.
 */
export function byNextAddress(rule: {
  readonly at: string;
  readonly next: readonly string[];
  readonly size: string;
  readonly most: number;
}): PageRule {
  return {
    ask: ({ pageSize, cursor }) => ({
      [rule.size]: Math.min(Math.max(1, pageSize), rule.most),
      ...(cursor !== undefined && { [rule.at]: cursor }),
    }),
    next: ({ body }) => nextParameter(body, rule),
  };
}

/** That parameter; undefined on the last page. */
export function nextParameter(
  body: unknown,
  { at, next }: { readonly at: string; readonly next: readonly string[] },
): string | undefined {
  const address = optionalString(valueAt(body, ...next));
  const query = new URLSearchParams(address?.slice(0, 8_192).split('?', 2)[1] ?? '');
  return optionalString(query.get(at)?.slice(0, MAX_CHARS));
}
