import type { IntercomClient } from 'intercom-client';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<IntercomClient>;

export const operations = {
  'contact.create': 'contacts.create',
  'contact.get': 'contacts.find',
  'contact.update': 'contacts.update',
  'contact.search': 'contacts.search',
  'contact.archive': 'contacts.archive',
  'contact.delete': 'contacts.delete',
  'contact.add_note': 'notes.create',
  'contact.add_tag': 'tags.tagContact',
  'contact.remove_tag': 'tags.untagContact',
  'contact.attach_company': 'companies.attachContact',
  'company.upsert': 'companies.createOrUpdate',
  'company.get': 'companies.find',
  'conversation.list': 'conversations.list',
  'conversation.search': 'conversations.search',
  'conversation.get': 'conversations.find',
  'conversation.reply': 'conversations.reply',
  'conversation.add_note': 'conversations.reply',
  'conversation.assign': 'conversations.manage',
  'conversation.close': 'conversations.manage',
  'conversation.open': 'conversations.manage',
  'conversation.snooze': 'conversations.manage',
  'conversation.add_tag': 'tags.tagConversation',
  'message.send': 'messages.create',
  'ticket.create': 'tickets.create',
  'ticket.get': 'tickets.get',
  'ticket.update': 'tickets.update',
  'ticket.reply': 'tickets.reply',
  'ticket.search': 'tickets.search',
  'tag.create': 'tags.create',
  'event.track': 'events.create',
  'admin.list': 'admins.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'contacts.shout' satisfies Operation;
