import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const email = (what: string) => text(what, 254, { format: 'email' });
const people = (what: string) => listOf(what, email('E-mail address'), 1_000);
const uuid = (what: string) => text(`${what} id`, 36, { pattern: '^[0-9a-f-]{36}$' });
const list = picked('sendgrid.list', uuid('List'));
const group = picked('sendgrid.unsubscribe_group', text('Unsubscribe group id', 12, { pattern: '^[0-9]+$' }));
const variables: JsonSchema = {
  type: 'object',
  description: 'Values by the name of their place',
  maxProperties: 1_000,
  additionalProperties: true,
};
const accepted = output([], { message_id: field('string', 'Of header X-Message-Id') });
const items = (of: string, what: string) =>
  output([of], { [of]: field('array', what), _metadata: field('object', '`next`') });

const sender = {
  from: email('From; default: the integration’s'),
  from_name: text('Name of the sender', 255),
  reply_to: email('Where answers go'),
};
const envelope = {
  ...sender,
  cc: people('Copies to'),
  bcc: people('Blind copies to'),
  categories: listOf('Categories for statistics', text('Category', 255), 10),
  unsubscribe_group: group,
  send_at: integer('When to send it, in seconds since 1970, at most 3 days ahead', 0, 9_999_999_999),
  custom_args: {
    type: 'object',
    description: 'Values that come back with each event of the message',
    maxProperties: 50,
    additionalProperties: { type: 'string', maxLength: 1_000 },
  } as const,
};
const contents = { text: text('Text', 1_000_000), html: text('Text in HTML', 1_000_000) };
const sending = { effect: ADDS, risk: 'HIGH', gives: accepted } as const;
const page = { page_size: integer('Objects at most', 1, 100), page_token: text('Token of the page', 1_024) };
const job = output(['job_id'], { job_id: field('string', 'Job that does it') });

