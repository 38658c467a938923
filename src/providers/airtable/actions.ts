import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const ofBase = { base: 'base' };
const ofTable = { base: 'base', table: 'table' };
const base = picked('airtable.base', text('Base id', 17, { pattern: '^app[A-Za-z0-9]{14}$' }));
const table = picked('airtable.table', text('Table id', 17, { pattern: '^tbl[A-Za-z0-9]{14}$' }), ofBase);
const recordId = text('Record id', 17, { pattern: '^rec[A-Za-z0-9]{14}$' });
const record = picked('airtable.record', recordId, ofTable);
const where = { base, table };

const fields: JsonSchema = {
  type: 'object',
  description: 'Values by name or id of the field',
  minProperties: 1,
  maxProperties: 500,
};
const typecast = flag('Whether Airtable turns texts into what the field holds');
const aRecord = output(['id', 'fields'], {
  id: field('string', 'Record id'),
  createdTime: field('string', 'When it was made'),
  fields: field('object', 'Values by name of the field; empty fields are left out'),
});
const records = output(['records'], {
  records: field('array', 'The records', { items: aRecord }),
  offset: field('string', 'Begins the next page'),
});
const aComment = output(['id', 'text'], { id: field('string', 'Comment id'), text: field('string', 'Text') });
const reading = { effect: READS, scopes: ['data.records:read'] };
const writing = { effect: SETS, scopes: ['data.records:write'] };
const schema = { effect: READS, scopes: ['schema.bases:read'] };

export const actions: readonly Action[] = [
  action('airtable.record.create', 'Create a record', 'Adds a record to a table.', {
    effect: ADDS,
    scopes: ['data.records:write'],
    needs: { ...where, fields },
    takes: { typecast },
    gives: aRecord,
  }),
  action('airtable.record.create_many', 'Create records', 'Adds up to ten records to a table.', {
    effect: ADDS,
    scopes: ['data.records:write'],
    needs: { ...where, records: listOf('Records', fields, 10) },
    takes: { typecast },
    gives: records,
  }),
  action('airtable.record.get', 'Get a record', 'Reads a record.', {
    ...reading,
    needs: { ...where, record },
    gives: aRecord,
  }),
  action('airtable.record.list', 'List records', 'Reads records of a table, filtered and in order where wanted.', {
    ...reading,
    needs: where,
    takes: {
      view: picked('airtable.view', text('View id', 64), ofTable),
      filter: text('Formula that must be true', 16_000),
      fields: picked('airtable.field', listOf('Only these fields', text('Field id', 64), 100), ofTable),
      page_size: integer('Records at most', 1, 100),
      offset: text('`offset` of the page before', 256),
    },
    gives: records,
  }),
  action('airtable.record.update', 'Update a record', 'Changes the given fields of a record and leaves the others.', {
    ...writing,
    needs: { ...where, record, fields },
    takes: { typecast },
    gives: aRecord,
  }),
  action('airtable.record.replace', 'Replace a record', 'Sets the given fields of a record and empties the others.', {
    ...writing,
    risk: 'HIGH',
    needs: { ...where, record, fields },
    takes: { typecast },
    gives: aRecord,
  }),
  action('airtable.record.upsert', 'Create or update records', 'Changes records found by some fields, or adds them.', {
    ...writing,
    needs: {
      ...where,
      merge_on: listOf('Fields that tell records apart', text('Name or id', 255), 3),
      records: listOf('Records', fields, 10),
    },
    takes: { typecast },
    gives: records,
  }),
  action('airtable.record.delete', 'Delete a record', 'Deletes a record.', {
    effect: REMOVES,
    scopes: ['data.records:write'],
    needs: { ...where, record },
    gives: output(['id', 'deleted'], {
      id: field('string', 'Record id'),
      deleted: field('boolean', 'Whether it is gone'),
    }),
  }),
  action('airtable.comment.create', 'Comment on a record', 'Adds a comment to a record.', {
    effect: ADDS,
    scopes: ['data.recordComments:write'],
    needs: { ...where, record, text: text('Text', 10_000) },
    gives: aComment,
  }),
  action('airtable.comment.list', 'List comments', 'Reads the comments on a record, the newest first.', {
    effect: READS,
    scopes: ['data.recordComments:read'],
    needs: { ...where, record },
    takes: { page_size: integer('Comments at most', 1, 100), offset: text('`offset` of the page before', 256) },
    gives: output(['comments'], { comments: field('array', 'The comments', { items: aComment }) }),
  }),
  action('airtable.base.list', 'List bases', 'Reads the bases that were granted.', {
    ...schema,
    takes: { offset: text('`offset` of the page before', 256) },
    gives: output(['bases'], { bases: field('array', 'Bases: id, name, permissionLevel') }),
  }),
  action('airtable.table.list', 'List tables', 'Reads the tables of a base, with fields and views.', {
    ...schema,
    needs: { base },
    gives: output(['tables'], { tables: field('array', 'Tables: id, name, fields, views') }),
  }),
  action('airtable.table.create', 'Create a table', 'Adds a table to a base.', {
    effect: ADDS,
    scopes: ['schema.bases:write'],
    needs: {
      base,
      name: text('Name', 255),
      fields: listOf(
        'Fields, the first one naming the records',
        {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'type'],
          properties: {
            name: text('Name', 255),
            type: choice('Kind', ['singleLineText', 'multilineText', 'email', 'url', 'phoneNumber', 'richText']),
          },
        },
        100,
      ),
    },
    takes: { description: text('Text', 20_000) },
    gives: output(['id', 'name'], { id: field('string', 'Table id'), name: field('string', 'Name') }),
  }),
  action('airtable.field.update', 'Rename a field', 'Changes name or description of a field.', {
    effect: SETS,
    scopes: ['schema.bases:write'],
    needs: { ...where, field: picked('airtable.field', text('Field id', 64), ofTable) },
    takes: { name: text('Name', 255), description: text('Text', 20_000) },
    atLeast: 4,
    gives: output(['id', 'name'], { id: field('string', 'Field id'), name: field('string', 'Name') }),
  }),
];
