import { hash } from 'node:crypto';
import type { EntityManager, Kysely, PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { ClientBase, Pool } from 'pg';

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
 * The statements of the EntityManager's transaction, prepared once a connection, with their parameters beside them. MikroORM writes
 * parameters into the statement: of a delivery of 11 kB that took 250 µs of our processor and 400 of PostgreSQL's, who parsed it
 * again. Must not be made of values.
 */
export function boundStatements(em: EntityManager): Statements {
  const tx = em.getTransactionContext<Kysely<unknown>>();
  if (tx === undefined) return em;
  const execute = async (statement: string, parameters: readonly unknown[] = []): Promise<unknown> => {
    // Kysely hands its text to `pg` as it is, which takes a named one too.
    const sql = prepared(statement) as unknown as string;
    const query = { kind: 'RawNode', sqlFragments: [], parameters: [] } as const;
    const { rows } = await tx.executeQuery({ sql, parameters, query, queryId: { queryId: 'bound' } });
    return rows;
  };
  return { execute: execute as Statements['execute'] };
}

/**
 * The same on a connection of one's own, where it is pipelining without waiting for those before; or each by itself on any of a pool.
 * Must not be made of values.
 */
export function statementsOn(client: Pick<ClientBase, 'query'>): Statements {
  const execute = async (statement: string, parameters: readonly unknown[] = []): Promise<unknown> => {
    const { rows } = await client.query({ ...prepared(statement), values: parameters as unknown[] });
    return rows;
  };
  return { execute: execute as Statements['execute'] };
}

type Prepared = { readonly name: string; readonly text: string };

/** As many as there are in the code. */
const known = new Map<string, Prepared>();

/** A statement under a name of its own, as `pg` prepares it. */
function prepared(statement: string): Prepared {
  let made = known.get(statement);
  if (made === undefined) {
    made = { name: `s_${hash('sha256', statement).slice(0, 24)}`, text: numbered(statement) };
    known.set(statement, made);
  }
  return made;
}

/**
 * Runs a statement that is prepared once a connection, by itself and in no transaction: for what costs more to plan than to run.
 * Must not be made of values.
 */
export async function executePrepared<Row extends object>(
  em: EntityManager,
  statement: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return await statementsOn(await poolOf(em)).execute<Row[]>(statement, [...values]);
}

/** The store's connections. */
export function poolOf(em: EntityManager): Promise<Pool> {
  return (em.getConnection() as PostgreSqlConnection).getNativeClient();
}
