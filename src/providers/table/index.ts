import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, flag, input, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, EventType, Provider } from '../provider.ts';
import { samples } from './samples.ts';

/** The platform's own tables. No credential and no webhook: the table service publishes events and references itself. */

const row = field('object', 'Cells of the row by column');

function changed(verb: string, description: string, more: Parameters<typeof output>[1] = {}): EventType {
  return {
    name: `table.row.${verb}`,
    description,
    schemaVersion: 1,
    runtimeState: 'ACTIVE',
    triggerable: true,
    waitable: true,
    scopes: [],
    payloadSchema: output(['table_id', 'table_name', 'row_id', 'row'], {
      table_id: field('string', 'Id of the table'),
      table_name: field('string', 'Name of the table'),
      row_id: field('string', 'Id of the row'),
      row,
      ...more,
    }),
  };
}

const eventTypes: readonly EventType[] = [
  changed('inserted', 'A row was added to a table; `row` is what it holds.'),
  changed('updated', 'A row of a table changed; `row` is what it holds now.', {
    previous: field('object', 'What it held before'),
  }),
  changed('deleted', 'A row of a table was deleted; `row` is what it held.'),
];

const table = text('Id of the table', 64);
const rowId = text('Id of the row', 64);
const cells = {
  type: 'object',
  description: 'Cells by column',
  minProperties: 1,
  maxProperties: 200,
  propertyNames: { maxLength: 128 },
} as const;
const oneRow = output(['row_id', 'row'], { row_id: field('string', 'Id of the row'), row });
const active = { runtimeState: 'ACTIVE', scopes: [], references: [{ field: 'table', type: 'table.table' }] } as const;

const actions: readonly Action[] = [
  {
    ...active,
    name: 'table.row.insert',
    title: 'Insert a row',
    description: 'Adds a row to a table.',
    risk: 'LOW',
    annotations: ADDS,
    inputSchema: input(['table', 'row'], { table, row: cells }),
    outputSchema: oneRow,
  },
  {
    ...active,
    name: 'table.row.update',
    title: 'Update a row',
    description: 'Changes the cells that are given and leaves the rest.',
    risk: 'LOW',
    annotations: SETS,
    inputSchema: input(['table', 'row_id', 'row'], { table, row_id: rowId, row: cells }),
    outputSchema: oneRow,
  },
  {
    ...active,
    name: 'table.row.delete',
    title: 'Delete a row',
    description: 'Deletes a row of a table.',
    risk: 'MEDIUM',
    annotations: REMOVES,
    inputSchema: input(['table', 'row_id'], { table, row_id: rowId }),
    outputSchema: output(['deleted'], { deleted: field('boolean', 'Whether there was such a row') }),
  },
  {
    ...active,
    name: 'table.row.get',
    title: 'Get a row',
    description: 'Reads one row of a table.',
    risk: 'LOW',
    annotations: READS,
    inputSchema: input(['table', 'row_id'], { table, row_id: rowId }),
    outputSchema: oneRow,
  },
  {
    ...active,
    name: 'table.row.query',
    title: 'Query rows',
    description: 'Reads the rows of a table that hold the given cells, a page at a time.',
    risk: 'LOW',
    annotations: READS,
    inputSchema: input(['table'], {
      table,
      where: { ...cells, description: 'Cells a row must hold, by column' },
      columns: listOf('Columns to read', text('Column', 128), 200),
      order_by: text('Column to order by', 128),
      descending: flag('Order from the last to the first'),
      page_size: integer('Rows at most', 1, 200),
      page_token: text('Token of the page before', 1_024),
    }),
    outputSchema: output(['rows'], {
      rows: field('array', 'Rows', { items: oneRow }),
      next_page_token: field('string', 'Token of the next page, absent at the end'),
    }),
  },
];

export const tables: Provider = {
  id: 'table',
  displayName: 'Tables',
  description: 'The project’s own tables: read and write rows, and react when they change.',
  category: 'Storage',
  docsUrl: 'https://mobiusops.ai',
  logo: 'monogram',
  endpoints: {},
  credentialEndpoints: [],
  connect: [],
  builtIn: true,
  eventTypes,
  samples,
  actions,
  references: [
    {
      name: 'table.table',
      title: 'Table',
      description: 'A table of the project, by id.',
      runtimeState: 'ACTIVE',
      scopes: [],
      dependsOn: [],
      source: 'PUBLISHED',
    },
  ],
};
