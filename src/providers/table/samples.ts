import type { EventSample } from '../provider.ts';

const table = { table_id: 'tbl_sample', table_name: 'Orders', row_id: 'row_sample' };
const meta = { table: table.table_id };

export const samples: readonly EventSample[] = [
  {
    eventType: 'table.row.inserted',
    variant: 'default',
    name: 'Row inserted',
    description: 'A row was put into a table of the project.',
    payload: { ...table, row: { customer: 'Ada', amount: 12.5 } },
    meta,
  },
  {
    eventType: 'table.row.updated',
    variant: 'default',
    name: 'Row updated',
    description: 'A cell of a row changed.',
    payload: { ...table, row: { customer: 'Ada', amount: 13 }, previous: { amount: 12.5 } },
    meta,
  },
  {
    eventType: 'table.row.deleted',
    variant: 'default',
    name: 'Row deleted',
    description: 'A row was taken out of a table of the project.',
    payload: { ...table, row: { customer: 'Ada', amount: 13 } },
    meta,
  },
];
