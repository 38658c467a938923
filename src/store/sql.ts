import type { EntityManager } from '@mikro-orm/postgresql';

/** Runs a statement with `?` for its parameters in the transaction under way. */
export type Statements = Pick<EntityManager, 'execute'>;

/** A text array as PostgreSQL writes it: MikroORM would spread a JavaScript array into several parameters. */
export function pgArray(values: readonly string[]): string {
  return `{${values.map(v => `"${v.replace(/[\\"]/g, c => `\\${c}`)}"`).join(',')}}`;
}
