import { at } from './meta.ts';
import type { PageRule } from './page_rules.ts';
import { optionalString } from './read.ts';

const NAMES: readonly string[] = ['$skiptoken', '$skipToken', '$skip'];

/**
 * OData: the address of the next page stands in the answer, and only its skip parameter is taken from it. Without `most` the
 * vendor lets nobody choose the page’s size.
 */
export function byNextLink(most?: number): PageRule {
  return {
    ask: ({ pageSize, cursor }) => {
      const [name = '', value = ''] = cursor === undefined ? [] : cut(cursor);
      return {
        ...(most !== undefined && { $top: Math.min(Math.max(1, pageSize), most) }),
        ...(NAMES.includes(name) && { [name]: value }),
      };
    },
    next: ({ body }) => {
      const link = optionalString(at(body, '@odata.nextLink'));
      const query = new URLSearchParams(link?.split('?', 2)[1] ?? '');
      const name = NAMES.find(each => query.has(each));
      return name === undefined ? undefined : `${name}=${query.get(name) ?? ''}`;
    },
  };
}

function cut(cursor: string): readonly [string, string] {
  const end = cursor.indexOf('=');
  return [cursor.slice(0, end), cursor.slice(end + 1)];
}
