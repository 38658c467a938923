import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import type { Json } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import type { ProviderCall } from '../provider.ts';

/** Shopify keeps a version for a year. */
const VERSION = '2026-07';

/** Asks the GraphQL Admin API and answers `data`. */
export function admin(
  call: ProviderCall,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Json> {
  return graphql(call, `${call.endpoints.api}/api/${VERSION}/graphql.json`, query, variables);
}

/** The result of a mutation. Throws `rejected` where Shopify names mistakes in what it was told. */
export function changed(data: Json, mutation: string): unknown {
  const result = data[mutation];
  const errors = at(result, 'userErrors');
  if (!Array.isArray(errors) || errors.length === 0) return result;
  throw new ProviderError({ kind: 'rejected' }, new Error(`${mutation} was refused`));
}
