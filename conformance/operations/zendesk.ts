import type { createClient } from 'node-zendesk';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of node-zendesk. */
export type Operation = Methods<ReturnType<typeof createClient>>;

export const operations = {
  'ticket.create': 'tickets.create',
  'ticket.get': 'tickets.show',
  'ticket.update': 'tickets.update',
  'ticket.delete': 'tickets.delete',
  'ticket.list': 'tickets.list',
  'ticket.search': 'search.query',
  'ticket.list_by_view': 'views.tickets',
  'ticket.reply': 'tickets.update',
  'ticket.add_note': 'tickets.update',
  'ticket.list_comments': 'tickets.getComments',
  'ticket.add_tags': 'tickets.addTags',
  'ticket.remove_tags': { unlisted: 'node-zendesk takes tags off people only, by users.removeTags' },
  'ticket.merge': 'tickets.merge',
  'ticket.apply_macro': 'macros.applyTicket',
  'user.create': 'users.create',
  'user.upsert': 'users.createOrUpdate',
  'user.get': 'users.show',
  'user.update': 'users.update',
  'user.search': 'users.search',
  'organization.create': 'organizations.create',
  'organization.get': 'organizations.show',
  'organization.update': 'organizations.update',
  'group.list': 'groups.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'tickets.shout' satisfies Operation;
