import { at } from '../kit/meta.ts';
import { byNumber, type PageRule } from '../kit/page_rules.ts';
import { type Json, optionalString, readId, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';

/** The last page has a cursor too: `has_more` tells. */
const pages: PageRule = {
  ask: ({ pageSize, cursor }) => ({
    'page[size]': Math.min(Math.max(1, pageSize), 100),
    ...(cursor !== undefined && { 'page[after]': cursor }),
  }),
  next: ({ body }) =>
    at(body, 'meta', 'has_more') === true
      ? readString(at(body, 'meta', 'after_cursor'), 'meta.after_cursor')
      : undefined,
};
const numbered = byNumber({
  size: 'per_page',
  most: 100,
  at: 'page',
  more: body => optionalString(at(body, 'next_page')) !== undefined,
});

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: ['read'], dependsOn: [] } as const;

const item =
  (...labels: readonly string[]) =>
  (node: Json): ReferenceItem => {
    const value = readId(node.id, 'id');
    const label = labels.map(name => optionalString(node[name])).find(text => text !== undefined);
    const isAway = node.active === false || node.deleted === true || node.suspended === true;
    return { value, label: label ?? value, state: isAway ? 'ARCHIVED' : 'PRESENT' };
  };

const one = (plural: string, noun: string) => ({
  one: (id: string) => `/api/v2/${plural}/${segment(id)}`,
  oneAt: [noun],
});

const listed = (plural: string, noun: string, ...labels: readonly string[]) =>
  restLookup({ path: `/api/v2/${plural}`, pages, items: [plural], item: item(...labels), ...one(plural, noun) });

const users = listed('users', 'user', 'name', 'email');
const foundUsers = restLookup({
  path: '/api/v2/users/search',
  query: ({ q }) => ({ query: q }),
  pages: numbered,
  items: ['users'],
  item: item('name', 'email'),
});
const tickets = listed('tickets', 'ticket', 'subject');
const foundTickets = restLookup({
  path: '/api/v2/search',
  query: ({ q }) => ({ query: `type:ticket ${q}` }),
  pages: numbered,
  items: ['results'],
  item: item('subject'),
});

const plain = (
  noun: string,
  plural: string,
  title: string,
  description: string,
  ...labels: string[]
): ReferenceType => ({
  ...type,
  name: `zendesk.${noun}`,
  title,
  description,
  ...listed(plural, noun, ...labels),
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'zendesk.ticket',
    title: 'Ticket',
    description: 'A ticket, by words.',
    list: (call: ProviderCall, query: ReferenceQuery) => (query.q === '' ? tickets : foundTickets).list(call, query),
    resolve: tickets.resolve,
    valueOfUrl: url => /\/agent\/tickets\/(\d{1,20})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'zendesk.user',
    title: 'User',
    description: 'An agent or an end user, by name or e-mail address.',
    list: (call: ProviderCall, query: ReferenceQuery) => (query.q === '' ? users : foundUsers).list(call, query),
    resolve: users.resolve,
    valueOfUrl: url => /\/agent\/users\/(\d{1,20})/.exec(url.pathname)?.[1],
  },
  plain('group', 'groups', 'Group', 'A group of agents.', 'name'),
  plain('organization', 'organizations', 'Organization', 'An organization of end users.', 'name'),
  plain(
    'ticket_field',
    'ticket_fields',
    'Ticket field',
    'A field of tickets, the account’s own ones included.',
    'title',
  ),
  plain('ticket_form', 'ticket_forms', 'Ticket form', 'A form that tickets are filled in by.', 'name'),
  plain('macro', 'macros', 'Macro', 'A prepared answer or change.', 'title'),
  plain('view', 'views', 'View', 'A list of tickets by conditions.', 'title'),
  plain('brand', 'brands', 'Brand', 'A brand of the account.', 'name'),
];
