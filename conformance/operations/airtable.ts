import type Airtable from 'airtable';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of a table in the vendor’s client. */
export type Operation = Methods<ReturnType<ReturnType<Airtable['base']>>, 1>;

export const operations = {
  'record.create': 'create',
  'record.create_many': 'create',
  'record.get': 'find',
  'record.list': 'select',
  'record.update': 'update',
  'record.replace': 'replace',
  'record.upsert': 'update',
  'record.delete': 'destroy',
  'comment.create': { unlisted: 'The vendor’s client knows records only' },
  'comment.list': { unlisted: 'The vendor’s client knows records only' },
  'base.list': { unlisted: 'The vendor’s client knows records only' },
  'table.list': { unlisted: 'The vendor’s client knows records only' },
  'table.create': { unlisted: 'The vendor’s client knows records only' },
  'field.update': { unlisted: 'The vendor’s client knows records only' },
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'shout' satisfies Operation;
