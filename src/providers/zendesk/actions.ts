import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 20, { pattern: '^[0-9]+$' });
const ticket = picked('zendesk.ticket', id('Ticket'));
const user = picked('zendesk.user', id('User'));
const organization = picked('zendesk.organization', id('Organization'));
const group = picked('zendesk.group', id('Group'));
const tags = listOf('Tags', text('Tag', 255, { pattern: '^\\S+$' }), 100);
const email = text('E-mail address', 254, { format: 'email' });
const page = {
  'page[size]': integer('Objects at most', 1, 100),
  'page[after]': text('`meta.after_cursor` of the page before', 1_024),
};
const numbered = { per_page: integer('Objects at most', 1, 100), page: integer('Page, from 1', 1, 1_000) };

const aTicket = output(['ticket'], {
  ticket: output(['id'], {
    id: field('integer', 'Id'),
    subject: field(['string', 'null'], 'Subject'),
    status: field('string', 'new, open, pending, hold, solved or closed'),
    priority: field(['string', 'null'], 'Priority'),
    assignee_id: field(['integer', 'null'], 'Agent'),
    requester_id: field('integer', 'Who asked'),
    tags: field('array', 'Tags'),
    updated_at: field('string', 'When it last changed'),
  }),
});
const object = (noun: string) =>
  output([noun], { [noun]: output(['id'], { id: field('integer', 'Id'), name: field('string', 'Name') }) });
const list = (plural: string): JsonSchema =>
  output([plural], {
    [plural]: field('array', 'The objects', { items: output(['id'], { id: field('integer', 'Id') }) }),
    meta: field('object', 'has_more, after_cursor'),
    next_page: field(['string', 'null'], 'Address of the next page'),
    count: field('integer', 'How many there are'),
  });

const reading = { effect: READS, scopes: ['read'] };
const setting = { effect: SETS, scopes: ['write'] };
const adding = { effect: ADDS, scopes: ['write'] };
const removing = { effect: REMOVES, scopes: ['write'] };

const comment = text('Text', 65_535);
const ticketFields = {
  priority: choice('Priority', ['low', 'normal', 'high', 'urgent']),
  type: choice('Kind of ticket', ['problem', 'incident', 'question', 'task']),
  status: choice('Status', ['new', 'open', 'pending', 'hold', 'solved', 'closed']),
  assignee: picked('zendesk.user', id('Agent')),
  group,
  organization,
  ticket_form: picked('zendesk.ticket_form', id('Form')),
  brand: picked('zendesk.brand', id('Brand')),
  tags,
  external_id: text('Id of your own', 255),
  due_at: text('When a task is due', 40, { format: 'date-time' }),
  custom_fields: listOf(
    'Values of the account’s own fields',
    {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'value'],
      properties: { id: id('Field'), value: text('Value', 65_535) },
    },
    100,
  ),
};
const userFields = {
  phone: text('Telephone number', 64),
  organization,
  notes: text('Notes that agents see', 65_535),
  tags,
  external_id: text('Id of your own', 255),
};

