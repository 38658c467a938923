import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const SCOPES = ['api'];
const id = (what: string) => text(`${what} id`, 18, { pattern: '^[A-Za-z0-9]{15,18}$' });
const name = (what: string) => text(what, 80, { pattern: '^[A-Za-z]\\w*$' });
const ofObject = { object: 'object' };
const object = picked('salesforce.object', name('Name of the object'));
const record = picked('salesforce.record', id('Record'), ofObject);
const account = picked('salesforce.account', id('Account'));
const contact = picked('salesforce.contact', id('Contact'));
const lead = picked('salesforce.lead', id('Lead'));
const opportunity = picked('salesforce.opportunity', id('Opportunity'));
const campaign = picked('salesforce.campaign', id('Campaign'));
const owner = picked('salesforce.user', id('User it belongs to'));
const fields: JsonSchema = {
  type: 'object',
  description: 'Values by the names of the fields',
  minProperties: 1,
  maxProperties: 500,
};
const email = text('E-mail address', 254, { format: 'email' });
const phone = text('Telephone number', 40);
const day = (what: string) => text(what, 10, { format: 'date' });
const more = { owner, fields };

const made = output(['id', 'success'], {
  id: field('string', 'Record id'),
  success: field('boolean', 'Whether it was written'),
});
const aRecord = output(['Id'], { Id: field('string', 'Record id') });
const records = output(['records'], {
  records: field('array', 'The records', { items: aRecord }),
  totalSize: field('integer', 'How many there are'),
  done: field('boolean', 'Whether that is all'),
  nextRecordsUrl: field('string', 'Where the next page is'),
});

const person = {
  first_name: text('First name', 40),
  title: text('Position', 128),
  email,
  phone,
  ...more,
};

