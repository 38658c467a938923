import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { type Json, readArray, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';

/** Winter ’25; each version is kept for three years at the least. */
export const DATA = '/services/data/v62.0';

/** Answers the records of a query in Salesforce’s language. `deleted`: those in the recycle bin too. */
export async function soql(
  call: ProviderCall,
  q: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<readonly Json[]> {
  const { body } = await call.fetch(`${call.endpoints.api}${DATA}/${deleted ? 'queryAll' : 'query'}`, { query: { q } });
  return readArray(at(body, 'records'), 'records').map((record, i) => readObject(record, `records[${i}]`));
}

/** A text as SOQL writes it. */
export function quoted(text: string): string {
  return `'${text.slice(0, 200).replaceAll(/[\\']/g, '\\$&')}'`;
}

/** Words anywhere in a text: `%` and `_` mean themselves. */
export function containing(words: string): string {
  return quoted(`%${words.replaceAll(/[%_]/g, '\\$&')}%`)
    .replaceAll('\\\\%', '\\%')
    .replaceAll('\\\\_', '\\_');
}

/** A name of an object or field. Throws `not_found` for a text that is none. */
export function named(name: string | undefined): string {
  if (name !== undefined && /^[A-Za-z]\w{0,79}$/.test(name)) return name;
  throw new ProviderError({ kind: 'not_found' }, new Error('a value that names no object'));
}
