import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 512, { pattern: '^[A-Za-z0-9_=-]+$' });
const message = id('Message');
const event = id('Event');
const folder = picked('outlook.folder', id('Folder'));
const calendar = picked('outlook.calendar', id('Calendar'));
const contact = picked('outlook.contact', id('Contact'));
const email = text('E-mail address', 254, { format: 'email' });
const people = (what: string) => listOf(what, email, 200);
const moment = (what: string) => text(what, 40, { format: 'date-time' });
const body = text('Text', 1_000_000);
const content_type = choice('Whether the text is HTML', ['text', 'html']);
const categories = picked('outlook.category', listOf('Categories', text('Name', 255), 25));
const page = { top: integer('At most', 1, 1_000), skip: integer('Leave out the first', 0, 1_000_000) };

const aMessage = output(['id'], {
  id: field('string', 'Message id'),
  subject: field(['string', 'null'], 'Subject'),
  bodyPreview: field('string', 'Begin of the text'),
  body: field('object', 'contentType and content'),
  from: field('object', 'Who sent it'),
  toRecipients: field('array', 'Who got it'),
  receivedDateTime: field('string', 'When it came'),
  isRead: field('boolean', 'Whether it was read'),
  conversationId: field('string', 'Conversation it belongs to'),
  hasAttachments: field('boolean', 'Whether files came with it'),
  webLink: field('string', 'Page of the message'),
});
const anEvent = output(['id'], {
  id: field('string', 'Event id'),
  subject: field(['string', 'null'], 'Title'),
  start: field('object', 'dateTime and timeZone'),
  end: field('object', 'dateTime and timeZone'),
  attendees: field('array', 'Who is invited'),
  organizer: field('object', 'Who invites'),
  onlineMeeting: field(['object', 'null'], '`joinUrl`'),
  isCancelled: field('boolean', 'Whether it was called off'),
  webLink: field('string', 'Page of the event'),
});
const aContact = output(['id'], {
  id: field('string', 'Contact id'),
  displayName: field(['string', 'null'], 'Name'),
  emailAddresses: field('array', 'Addresses'),
});
const object = (what: string) =>
  output(['id'], { id: field('string', `${what} id`), displayName: field('string', 'Name') });
const list = (of: JsonSchema, what: string) =>
  output(['value'], { value: field('array', what, { items: of }), '@odata.nextLink': field('string', 'Next page') });

const writing = { to: people('Who gets it'), subject: text('Subject', 255), body };
const parts = {
  content_type,
  cc: people('Who gets a copy'),
  bcc: people('Who gets a copy unseen'),
  reply_to: people('Where answers go'),
  importance: choice('How urgent', ['low', 'normal', 'high']),
};
const meeting = {
  body,
  content_type,
  location: text('Place', 255),
  attendees: people('Who is invited'),
  time_zone: text('Time zone, for example W. Europe Standard Time', 64),
  is_all_day: flag('Whether it takes whole days'),
  is_online: flag('Whether a Teams meeting is made for it'),
  reminder_minutes: integer('Reminder, so many minutes before', 0, 40_320),
  show_as: choice('How the time shows', ['free', 'tentative', 'busy', 'oof', 'workingElsewhere']),
  categories,
};
const person = {
  given_name: text('First name', 255),
  surname: text('Last name', 255),
  emails: people('Addresses'),
  phone: text('Telephone number', 64),
  company: text('Company', 255),
  job_title: text('Position', 255),
};

const MAIL = ['Mail.ReadWrite'];
const CALENDARS = ['Calendars.ReadWrite'];
const CONTACTS = ['Contacts.ReadWrite'];
const sends = { effect: ADDS, scopes: ['Mail.Send'], risk: 'HIGH' } as const;

