import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const objectId = (what: string) => text(`${what} id`, 64, { pattern: '^[0-9]+$' });
const properties: JsonSchema = {
  type: 'object',
  description: 'Values by the internal names of the properties',
  minProperties: 1,
  maxProperties: 500,
  additionalProperties: { type: 'string', maxLength: 65_536 },
};
const wanted = { properties: listOf('Internal names of properties to read', text('Name', 128), 100) };
const anObject = output(['id', 'properties'], {
  id: field('string', 'Id'),
  properties: field('object', 'Values by internal name'),
  createdAt: field('string', 'When it was made'),
  updatedAt: field('string', 'When it last changed'),
  archived: field('boolean', 'Whether it was deleted'),
});
const list = output(['results'], {
  results: field('array', 'The objects', { items: anObject }),
  total: field('integer', 'How many there are'),
  paging: field('object', '`next.after` begins the next page'),
});
const searching = {
  query: text('Words', 3_000),
  filters: listOf(
    'Conditions that all must hold',
    {
      type: 'object',
      additionalProperties: false,
      required: ['propertyName', 'operator'],
      properties: {
        propertyName: text('Internal name', 128),
        operator: choice('Comparison', [
          'EQ',
          'NEQ',
          'LT',
          'LTE',
          'GT',
          'GTE',
          'HAS_PROPERTY',
          'NOT_HAS_PROPERTY',
          'CONTAINS_TOKEN',
        ]),
        value: text('Value', 3_000),
      },
    },
    18,
  ),
  ...wanted,
  limit: integer('Objects at most', 1, 200),
  after: text('`paging.next.after` of the page before', 64),
};

const kind = choice('Kind of object', ['contacts', 'companies', 'deals', 'tickets']);

/** Kind of object, path, scopes to read and to write it. */
const kinds = [
  ['contact', 'contacts', 'crm.objects.contacts.read', 'crm.objects.contacts.write'],
  ['company', 'companies', 'crm.objects.companies.read', 'crm.objects.companies.write'],
  ['deal', 'deals', 'crm.objects.deals.read', 'crm.objects.deals.write'],
  ['ticket', 'tickets', 'tickets', 'tickets'],
] as const;

const ofKinds: readonly Action[] = kinds.flatMap(([noun, plural, reads, writes]) => {
  const one = { [noun]: picked(`hubspot.${noun}`, objectId(noun)) };
  return [
    action(`hubspot.${noun}.create`, `Create a ${noun}`, `Makes a ${noun}.`, {
      effect: ADDS,
      scopes: [writes],
      needs: { properties },
      gives: anObject,
    }),
    action(`hubspot.${noun}.get`, `Get a ${noun}`, `Reads a ${noun}.`, {
      effect: READS,
      scopes: [reads],
      needs: one,
      takes: wanted,
      gives: anObject,
    }),
    action(`hubspot.${noun}.update`, `Update a ${noun}`, `Changes the given properties of a ${noun}.`, {
      effect: SETS,
      scopes: [writes],
      needs: { ...one, properties },
      gives: anObject,
    }),
    action(`hubspot.${noun}.delete`, `Delete a ${noun}`, `Moves a ${noun} to the recycling bin.`, {
      effect: REMOVES,
      scopes: [writes],
      needs: one,
      gives: done,
    }),
    action(`hubspot.${noun}.search`, `Search ${plural}`, `Finds ${plural} by words and properties.`, {
      effect: READS,
      scopes: [reads],
      takes: searching,
      gives: list,
    }),
  ];
});

