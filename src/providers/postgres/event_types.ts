import { eventTypesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';

/** Changes would have to be read over a connection: by a column that grows, by NOTIFY or by logical replication. */
export const eventTypes = eventTypesOf(
  'postgres.row',
  { inserted: 'A row was added to a table.', updated: 'A row of a table changed.' },
  output(['schema', 'table', 'row'], {
    schema: field('string', 'Schema'),
    table: field('string', 'Table'),
    row: field('object', 'Values by column'),
  }),
  { runtimeState: 'PLANNED' },
);
