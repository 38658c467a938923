import { at } from '../kit/meta.ts';
import { byCursor, byNumber, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readArray, readId, readObject } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;
const cursors = { size: 'per_page', most: 150, at: 'starting_after', next: ['pages', 'next', 'starting_after'] };

const item =
  (...labels: readonly string[]) =>
  (node: Json): ReferenceItem => {
    const value = readId(node.id, 'id');
    const texts = labels.map(name => optionalString(node[name])).filter(text => text !== undefined);
    return {
      value,
      label: texts[0] ?? value,
      ...(texts.length > 1 && { description: texts[1] }),
      state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
    };
  };

const contacts = restLookup({
  path: '/contacts',
  pages: byCursor(cursors),
  items: ['data'],
  item: item('name', 'email'),
  one: id => `/contacts/${segment(id)}`,
});

/** Contacts whose name or address holds the words. The page is asked for inside the body. */
async function searchContacts(call: ProviderCall, { q, pageSize, cursor }: ReferenceQuery): Promise<ReferencePage> {
  const value = ['name', 'email'].map(field => ({ field, operator: '~', value: q }));
  const pagination = {
    per_page: Math.min(Math.max(1, pageSize), 150),
    ...(cursor !== undefined && { starting_after: cursor }),
  };
  const json = { query: { operator: 'OR', value }, pagination };
  const { body } = await call.fetch(`${call.endpoints.api}/contacts/search`, { method: 'POST', json });
  const nodes = readArray(at(body, 'data'), 'data');
  const next = optionalString(at(body, 'pages', 'next', 'starting_after'));
  const items = nodes.map((node, index) => item('name', 'email')(readObject(node, `data[${index}]`)));
  return next === undefined ? { items } : { items, nextCursor: next };
}

const short = (noun: string, path: string, list: string, title: string, description: string): ReferenceType => ({
  ...type,
  name: `intercom.${noun}`,
  title,
  description,
  ...restLookup({
    path,
    pages: whole,
    items: [list],
    item: item('name', 'email'),
    one: id => `${path}/${segment(id)}`,
  }),
});

export const references: readonly ReferenceType[] = [
  short('admin', '/admins', 'admins', 'Teammate', 'A teammate of the workspace.'),
  short('team', '/teams', 'teams', 'Team', 'A team that conversations are assigned to.'),
  short('tag', '/tags', 'data', 'Tag', 'A tag of contacts, companies and conversations.'),
  short('segment', '/segments', 'segments', 'Segment', 'A group of contacts by conditions.'),
  short('ticket_type', '/ticket_types', 'data', 'Ticket type', 'A kind of ticket, with attributes of its own.'),
  {
    ...type,
    name: 'intercom.ticket_state',
    title: 'Ticket state',
    description: 'A state that tickets can be in.',
    ...restLookup({ path: '/ticket_states', pages: whole, items: ['data'], item: item('internal_label', 'category') }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'intercom.contact',
    title: 'Contact',
    description: 'A user or lead, by words of name or e-mail address.',
    list: (call, query) => (query.q === '' ? contacts.list(call, query) : searchContacts(call, query)),
    resolve: contacts.resolve,
    valueOfUrl: url => /\/users\/([0-9a-f]{24})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'intercom.company',
    title: 'Company',
    description: 'A company that contacts belong to; at most 10,000 are listed.',
    ...restLookup({
      path: '/companies',
      pages: byNumber({
        size: 'per_page',
        most: 60,
        at: 'page',
        more: body => Number(at(body, 'pages', 'page')) < Number(at(body, 'pages', 'total_pages')),
      }),
      items: ['data'],
      item: item('name', 'company_id'),
      one: id => `/companies/${segment(id)}`,
    }),
  },
];
