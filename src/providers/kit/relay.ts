import type { ProviderCall, ReferenceItem, ReferencePage } from '../provider.ts';
import { ProviderError } from './error.ts';
import { isObject, type Json, optionalString, readArray, readObject } from './read.ts';

/** Asks a GraphQL endpoint and answers `data`. Vendor errors are the provider's `failureOf`. */
export async function graphql(
  call: ProviderCall,
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Json> {
  const answer = await call.fetch(url, { method: 'POST', json: { query, variables } });
  return readObject(readObject(answer.body, 'answer').data, 'data');
}

/** A page of a Relay connection; `path` names it in `data`. */
export function relayPage(data: Json, path: readonly string[], item: (node: Json) => ReferenceItem): ReferencePage {
  let connection: Json = data;
  for (const name of path) connection = readObject(connection[name], path.join('.'));
  const items = readArray(connection.nodes, 'nodes').map((node, index) => item(readObject(node, `nodes[${index}]`)));
  const info = isObject(connection.pageInfo) ? connection.pageInfo : {};
  if (info.hasNextPage !== true) return { items };
  const nextCursor = optionalString(info.endCursor);
  if (nextCursor !== undefined) return { items, nextCursor };
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('pageInfo has a next page and no cursor'));
}
