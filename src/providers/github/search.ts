import { ProviderError } from '../kit/error.ts';
import { nextPage, pageOf } from '../kit/link_pager.ts';
import { type Json, readArray, readObject } from '../kit/read.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery } from '../provider.ts';
import { isRepository, VERSION_HEADERS } from './api.ts';

/** GitHub takes 256 characters of words; the qualifiers before them do not count. */
const MAX_WORDS_LENGTH = 200;

/** Issues or pull requests of one repository by GitHub's search, last changed first; 1000 at most. */
export async function searchIssues(
  call: ProviderCall,
  query: ReferenceQuery,
  kind: 'issue' | 'pull_request',
  item: (node: Json) => ReferenceItem,
): Promise<ReferencePage> {
  const repository = query.dependsOn.repository ?? '';
  if (!isRepository(repository))
    throw new ProviderError({ kind: 'rejected' }, new Error('repository is not owner/name'));
  const answer = await call.fetch(`${call.endpoints.api}/search/issues`, {
    headers: VERSION_HEADERS,
    query: {
      q: `repo:${repository} is:${kind === 'issue' ? 'issue' : 'pr'} ${quoted(query.q)}`.trimEnd(),
      sort: 'updated',
      per_page: Math.min(Math.max(query.pageSize, 1), 100),
      page: pageOf(query),
    },
  });
  const nodes = readArray(readObject(answer.body, 'answer').items, 'items');
  const items = nodes.map((node, index) => item(readObject(node, `items[${index}]`)));
  const nextCursor = nextPage(answer.headers);
  return nextCursor === undefined ? { items } : { items, nextCursor };
}

/** Each word in quotes, so that none is a qualifier or an operator that leads out of the repository. */
function quoted(q: string): string {
  const words = q.slice(0, MAX_WORDS_LENGTH).split(/[\s"\\]+/);
  return words.flatMap(word => (word === '' ? [] : [`"${word}"`])).join(' ');
}
