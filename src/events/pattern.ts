import { createHash } from 'node:crypto';
import { pgArray } from '../store/sql.ts';

/** A condition on an event type's column; each pattern is a name, or with a trailing `.*` all that begin so. None: all. */
export function patternCondition(column: string, patterns: readonly string[]): { sql: string; params: string[] } {
  if (patterns.length === 0) return { sql: 'true', params: [] };
  const prefixes = patterns.filter(p => p.endsWith('.*')).map(p => p.slice(0, -1));
  const names = patterns.filter(p => !p.endsWith('.*'));
  return {
    sql: `(${column} = any(?::text[]) or exists (select 1 from unnest(?::text[]) p where starts_with(${column}, p)))`,
    params: [pgArray(names), pgArray(prefixes)],
  };
}

/** The same for the same set, in whatever order. */
export function patternKey(patterns: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(patterns.toSorted())).digest('hex').slice(0, 16);
}
