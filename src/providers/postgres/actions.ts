import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const name = (what: string) => text(what, 63);
const schema = picked('postgres.schema', name('Schema'));
const inSchema = { schema: 'schema' };
const table = picked('postgres.table', name('Table'), inSchema);
const columns = (what: string) =>
  picked('postgres.column', listOf(what, name('Column'), 200), { schema: 'schema', table: 'table' });
const cells = (what: string): JsonSchema => ({
  type: 'object',
  description: `${what} by column`,
  minProperties: 1,
  maxProperties: 200,
  propertyNames: { maxLength: 63 },
});
const rows = output(['rows'], { rows: field('array', 'Rows'), row_count: field('integer', 'How many') });
const parameters = listOf(
  'Values of $1, $2 and so on',
  { type: ['string', 'number', 'boolean', 'null'], maxLength: 65_536 },
  100,
);

/** All of them want the database’s own protocol. */
const planned = { runtimeState: 'PLANNED', gives: rows } as const;

export const actions: readonly Action[] = [
  action('postgres.query.run', 'Run a query', 'Runs a statement, which may read and change whatever its user may.', {
    ...planned,
    effect: { readOnly: false, idempotent: false, destructive: true },
    risk: 'CRITICAL',
    needs: { sql: text('Statement', 65_536) },
    takes: {
      parameters,
      read_only: flag('Refuses to change anything'),
      timeout_ms: integer('Milliseconds at most', 100, 120_000),
      max_rows: integer('Rows at most', 1, 10_000),
    },
  }),
  action('postgres.row.find', 'Find rows', 'Reads the rows of a table that hold the given values.', {
    ...planned,
    effect: READS,
    needs: { schema, table },
    takes: {
      where: cells('Values a row must hold'),
      columns: columns('Columns to read'),
      order_by: picked('postgres.column', name('Column to order by'), { schema: 'schema', table: 'table' }),
      descending: flag('From the last to the first'),
      limit: integer('Rows at most', 1, 10_000),
    },
  }),
  action('postgres.row.insert', 'Insert rows', 'Adds rows to a table.', {
    ...planned,
    effect: ADDS,
    needs: { schema, table, rows: listOf('Rows', cells('Values'), 1_000) },
  }),
  action('postgres.row.update', 'Update rows', 'Changes the rows of a table that hold the given values.', {
    ...planned,
    effect: SETS,
    risk: 'HIGH',
    needs: { schema, table, where: cells('Values a row must hold'), set: cells('New values') },
  }),
  action('postgres.row.upsert', 'Insert or update a row', 'Adds a row, or changes the one of the same key.', {
    ...planned,
    effect: SETS,
    needs: { schema, table, row: cells('Values'), conflict_columns: columns('Columns of the key') },
  }),
  action('postgres.row.delete', 'Delete rows', 'Deletes the rows of a table that hold the given values.', {
    ...planned,
    effect: REMOVES,
    needs: { schema, table, where: cells('Values a row must hold') },
  }),
];