export const actions: readonly Action[] = [
  action('hubspot.crm.search', 'Search objects', 'Finds objects of a kind by words and properties.', {
    effect: READS,
    needs: { object_type: kind },
    takes: searching,
    gives: list,
  }),
  action('hubspot.crm.get', 'Get an object', 'Reads an object of a kind.', {
    effect: READS,
    needs: { object_type: kind, object_id: objectId('Object') },
    takes: wanted,
    gives: anObject,
  }),
  action('hubspot.crm.create', 'Create an object', 'Makes an object of a kind.', {
    effect: ADDS,
    needs: { object_type: kind, properties },
    gives: anObject,
  }),
  action('hubspot.crm.update', 'Update an object', 'Changes the given properties of an object.', {
    effect: SETS,
    needs: { object_type: kind, object_id: objectId('Object'), properties },
    gives: anObject,
  }),
  action('hubspot.crm.associate', 'Associate two objects', 'Joins two objects in the usual way of their kinds.', {
    effect: SETS,
    needs: { from_type: kind, from_id: objectId('One object'), to_type: kind, to_id: objectId('Other object') },
    gives: done,
  }),
  action(
    'hubspot.contact.upsert',
    'Create or update a contact',
    'Changes the contact of an e-mail address, or makes it.',
    {
      effect: SETS,
      scopes: ['crm.objects.contacts.write'],
      needs: { email: text('E-mail address', 254, { format: 'email' }), properties },
      gives: output(['id', 'properties'], {
        ...(anObject.properties as object),
        new: field('boolean', 'Whether it was made'),
      }),
    },
  ),
  ...ofKinds,
  action('hubspot.deal.move', 'Move a deal', 'Puts a deal into a stage of a pipeline.', {
    effect: SETS,
    scopes: ['crm.objects.deals.write'],
    needs: {
      deal: picked('hubspot.deal', objectId('Deal')),
      pipeline: picked('hubspot.deal_pipeline', text('Pipeline id', 64)),
      stage: picked('hubspot.deal_stage', text('Stage id', 64), { pipeline: 'pipeline' }),
    },
    gives: anObject,
  }),
  action('hubspot.note.create', 'Write a note', 'Adds a note to a contact, company, deal or ticket.', {
    effect: ADDS,
    needs: { object_type: kind, object_id: objectId('Object'), text: text('Text, HTML allowed', 65_536) },
    takes: { owner: picked('hubspot.owner', objectId('Owner')) },
    gives: anObject,
  }),
  action('hubspot.task.create', 'Create a task', 'Makes a task for somebody, about an object.', {
    effect: ADDS,
    needs: { subject: text('Subject', 1_000), due_at: text('When it is due', 40, { format: 'date-time' }) },
    takes: {
      text: text('Text, HTML allowed', 65_536),
      owner: picked('hubspot.owner', objectId('Owner')),
      priority: choice('Priority', ['LOW', 'MEDIUM', 'HIGH']),
      contact: picked('hubspot.contact', objectId('Contact')),
    },
    gives: anObject,
  }),
  action('hubspot.owner.list', 'List owners', 'Reads the people that objects can belong to.', {
    effect: READS,
    scopes: ['crm.objects.owners.read'],
    takes: {
      email: text('Only who has it', 254),
      archived: flag('Only those deleted'),
      limit: integer('At most', 1, 500),
    },
    gives: output(['results'], { results: field('array', 'Owners: id, email, firstName, lastName') }),
  }),
  action('hubspot.pipeline.list', 'List pipelines', 'Reads pipelines and their stages.', {
    effect: READS,
    needs: { object_type: choice('Kind of object', ['deals', 'tickets']) },
    gives: output(['results'], { results: field('array', 'Pipelines: id, label, stages') }),
  }),
  action('hubspot.property.list', 'List properties', 'Reads the properties that objects of a kind have.', {
    effect: READS,
    needs: { object_type: kind },
    gives: output(['results'], { results: field('array', 'Properties: name, label, type, options') }),
  }),
  action('hubspot.list.add_contacts', 'Add contacts to a list', 'Puts contacts into a list that is kept by hand.', {
    effect: SETS,
    scopes: ['crm.lists.write'],
    needs: {
      list_id: objectId('List'),
      contacts: picked('hubspot.contact', listOf('Contacts', objectId('Contact'), 1_000)),
    },
    gives: output([], { recordsIdsAdded: field('array', 'Contacts that were not in it') }),
  }),
];