export const actions: readonly Action[] = [
  action('outlook.message.send', 'Send a message', 'Writes an e-mail and sends it.', {
    ...sends,
    needs: writing,
    takes: { ...parts, save: flag('Whether it is kept among those sent') },
    gives: done,
  }),
  action('outlook.message.reply', 'Reply to a message', 'Answers who sent an e-mail, or everybody.', {
    ...sends,
    needs: { message, body },
    takes: { to_all: flag('Whether everybody who got it gets the answer') },
    gives: done,
  }),
  action('outlook.message.forward', 'Forward a message', 'Sends an e-mail on to others.', {
    ...sends,
    needs: { message, to: writing.to },
    takes: { body },
    gives: done,
  }),
  action('outlook.message.create_draft', 'Draft a message', 'Writes an e-mail and keeps it as a draft.', {
    effect: ADDS,
    scopes: MAIL,
    needs: writing,
    takes: parts,
    gives: aMessage,
  }),
  action('outlook.message.send_draft', 'Send a draft', 'Sends a draft as it is.', {
    ...sends,
    needs: { message },
    gives: done,
  }),
  action('outlook.message.get', 'Get a message', 'Reads an e-mail.', {
    effect: READS,
    scopes: MAIL,
    needs: { message },
    gives: aMessage,
  }),
  action('outlook.message.list', 'List messages', 'Reads e-mails, the newest first.', {
    effect: READS,
    scopes: MAIL,
    takes: {
      folder,
      unread_only: flag('Only those not read'),
      since: moment('Only those that came later'),
      ...page,
    },
    gives: list(aMessage, 'Messages'),
  }),
  action('outlook.message.search', 'Search messages', 'Finds e-mails by words.', {
    effect: READS,
    scopes: MAIL,
    needs: { query: text('For example: from:ada@acme.example subject:report', 1_024) },
    takes: { folder, top: integer('At most', 1, 1_000) },
    gives: list(aMessage, 'Messages'),
  }),
  action('outlook.message.update', 'Mark a message', 'Changes read mark, categories, flag or importance.', {
    effect: SETS,
    scopes: MAIL,
    needs: { message },
    takes: {
      is_read: flag('Whether it was read'),
      categories,
      flag: choice('Flag for follow-up', ['notFlagged', 'flagged', 'complete']),
      importance: parts.importance,
    },
    atLeast: 2,
    gives: aMessage,
  }),
  action('outlook.message.move', 'Move a message', 'Puts an e-mail into another folder.', {
    effect: SETS,
    scopes: MAIL,
    needs: { message, folder },
    gives: aMessage,
  }),
  action('outlook.message.copy', 'Copy a message', 'Puts a copy of an e-mail into a folder.', {
    effect: ADDS,
    scopes: MAIL,
    needs: { message, folder },
    gives: aMessage,
  }),
  action('outlook.message.delete', 'Delete a message', 'Moves an e-mail among those deleted.', {
    effect: REMOVES,
    scopes: MAIL,
    needs: { message },
    gives: done,
  }),
  action('outlook.attachment.list', 'List attachments', 'Reads which files came with an e-mail.', {
    effect: READS,
    scopes: MAIL,
    needs: { message },
    gives: list(output(['id', 'name'], { id: field('string', 'Id'), name: field('string', 'Name') }), 'Attachments'),
  }),
  action('outlook.attachment.get', 'Get an attachment', 'Reads a file that came with an e-mail.', {
    effect: READS,
    scopes: MAIL,
    needs: { message, attachment: id('Attachment') },
    gives: output(['id'], {
      id: field('string', 'Id'),
      name: field('string', 'Name'),
      contentType: field(['string', 'null'], 'Kind'),
      contentBytes: field('string', 'The file in base64'),
    }),
  }),
  action('outlook.folder.list', 'List folders', 'Reads the folders of the mailbox.', {
    effect: READS,
    scopes: MAIL,
    takes: page,
    gives: list(object('Folder'), 'Folders'),
  }),
  action('outlook.folder.create', 'Create a folder', 'Makes a folder, in another where one is given.', {
    effect: ADDS,
    scopes: MAIL,
    needs: { display_name: text('Name', 255) },
    takes: { folder },
    gives: object('Folder'),
  }),
  action('outlook.event.create', 'Create an event', 'Puts an event into a calendar and invites people.', {
    effect: ADDS,
    scopes: CALENDARS,
    needs: { subject: text('Title', 255), start: moment('When it begins'), end: moment('When it ends') },
    takes: { calendar, ...meeting },
    gives: anEvent,
  }),
  action('outlook.event.get', 'Get an event', 'Reads an event.', {
    effect: READS,
    scopes: CALENDARS,
    needs: { event },
    gives: anEvent,
  }),
  action('outlook.event.list', 'List events', 'Reads what is in a calendar between two moments.', {
    effect: READS,
    scopes: CALENDARS,
    needs: { start: moment('From'), end: moment('Until') },
    takes: { calendar, ...page },
    gives: list(anEvent, 'Events'),
  }),
  action('outlook.event.update', 'Update an event', 'Changes the given fields of an event.', {
    effect: SETS,
    scopes: CALENDARS,
    needs: { event },
    takes: { subject: text('Title', 255), start: moment('When it begins'), end: moment('When it ends'), ...meeting },
    atLeast: 2,
    gives: anEvent,
  }),
  action('outlook.event.respond', 'Answer an invitation', 'Says whether the person comes.', {
    effect: SETS,
    scopes: CALENDARS,
    needs: { event, response: choice('Answer', ['accept', 'decline', 'tentativelyAccept']) },
    takes: { comment: text('Text for who invites', 1_024), send: flag('Whether who invites is told') },
    gives: done,
  }),
  action('outlook.event.cancel', 'Call an event off', 'Cancels a meeting and tells who was invited.', {
    effect: REMOVES,
    scopes: CALENDARS,
    needs: { event },
    takes: { comment: text('Text for who was invited', 1_024) },
    gives: done,
  }),
  action('outlook.event.delete', 'Delete an event', 'Takes an event out of the calendar.', {
    effect: REMOVES,
    scopes: CALENDARS,
    needs: { event },
    gives: done,
  }),
  action('outlook.calendar.list', 'List calendars', 'Reads the calendars of the person.', {
    effect: READS,
    scopes: CALENDARS,
    takes: page,
    gives: list(output(['id', 'name'], { id: field('string', 'Id'), name: field('string', 'Name') }), 'Calendars'),
  }),
  action('outlook.free_busy.query', 'Find free time', 'Reads when people and rooms are taken.', {
    effect: READS,
    scopes: CALENDARS,
    needs: { people: listOf('Addresses', email, 20), start: moment('From'), end: moment('Until') },
    takes: { interval_minutes: integer('Length of a slot', 5, 1_440) },
    gives: output(['value'], { value: field('array', 'By address: scheduleItems, availabilityView') }),
  }),
  action('outlook.contact.create', 'Create a contact', 'Puts a person into the address book.', {
    effect: ADDS,
    scopes: CONTACTS,
    needs: { given_name: person.given_name },
    takes: { ...person, folder: picked('outlook.contact_folder', id('Folder')) },
    gives: aContact,
  }),
  action('outlook.contact.get', 'Get a contact', 'Reads a person of the address book.', {
    effect: READS,
    scopes: CONTACTS,
    needs: { contact },
    gives: aContact,
  }),
  action('outlook.contact.list', 'List contacts', 'Reads the address book.', {
    effect: READS,
    scopes: CONTACTS,
    takes: { folder: picked('outlook.contact_folder', id('Folder')), ...page },
    gives: list(aContact, 'Contacts'),
  }),
  action('outlook.contact.update', 'Update a contact', 'Changes the given fields of a contact.', {
    effect: SETS,
    scopes: CONTACTS,
    needs: { contact },
    takes: person,
    atLeast: 2,
    gives: aContact,
  }),
  action('outlook.contact.delete', 'Delete a contact', 'Takes a person out of the address book.', {
    effect: REMOVES,
    scopes: CONTACTS,
    needs: { contact },
    gives: done,
  }),
  action('outlook.mailbox.set_auto_reply', 'Set automatic answers', 'Turns answers in absence on or off.', {
    effect: SETS,
    scopes: ['MailboxSettings.ReadWrite'],
    risk: 'HIGH',
    needs: { status: choice('Whether', ['disabled', 'alwaysEnabled', 'scheduled']) },
    takes: {
      text: text('Text for everybody', 65_536),
      start: moment('From, where it is scheduled'),
      end: moment('Until'),
      audience: choice('Who outside gets it', ['none', 'contactsOnly', 'all']),
    },
    gives: done,
  }),
];