export const actions: readonly Action[] = [
  action('zendesk.ticket.create', 'Create a ticket', 'Makes a ticket; its requester may get an e-mail about it.', {
    ...adding,
    needs: { subject: text('Subject', 255), comment },
    takes: {
      requester: user,
      requester_email: email,
      requester_name: text('Name of a requester who is new', 255),
      public: flag('Whether the requester sees the text'),
      ...ticketFields,
    },
    gives: aTicket,
  }),
  action('zendesk.ticket.get', 'Get a ticket', 'Reads a ticket.', { ...reading, needs: { ticket }, gives: aTicket }),
  action('zendesk.ticket.update', 'Update a ticket', 'Changes the given fields of a ticket and leaves the others.', {
    ...setting,
    needs: { ticket },
    takes: { subject: text('Subject', 255), requester: user, ...ticketFields },
    atLeast: 2,
    gives: aTicket,
  }),
  action('zendesk.ticket.delete', 'Delete a ticket', 'Deletes a ticket; for 30 days it can be brought back.', {
    ...removing,
    needs: { ticket },
    gives: done,
  }),
  action('zendesk.ticket.list', 'List tickets', 'Reads the tickets of the account, archived ones left out.', {
    ...reading,
    takes: page,
    gives: list('tickets'),
  }),
  action('zendesk.ticket.search', 'Search tickets', 'Finds tickets by Zendesk’s search language; at most 1,000.', {
    ...reading,
    needs: { query: text('Query, such as status:open priority:urgent', 1_024) },
    takes: {
      sort_by: choice('Order by', ['updated_at', 'created_at', 'priority', 'status', 'ticket_type']),
      sort_order: choice('Direction', ['asc', 'desc']),
      ...numbered,
    },
    gives: list('results'),
  }),
  action('zendesk.ticket.list_by_view', 'List tickets of a view', 'Reads the tickets that a view shows.', {
    ...reading,
    needs: { view: picked('zendesk.view', id('View')) },
    takes: page,
    gives: list('tickets'),
  }),
  action('zendesk.ticket.reply', 'Reply to a ticket', 'Adds a public comment, which the requester gets by e-mail.', {
    ...adding,
    risk: 'HIGH',
    needs: { ticket, comment },
    takes: { author: picked('zendesk.user', id('Agent')), status: ticketFields.status },
    gives: aTicket,
  }),
  action('zendesk.ticket.add_note', 'Add an internal note', 'Adds a comment that only agents see.', {
    ...adding,
    needs: { ticket, comment },
    takes: { author: picked('zendesk.user', id('Agent')) },
    gives: aTicket,
  }),
  action('zendesk.ticket.list_comments', 'List comments', 'Reads the conversation of a ticket.', {
    ...reading,
    needs: { ticket },
    takes: page,
    gives: list('comments'),
  }),
  action('zendesk.ticket.add_tags', 'Tag a ticket', 'Adds tags to those of a ticket.', {
    ...setting,
    needs: { ticket, tags },
    gives: output(['tags'], { tags: field('array', 'Tags that it has now') }),
  }),
  action('zendesk.ticket.remove_tags', 'Untag a ticket', 'Takes tags off a ticket.', {
    ...setting,
    needs: { ticket, tags },
    gives: output(['tags'], { tags: field('array', 'Tags that it has now') }),
  }),
  action('zendesk.ticket.merge', 'Merge tickets', 'Closes tickets and joins their conversation to another one.', {
    ...removing,
    needs: { ticket, sources: picked('zendesk.ticket', listOf('Tickets that go into it', id('Ticket'), 5)) },
    takes: { target_comment: text('Note to the ticket that stays', 65_535) },
    gives: output(['job_status'], { job_status: field('object', 'id, status, url') }),
  }),
  action(
    'zendesk.ticket.apply_macro',
    'Preview a macro',
    'Reads what a ticket would be after a macro; changes nothing.',
    {
      ...reading,
      needs: { ticket, macro: picked('zendesk.macro', id('Macro')) },
      gives: output(['result'], { result: field('object', 'ticket') }),
    },
  ),
  action('zendesk.user.create', 'Create a user', 'Makes an end user or an agent; they may be asked to confirm.', {
    ...adding,
    needs: { name: text('Name', 255), email },
    takes: { role: choice('Role', ['end-user', 'agent', 'admin']), ...userFields },
    risk: 'HIGH',
    gives: object('user'),
  }),
  action(
    'zendesk.user.upsert',
    'Create or update an end user',
    'Changes the user of an e-mail address, or makes one.',
    {
      ...setting,
      needs: { name: text('Name', 255), email },
      takes: userFields,
      gives: object('user'),
    },
  ),
  action('zendesk.user.get', 'Get a user', 'Reads a user.', { ...reading, needs: { user }, gives: object('user') }),
  action('zendesk.user.update', 'Update a user', 'Changes the given fields of a user.', {
    ...setting,
    needs: { user },
    takes: { name: text('Name', 255), suspended: flag('Whether they may sign in no more'), ...userFields },
    atLeast: 2,
    gives: object('user'),
  }),
  action('zendesk.user.search', 'Search users', 'Finds users by words, e-mail address or telephone number.', {
    ...reading,
    needs: { query: text('Words', 255) },
    takes: numbered,
    gives: list('users'),
  }),
  action('zendesk.organization.create', 'Create an organization', 'Makes an organization.', {
    ...adding,
    needs: { name: text('Name', 255) },
    takes: {
      domain_names: listOf('Domains whose users belong to it', text('Domain', 253), 100),
      details: text('Details', 65_535),
      notes: text('Notes', 65_535),
      group,
      tags,
    },
    gives: object('organization'),
  }),
  action('zendesk.organization.get', 'Get an organization', 'Reads an organization.', {
    ...reading,
    needs: { organization },
    gives: object('organization'),
  }),
  action('zendesk.organization.update', 'Update an organization', 'Changes the given fields of an organization.', {
    ...setting,
    needs: { organization },
    takes: { name: text('Name', 255), details: text('Details', 65_535), notes: text('Notes', 65_535), group, tags },
    atLeast: 2,
    gives: object('organization'),
  }),
  action('zendesk.group.list', 'List groups', 'Reads the groups of agents.', {
    ...reading,
    takes: page,
    gives: list('groups'),
  }),
];
