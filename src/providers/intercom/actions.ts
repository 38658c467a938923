import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 64, { pattern: '^[A-Za-z0-9_-]+$' });
const admin = picked('intercom.admin', id('Teammate'));
const contact = picked('intercom.contact', id('Contact'));
const company = picked('intercom.company', id('Company'));
const tag = picked('intercom.tag', id('Tag'));
const conversation = id('Conversation');
const ticket = id('Ticket');
const body = text('Text, HTML allowed', 65_535);
const attributes: JsonSchema = {
  type: 'object',
  description: 'Values of attributes by name',
  maxProperties: 250,
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'], maxLength: 65_535 },
};
const searching = {
  query: {
    type: 'object',
    description: 'Condition, or several under AND or OR',
    additionalProperties: false,
    required: ['operator', 'value'],
    properties: {
      field: text('Field', 128),
      operator: choice('Comparison', ['AND', 'OR', '=', '!=', 'IN', 'NIN', '<', '>', '~', '!~', '^', '$']),
      value: {
        description: 'Value, or the conditions that are joined',
        anyOf: [
          { type: ['string', 'number', 'boolean', 'null'], maxLength: 4_096 },
          {
            type: 'array',
            maxItems: 15,
            items: { type: ['object', 'string', 'number'], maxLength: 4_096, maxProperties: 3 },
          },
        ],
      },
    },
  },
} as const;
const page = { per_page: integer('Objects at most', 1, 150), starting_after: text('Cursor of the page before', 1_024) };

const object = (kind: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field(['string', 'integer'], `${kind} id`), type: field('string', 'Kind of object'), ...more });
const aContact = object('Contact', {
  role: field('string', 'user or lead'),
  email: field(['string', 'null'], 'E-mail address'),
  name: field(['string', 'null'], 'Name'),
});
const aConversation = object('Conversation', {
  state: field('string', 'open, closed or snoozed'),
  open: field('boolean', 'Whether it is open'),
  admin_assignee_id: field(['integer', 'null'], 'Teammate'),
  team_assignee_id: field(['integer', 'string', 'null'], 'Team'),
});
const aTicket = object('Ticket', {
  ticket_state: field('object', 'State'),
  ticket_attributes: field('object', 'Values'),
});
const aTag = object('Tag', { name: field('string', 'Name') });
const list = (key: string): JsonSchema =>
  output([key], {
    [key]: field('array', 'The objects', { items: object('Object') }),
    total_count: field('integer', 'How many there are'),
    pages: field('object', '`next.starting_after` begins the next page'),
  });

const contactFields = {
  name: text('Name', 255),
  phone: text('Telephone number', 64),
  external_id: text('Id of your own', 255),
  owner: picked('intercom.admin', id('Teammate who owns it')),
  unsubscribed_from_emails: flag('Whether they get no e-mails'),
  custom_attributes: attributes,
};
const manage = { needs: { conversation, admin }, gives: aConversation };

