import type * as Graph from '@microsoft/microsoft-graph-types';
import type { Entries } from './entry.ts';

/** The vendor’s types have entities and no operations: an action names the entity it reads or changes. */
export type Operation = keyof Entities;

type Entities = {
  Attachment: Graph.Attachment;
  AutomaticRepliesSetting: Graph.AutomaticRepliesSetting;
  Calendar: Graph.Calendar;
  Contact: Graph.Contact;
  Event: Graph.Event;
  MailFolder: Graph.MailFolder;
  Message: Graph.Message;
  ScheduleInformation: Graph.ScheduleInformation;
};

export const operations = {
  'message.send': 'Message',
  'message.reply': 'Message',
  'message.forward': 'Message',
  'message.create_draft': 'Message',
  'message.send_draft': 'Message',
  'message.get': 'Message',
  'message.list': 'Message',
  'message.search': 'Message',
  'message.update': 'Message',
  'message.move': 'Message',
  'message.copy': 'Message',
  'message.delete': 'Message',
  'attachment.list': 'Attachment',
  'attachment.get': 'Attachment',
  'folder.list': 'MailFolder',
  'folder.create': 'MailFolder',
  'event.create': 'Event',
  'event.get': 'Event',
  'event.list': 'Event',
  'event.update': 'Event',
  'event.respond': 'Event',
  'event.cancel': 'Event',
  'event.delete': 'Event',
  'calendar.list': 'Calendar',
  'free_busy.query': 'ScheduleInformation',
  'contact.create': 'Contact',
  'contact.get': 'Contact',
  'contact.list': 'Contact',
  'contact.update': 'Contact',
  'contact.delete': 'Contact',
  'mailbox.set_auto_reply': 'AutomaticRepliesSetting',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such entity.
export type Missing = Graph.Shout;
