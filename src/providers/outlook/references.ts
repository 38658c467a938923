import { at } from '../kit/meta.ts';
import { byNextLink } from '../kit/next_link.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import { personPath } from '../kit/tenant_consent.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', dependsOn: [] } as const;

const named = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  return { value, label: optionalString(node.displayName) ?? optionalString(node.name) ?? value, state: 'PRESENT' };
};

/** A list below the person’s own path. */
const own = (path: string, item: (node: Json) => ReferenceItem) =>
  restLookup({
    path: (_, config) => `${personPath(config)}/${path}`,
    pages: byNextLink(100),
    items: ['value'],
    item,
    one: (id, _, config) => `${personPath(config)}/${path}/${segment(id)}`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'outlook.folder',
    title: 'Mail folder',
    description: 'A folder of the mailbox that lies in no other.',
    scopes: ['Mail.ReadWrite'],
    ...own('mailFolders', named),
  },
  {
    ...type,
    name: 'outlook.calendar',
    title: 'Calendar',
    description: 'A calendar of the person.',
    scopes: ['Calendars.ReadWrite'],
    ...own('calendars', named),
  },
  {
    ...type,
    name: 'outlook.contact',
    title: 'Contact',
    description: 'A person in the address book.',
    scopes: ['Contacts.ReadWrite'],
    ...own('contacts', node => ({
      ...named(node),
      description: optionalString(at(firstOf(node.emailAddresses), 'address')),
    })),
  },
  {
    ...type,
    name: 'outlook.contact_folder',
    title: 'Contact folder',
    description: 'A folder of the address book.',
    scopes: ['Contacts.ReadWrite'],
    ...own('contactFolders', named),
  },
  {
    ...type,
    name: 'outlook.category',
    title: 'Category',
    description: 'A coloured mark for messages and events, by its name.',
    scopes: ['MailboxSettings.ReadWrite'],
    // Messages name categories by their words, not by their ids.
    ...restLookup({
      path: (_, config) => `${personPath(config)}/outlook/masterCategories`,
      pages: byNextLink(100),
      items: ['value'],
      item: node => {
        const value = readString(node.displayName, 'displayName');
        return { value, label: value, state: 'PRESENT' };
      },
    }),
  },
];

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
