import { hash } from 'node:crypto';
import type { EntityManager, Kysely, PostgreSqlConnection } from '@mikro-orm/postgresql';

/** Runs a statement with `?` for its parameters in the transaction under way. */
export type Statements = Pick<EntityManager, 'execute'>;

/** The statement with `$1`, `$2`, ... for its places, as PostgreSQL takes it. */
export function numbered(sql: string): string {
  let n = 0;
  return sql.replace(/\?/g, () => `$${++n}`);
}

/** A text array as PostgreSQL writes it: MikroORM would spread a JavaScript array into several parameters. */
export function pgArray(values: readonly string[]): string {
  return `{${values.map(v => (SPECIAL.test(v) ? `"${v.replace(/[\\"]/g, c => `\\${c}`)}"` : `"${v}"`)).join(',')}}`;
}

const SPECIAL = /[\\"]/;

/**
 * The statements of the EntityManager's transaction with their parameters beside them. MikroORM writes parameters into
 * the statement: of a delivery of 11 kB that took 250 µs of our processor and 400 of PostgreSQL's, who parsed it again.
 */
export function boundStatements(em: EntityManager): Statements {
  const tx = em.getTransactionContext<Kysely<unknown>>();
  if (tx === undefined) return em;
  const execute = async (statement: string, parameters: readonly unknown[] = []): Promise<unknown> => {
    const sql = numbered(statement);
    const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] } as const;
    const { rows } = await tx.executeQuery({ sql, parameters, query, queryId: { queryId: 'bound' } });
    return rows;
  };
  return { execute: execute as Statements['execute'] };
}

/**
 * Reads by a statement that is prepared once a connection, outside of any transaction: for what costs more to plan than to run. Must
 * not be made of values.
 */
export async function readPrepared<Row extends object>(
  em: EntityManager,
  statement: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const pool = await (em.getConnection() as PostgreSqlConnection).getNativeClient();
  const name = `read_${hash('sha256', statement).slice(0, 16)}`;
  const { rows } = await pool.query<Row>({ name, text: numbered(statement), values: [...values] });
  return rows;
}