export const actions: readonly Action[] = [
  action('intercom.contact.create', 'Create a contact', 'Makes a user or a lead.', {
    effect: ADDS,
    needs: {
      role: choice('Kind of contact', ['user', 'lead']),
      email: text('E-mail address', 254, { format: 'email' }),
    },
    takes: contactFields,
    gives: aContact,
  }),
  action('intercom.contact.get', 'Get a contact', 'Reads a contact.', {
    effect: READS,
    needs: { contact },
    gives: aContact,
  }),
  action('intercom.contact.update', 'Update a contact', 'Changes the given fields of a contact.', {
    effect: SETS,
    needs: { contact },
    takes: { email: text('E-mail address', 254, { format: 'email' }), ...contactFields },
    atLeast: 2,
    gives: aContact,
  }),
  action('intercom.contact.search', 'Search contacts', 'Finds contacts by conditions.', {
    effect: READS,
    needs: searching,
    takes: page,
    gives: list('data'),
  }),
  action('intercom.contact.archive', 'Archive a contact', 'Puts a contact away; it can be brought back.', {
    effect: SETS,
    needs: { contact },
    gives: object('Contact', { archived: field('boolean', 'Whether it was put away') }),
  }),
  action('intercom.contact.delete', 'Delete a contact', 'Deletes a contact for good.', {
    effect: REMOVES,
    needs: { contact },
    gives: object('Contact', { deleted: field('boolean', 'Whether it is gone') }),
  }),
  action('intercom.contact.add_note', 'Write a note', 'Adds a note to a contact, for teammates.', {
    effect: ADDS,
    needs: { contact, body },
    takes: { admin },
    gives: object('Note', { body: field('string', 'Text') }),
  }),
  action('intercom.contact.add_tag', 'Tag a contact', 'Puts a tag on a contact.', {
    effect: SETS,
    needs: { contact, tag },
    gives: aTag,
  }),
  action('intercom.contact.remove_tag', 'Untag a contact', 'Takes a tag off a contact.', {
    effect: SETS,
    needs: { contact, tag },
    gives: aTag,
  }),
  action('intercom.contact.attach_company', 'Attach to a company', 'Makes a contact belong to a company.', {
    effect: SETS,
    needs: { contact, company },
    gives: object('Company', { name: field('string', 'Name') }),
  }),
  action('intercom.company.upsert', 'Create or update a company', 'Changes the company of your own id, or makes it.', {
    effect: SETS,
    needs: { company_id: text('Id of your own', 255) },
    takes: {
      name: text('Name', 255),
      plan: text('Plan', 100),
      size: integer('People', 0, 100_000_000),
      website: text('Web site', 2_048),
      industry: text('Industry', 255),
      custom_attributes: attributes,
    },
    gives: object('Company', { name: field('string', 'Name') }),
  }),
  action('intercom.company.get', 'Get a company', 'Reads a company.', {
    effect: READS,
    needs: { company },
    gives: object('Company', { name: field('string', 'Name') }),
  }),
  action('intercom.conversation.list', 'List conversations', 'Reads conversations, the latest first.', {
    effect: READS,
    takes: page,
    gives: list('conversations'),
  }),
  action('intercom.conversation.search', 'Search conversations', 'Finds conversations by conditions.', {
    effect: READS,
    needs: searching,
    takes: page,
    gives: list('conversations'),
  }),
  action('intercom.conversation.get', 'Get a conversation', 'Reads a conversation with its parts.', {
    effect: READS,
    needs: { conversation },
    takes: { display_as: choice('How texts are written', ['plaintext', 'html']) },
    gives: aConversation,
  }),
  action('intercom.conversation.reply', 'Reply to a conversation', 'Answers the contact as a teammate.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { conversation, admin, body },
    takes: { attachment_urls: listOf('Addresses of pictures', text('Address', 2_048, { format: 'uri' }), 10) },
    gives: aConversation,
  }),
  action('intercom.conversation.add_note', 'Add an internal note', 'Adds a note that only teammates see.', {
    effect: ADDS,
    needs: { conversation, admin, body },
    gives: aConversation,
  }),
  action('intercom.conversation.assign', 'Assign a conversation', 'Gives a conversation to a teammate or a team.', {
    effect: SETS,
    needs: { conversation, admin },
    takes: {
      assignee: picked('intercom.admin', id('Teammate who takes it')),
      team: picked('intercom.team', id('Team that takes it')),
    },
    atLeast: 3,
    gives: aConversation,
  }),
  action('intercom.conversation.close', 'Close a conversation', 'Closes a conversation.', {
    effect: SETS,
    ...manage,
    takes: { body },
  }),
  action('intercom.conversation.open', 'Reopen a conversation', 'Opens a closed conversation again.', {
    effect: SETS,
    ...manage,
  }),
  action('intercom.conversation.snooze', 'Snooze a conversation', 'Puts a conversation aside for a while.', {
    effect: SETS,
    needs: { conversation, admin, snoozed_until: integer('Until when, in seconds since 1970', 0, 9_999_999_999) },
    gives: aConversation,
  }),
  action('intercom.conversation.add_tag', 'Tag a conversation', 'Puts a tag on a conversation.', {
    effect: SETS,
    needs: { conversation, tag, admin },
    gives: aTag,
  }),
  action('intercom.message.send', 'Send a message', 'Writes to a contact as a teammate, in the app or by e-mail.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { admin, contact, message_type: choice('Way', ['in_app', 'email']), body },
    takes: { subject: text('Subject of an e-mail', 255), template: choice('Look of an e-mail', ['plain', 'personal']) },
    gives: object('Message', { conversation_id: field(['string', 'null'], 'Conversation') }),
  }),
  action('intercom.ticket.create', 'Create a ticket', 'Makes a ticket of a type for a contact.', {
    effect: ADDS,
    needs: { ticket_type: picked('intercom.ticket_type', id('Ticket type')), contact, ticket_attributes: attributes },
    takes: { company },
    gives: aTicket,
  }),
  action('intercom.ticket.get', 'Get a ticket', 'Reads a ticket.', {
    effect: READS,
    needs: { ticket },
    gives: aTicket,
  }),
  action('intercom.ticket.update', 'Update a ticket', 'Changes state, assignee or attributes of a ticket.', {
    effect: SETS,
    needs: { ticket },
    takes: {
      ticket_attributes: attributes,
      ticket_state: picked('intercom.ticket_state', id('State')),
      open: flag('Whether it is open'),
      admin: picked('intercom.admin', id('Teammate who does it')),
      assignee: picked('intercom.admin', id('Teammate who takes it')),
    },
    atLeast: 2,
    gives: aTicket,
  }),
  action('intercom.ticket.reply', 'Reply to a ticket', 'Answers the contact, or adds a note for teammates.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { ticket, admin, message_type: choice('What it is', ['comment', 'note']), body },
    gives: object('Part', { body: field('string', 'Text') }),
  }),
  action('intercom.ticket.search', 'Search tickets', 'Finds tickets by conditions.', {
    effect: READS,
    needs: searching,
    takes: page,
    gives: list('tickets'),
  }),
  action('intercom.tag.create', 'Create a tag', 'Makes a tag, or answers the one of that name.', {
    effect: SETS,
    needs: { name: text('Name', 255) },
    gives: aTag,
  }),
  action('intercom.event.track', 'Track an event', 'Tells what a contact did.', {
    effect: ADDS,
    needs: {
      contact,
      event_name: text('Name of the event', 120),
      created_at: integer('When it happened, in seconds since 1970', 0, 9_999_999_999),
    },
    takes: { metadata: attributes },
    gives: done,
  }),
  action('intercom.admin.list', 'List teammates', 'Reads the teammates of the workspace.', {
    effect: READS,
    gives: list('admins'),
  }),
];
