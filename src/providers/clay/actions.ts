import { field, input, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';

export const actions: readonly Action[] = [
  {
    name: 'clay.webhook.submit',
    title: 'Submit a row',
    description: 'Adds a row to the table. Clay answers before it works on the row; results come over the callback.',
    runtimeState: 'ACTIVE',
    risk: 'MEDIUM',
    annotations: { readOnly: false, idempotent: false, destructive: false },
    scopes: [],
    inputSchema: input(['payload'], {
      payload: { type: 'object', description: 'Columns of the row', minProperties: 1, maxProperties: 200 },
      request_id: text('Names this request in the row', 128),
      external_id: text('Id of the record in the caller’s system', 256),
      callback_url: text('Where a column of the table sends the result', 2_048, { pattern: '^https://' }),
    }),
    outputSchema: output(['status'], {
      status: field('integer', 'HTTP status of Clay’s answer'),
      request_id: field('string', 'As it was sent'),
    }),
    references: [],
  },
];