export const actions: readonly Action[] = [
  action('sendgrid.email.send', 'Send an e-mail', 'Sends an e-mail to people who see each other.', {
    ...sending,
    needs: { to: people('To'), subject: text('Subject', 998) },
    takes: { ...contents, ...envelope },
    atLeast: 3,
  }),
  action('sendgrid.email.send_template', 'Send a template', 'Sends a prepared e-mail with its places filled in.', {
    ...sending,
    needs: {
      to: people('To'),
      template: picked('sendgrid.template', text('Template id', 64, { pattern: '^[A-Za-z0-9-]+$' })),
    },
    takes: {
      dynamic_template_data: variables,
      subject: text('Subject, for templates of the older kind', 998),
      ...envelope,
    },
  }),
  action('sendgrid.email.reply', 'Reply to an e-mail', 'Answers an e-mail within its conversation.', {
    ...sending,
    needs: { to: people('To'), subject: text('Subject', 998), in_reply_to: text('Message-ID of the e-mail', 998) },
    takes: {
      references: listOf('Message-IDs of the conversation', text('Message-ID', 998), 50),
      ...contents,
      ...envelope,
    },
    atLeast: 4,
  }),
  action(
    'sendgrid.email.cancel_scheduled',
    'Cancel scheduled e-mails',
    'Calls off, or holds, what was put off as one batch.',
    {
      effect: SETS,
      needs: { batch_id: text('Batch', 128), status: choice('What becomes of it', ['cancel', 'pause']) },
      gives: output([], { batch_id: field('string', 'Batch'), status: field('string', 'Status') }),
    },
  ),
  action(
    'sendgrid.email.validate',
    'Validate an address',
    'Tells how likely an address takes e-mails; each look costs.',
    {
      effect: READS,
      risk: 'MEDIUM',
      needs: { email: email('E-mail address') },
      gives: output(['result'], { result: field('object', 'email, verdict, score') }),
    },
  ),
  action(
    'sendgrid.contact.upsert',
    'Create or update contacts',
    'Adds contacts, or changes those of the same address.',
    {
      effect: SETS,
      needs: {
        contacts: listOf(
          'Contacts',
          {
            type: 'object',
            additionalProperties: false,
            required: ['email'],
            properties: {
              email: email('E-mail address'),
              first_name: text('First name', 50),
              last_name: text('Last name', 50),
              phone_number: text('Telephone number', 64),
              city: text('City', 60),
              country: text('Country', 50),
              custom_fields: { ...variables, description: 'Values by the id of the field', maxProperties: 500 },
            },
          },
          1_000,
        ),
      },
      takes: { lists: picked('sendgrid.list', listOf('Lists they are put into', uuid('List'), 50)) },
      gives: job,
    },
  ),
  action('sendgrid.contact.find', 'Find contacts', 'Reads the contacts of the given addresses.', {
    effect: READS,
    needs: { emails: listOf('Addresses', email('E-mail address'), 100) },
    gives: output(['result'], { result: field('object', 'Contacts by address') }),
  }),
  action('sendgrid.contact.search', 'Search contacts', 'Finds contacts by SendGrid’s query language; at most 50.', {
    effect: READS,
    needs: { query: text("Query, such as email LIKE 'ada%'", 4_000) },
    gives: output(['result'], { result: field('array', 'Contacts'), contact_count: field('integer', 'How many') }),
  }),
  action('sendgrid.contact.delete', 'Delete contacts', 'Deletes contacts for good.', {
    effect: REMOVES,
    needs: { ids: listOf('Contacts', uuid('Contact'), 100) },
    gives: job,
  }),
  action('sendgrid.list.create', 'Create a list', 'Makes an empty list.', {
    effect: ADDS,
    needs: { name: text('Name', 100) },
    gives: output(['id'], { id: field('string', 'Id'), name: field('string', 'Name') }),
  }),
  action('sendgrid.list.get_count', 'Count a list', 'Tells how many contacts a list has.', {
    effect: READS,
    needs: { list },
    gives: output(['contact_count'], { contact_count: field('integer', 'Contacts') }),
  }),
  action('sendgrid.list.remove_contacts', 'Remove contacts from a list', 'Takes contacts out of a list.', {
    effect: SETS,
    needs: { list, ids: listOf('Contacts', uuid('Contact'), 100) },
    gives: job,
  }),
  action('sendgrid.template.list', 'List templates', 'Reads the templates.', {
    effect: READS,
    takes: page,
    gives: items('result', 'Templates: id, name, generation'),
  }),
  action('sendgrid.template.get', 'Get a template', 'Reads a template with its versions.', {
    effect: READS,
    needs: { template: picked('sendgrid.template', text('Template id', 64, { pattern: '^[A-Za-z0-9-]+$' })) },
    gives: output(['id'], { id: field('string', 'Id'), versions: field('array', 'Versions') }),
  }),
  action('sendgrid.suppression.list', 'List suppressions', 'Reads addresses that get no e-mails.', {
    effect: READS,
    needs: { kind: choice('Why', ['bounces', 'blocks', 'invalid_emails', 'spam_reports', 'unsubscribes']) },
    takes: {
      start_time: integer('Since when, in seconds since 1970', 0, 9_999_999_999),
      end_time: integer('Until when', 0, 9_999_999_999),
      limit: integer('At most', 1, 500),
      offset: integer('Leave out before', 0, 1_000_000),
    },
    gives: output(['items'], { items: field('array', 'email, created, reason') }),
  }),
  action('sendgrid.suppression.remove', 'Remove a suppression', 'Lets an address get e-mails again.', {
    effect: SETS,
    risk: 'HIGH',
    needs: {
      kind: choice('Why it was kept', ['bounces', 'blocks', 'invalid_emails', 'spam_reports']),
      email: email('E-mail address'),
    },
    gives: done,
  }),
  action('sendgrid.unsubscribe_group.add', 'Add to an unsubscribe group', 'Keeps addresses from a kind of e-mail.', {
    effect: SETS,
    needs: { group, emails: people('Addresses') },
    gives: output(['recipient_emails'], { recipient_emails: field('array', 'Addresses') }),
  }),
  action('sendgrid.stats.get', 'Get statistics', 'Reads how many e-mails were sent, delivered and opened by day.', {
    effect: READS,
    needs: { start_date: text('First day', 10, { format: 'date' }) },
    takes: {
      end_date: text('Last day', 10, { format: 'date' }),
      aggregated_by: choice('By', ['day', 'week', 'month']),
      categories: listOf('Categories', text('Category', 255), 10),
    },
    gives: output(['items'], { items: field('array', 'date, stats') }),
  }),
];
