import type { Client } from '@hubspot/api-client';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<Client, 5>;

export const operations = {
  'crm.search': 'crm.objects.searchApi.doSearch',
  'crm.get': 'crm.objects.basicApi.getById',
  'crm.create': 'crm.objects.basicApi.create',
  'crm.update': 'crm.objects.basicApi.update',
  'crm.associate': 'crm.associations.v4.batchApi.create',
  'contact.upsert': 'crm.contacts.batchApi.upsert',
  'contact.create': 'crm.contacts.basicApi.create',
  'contact.get': 'crm.contacts.basicApi.getById',
  'contact.update': 'crm.contacts.basicApi.update',
  'contact.delete': 'crm.contacts.basicApi.archive',
  'contact.search': 'crm.contacts.searchApi.doSearch',
  'company.create': 'crm.companies.basicApi.create',
  'company.get': 'crm.companies.basicApi.getById',
  'company.update': 'crm.companies.basicApi.update',
  'company.delete': 'crm.companies.basicApi.archive',
  'company.search': 'crm.companies.searchApi.doSearch',
  'deal.create': 'crm.deals.basicApi.create',
  'deal.get': 'crm.deals.basicApi.getById',
  'deal.update': 'crm.deals.basicApi.update',
  'deal.delete': 'crm.deals.basicApi.archive',
  'deal.search': 'crm.deals.searchApi.doSearch',
  'ticket.create': 'crm.tickets.basicApi.create',
  'ticket.get': 'crm.tickets.basicApi.getById',
  'ticket.update': 'crm.tickets.basicApi.update',
  'ticket.delete': 'crm.tickets.basicApi.archive',
  'ticket.search': 'crm.tickets.searchApi.doSearch',
  'deal.move': 'crm.deals.basicApi.update',
  'note.create': 'crm.objects.notes.basicApi.create',
  'task.create': 'crm.objects.tasks.basicApi.create',
  'owner.list': 'crm.owners.ownersApi.getPage',
  'pipeline.list': 'crm.pipelines.pipelinesApi.getAll',
  'property.list': 'crm.properties.coreApi.getAll',
  'list.add_contacts': 'crm.lists.membershipsApi.add',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'crm.contacts.basicApi.shout' satisfies Operation;