export const actions: readonly Action[] = [
  action('salesforce.record.create', 'Create a record', 'Makes a record of an object.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { object, fields },
    gives: made,
  }),
  action('salesforce.record.get', 'Get a record', 'Reads a record.', {
    effect: READS,
    scopes: SCOPES,
    needs: { object, record },
    takes: { fields: picked('salesforce.field', listOf('Only these fields', name('Field'), 200), ofObject) },
    gives: aRecord,
  }),
  action('salesforce.record.update', 'Update a record', 'Changes the given fields of a record.', {
    effect: SETS,
    scopes: SCOPES,
    needs: { object, record, fields },
    gives: done,
  }),
  action(
    'salesforce.record.upsert',
    'Create or update a record',
    'Changes the record of an external id, or makes it.',
    {
      effect: SETS,
      scopes: SCOPES,
      needs: {
        object,
        external_field: picked('salesforce.field', name('Field that holds the external id'), ofObject),
        external_id: text('Its value', 255),
        fields,
      },
      gives: made,
    },
  ),
  action('salesforce.record.delete', 'Delete a record', 'Moves a record to the recycle bin.', {
    effect: REMOVES,
    scopes: SCOPES,
    needs: { object, record },
    gives: done,
  }),
  action('salesforce.record.create_many', 'Create records', 'Makes up to 200 records of an object.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { object, records: listOf('Records', fields, 200) },
    takes: { all_or_none: flag('Whether one that fails undoes the others') },
    gives: output(['results'], { results: field('array', 'One a record', { items: made }) }),
  }),
  action('salesforce.record.query', 'Query records', 'Reads records by a query in SOQL.', {
    effect: READS,
    scopes: SCOPES,
    needs: { query: text('For example: SELECT Id, Name FROM Account LIMIT 10', 20_000) },
    takes: { next_records_url: text('`nextRecordsUrl` of the page before', 512) },
    gives: records,
  }),
  action('salesforce.record.search', 'Search records', 'Finds records by words, in all objects or some.', {
    effect: READS,
    scopes: SCOPES,
    needs: { words: text('Words', 1_000) },
    takes: { objects: picked('salesforce.object', listOf('Only of these', name('Object'), 20)) },
    gives: output(['searchRecords'], { searchRecords: field('array', 'The records', { items: aRecord }) }),
  }),
  action('salesforce.object.list', 'List objects', 'Reads the kinds of record that there are.', {
    effect: READS,
    scopes: SCOPES,
    gives: output(['sobjects'], { sobjects: field('array', 'Objects: name, label, custom') }),
  }),
  action('salesforce.object.describe', 'Describe an object', 'Reads the fields of an object.', {
    effect: READS,
    scopes: SCOPES,
    needs: { object },
    gives: output(['name', 'fields'], { name: field('string', 'Name'), fields: field('array', 'Its fields') }),
  }),
  action('salesforce.account.create', 'Create an account', 'Makes an account.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { name: text('Name', 255) },
    takes: { website: text('Website', 255), phone, industry: text('Industry', 255), ...more },
    gives: made,
  }),
  action('salesforce.contact.create', 'Create a contact', 'Makes a contact.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { last_name: text('Last name', 80) },
    takes: { account, ...person },
    gives: made,
  }),
  action('salesforce.contact.update', 'Update a contact', 'Changes the given fields of a contact.', {
    effect: SETS,
    scopes: SCOPES,
    needs: { contact },
    takes: { last_name: text('Last name', 80), account, ...person },
    atLeast: 2,
    gives: done,
  }),
  action('salesforce.lead.create', 'Create a lead', 'Makes a lead.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { last_name: text('Last name', 80), company: text('Company', 255) },
    takes: { ...person, source: text('Where it comes from', 255), status: text('Status', 255) },
    gives: made,
  }),
  action('salesforce.lead.update', 'Update a lead', 'Changes the given fields of a lead.', {
    effect: SETS,
    scopes: SCOPES,
    needs: { lead },
    takes: { ...person, status: text('Status', 255) },
    atLeast: 2,
    gives: done,
  }),
  action('salesforce.opportunity.create', 'Create an opportunity', 'Makes a deal.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { name: text('Name', 120), stage: text('Stage', 255), close_date: day('When it will be closed') },
    takes: { account, amount: { type: 'number', description: 'Amount', minimum: 0, maximum: 1e15 }, ...more },
    gives: made,
  }),
  action('salesforce.opportunity.update', 'Update an opportunity', 'Changes the given fields of a deal.', {
    effect: SETS,
    scopes: SCOPES,
    needs: { opportunity },
    takes: {
      name: text('Name', 120),
      stage: text('Stage', 255),
      close_date: day('When it will be closed'),
      amount: { type: 'number', description: 'Amount', minimum: 0, maximum: 1e15 },
      ...more,
    },
    atLeast: 2,
    gives: done,
  }),
  action('salesforce.case.create', 'Create a case', 'Notes a request of a customer.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { subject: text('Subject', 255) },
    takes: {
      account,
      contact,
      description: text('Text', 32_000),
      priority: text('Priority', 255),
      origin: text('Where it comes from', 255),
      ...more,
    },
    gives: made,
  }),
  action('salesforce.case.comment', 'Comment on a case', 'Adds a comment to a case.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { case: picked('salesforce.case', id('Case')), text: text('Text', 4_000) },
    takes: { is_public: flag('Whether the customer sees it') },
    gives: made,
  }),
  action('salesforce.task.create', 'Create a task', 'Makes a task for somebody, about a record.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { subject: text('Subject', 255) },
    takes: {
      about: id('Account, deal or case'),
      who: id('Contact or lead'),
      due: day('When it is due'),
      priority: text('Priority', 255),
      description: text('Text', 32_000),
      ...more,
    },
    gives: made,
  }),
  action('salesforce.campaign.add_member', 'Add to a campaign', 'Puts a contact or a lead into a campaign.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { campaign },
    takes: { contact, lead, status: text('Status', 255) },
    atLeast: 2,
    gives: made,
  }),
  action('salesforce.chatter.post', 'Post to Chatter', 'Writes a post about a record, a group or a user.', {
    effect: ADDS,
    scopes: ['chatter_api'],
    needs: { subject: id('Record, group or user'), text: text('Text', 10_000) },
    gives: output(['id'], { id: field('string', 'Post id') }),
  }),
  action('salesforce.email.send', 'Send an e-mail', 'Sends a plain e-mail through Salesforce.', {
    effect: ADDS,
    scopes: SCOPES,
    risk: 'HIGH',
    needs: {
      to: listOf('Who gets it', email, 5),
      subject: text('Subject', 255),
      body: text('Text', 32_000),
    },
    takes: { sender: choice('Who sends it', ['CurrentUser', 'DefaultWorkflowUser', 'OrgWideEmailAddress']) },
    gives: output(['isSuccess'], { isSuccess: field('boolean', 'Whether it was sent') }),
  }),
  action('salesforce.flow.run', 'Run a flow', 'Starts a flow of the organization that needs no person.', {
    effect: ADDS,
    scopes: SCOPES,
    risk: 'HIGH',
    needs: { flow: name('API name of the flow') },
    takes: { inputs: { ...fields, description: 'Values of its variables by name' } },
    gives: output(['isSuccess'], {
      isSuccess: field('boolean', 'Whether it ended well'),
      outputValues: field(['object', 'null'], 'Values of its variables'),
    }),
  }),
  action('salesforce.approval.submit', 'Submit for approval', 'Hands a record in for approval.', {
    effect: ADDS,
    scopes: SCOPES,
    needs: { record: id('Record') },
    takes: { comments: text('Text', 4_000), approver: owner },
    gives: output(['success'], { success: field('boolean', 'Whether it was handed in') }),
  }),
  action('salesforce.report.run', 'Run a report', 'Reads the figures of a report.', {
    effect: READS,
    scopes: SCOPES,
    needs: { report: id('Report') },
    takes: { include_details: flag('Whether the rows are read too') },
    gives: output(['factMap'], { factMap: field('object', 'Figures by group') }),
  }),
  action('salesforce.user.get', 'Get a user', 'Reads a user.', {
    effect: READS,
    scopes: SCOPES,
    needs: { user: picked('salesforce.user', id('User')) },
    gives: aRecord,
  }),
  action('salesforce.limits.get', 'Get limits', 'Reads how many calls are left today.', {
    effect: READS,
    scopes: SCOPES,
    gives: output(['DailyApiRequests'], { DailyApiRequests: field('object', 'Max and Remaining') }),
  }),
];
