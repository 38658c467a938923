import { at } from '../kit/meta.ts';
import { type PageRule, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readId } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';

const sizeOf = ({ pageSize }: ReferenceQuery) => Math.min(Math.max(1, pageSize), 100);

/** The token stands in the next page's address, which itself is never followed. */
const byToken: PageRule = {
  ask: query => ({ page_size: sizeOf(query), ...(query.cursor !== undefined && { page_token: query.cursor }) }),
  next: ({ body }) => {
    const address = optionalString(at(body, '_metadata', 'next')) ?? '';
    return optionalString(new URLSearchParams(address.slice(0, 4_096).split('?')[1] ?? '').get('page_token'));
  },
};
/** The id of the last one shown; nothing says whether there are more, but a page that is not full is the last. */
const byLastSeen: PageRule = {
  ask: query => ({ limit: sizeOf(query), ...(query.cursor !== undefined && { lastSeenID: query.cursor }) }),
  next: (_, query, nodes) => (nodes.length < sizeOf(query) ? undefined : readId(at(nodes.at(-1), 'id'), 'id')),
};

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;
const item =
  (...labels: readonly string[]) =>
  (node: Json): ReferenceItem => {
    const value = readId(node.id, 'id');
    const [label = value, description] = labels
      .map(name => optionalString(node[name]))
      .filter(text => text !== undefined);
    return { value, label, ...(description !== undefined && { description }), state: 'PRESENT' };
  };

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'sendgrid.template',
    title: 'Template',
    description: 'A prepared e-mail, with places to fill in.',
    ...restLookup({
      path: '/templates',
      query: () => ({ generations: 'legacy,dynamic' }),
      pages: byToken,
      items: ['result'],
      item: item('name', 'generation'),
      one: id => `/templates/${segment(id)}`,
    }),
    valueOfUrl: url => /\/(d-[0-9a-f]{32})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'sendgrid.list',
    title: 'List',
    description: 'A list of contacts.',
    ...restLookup({
      path: '/marketing/lists',
      pages: byToken,
      items: ['result'],
      item: item('name'),
      one: id => `/marketing/lists/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'sendgrid.sender',
    title: 'Verified sender',
    description: 'An address that was proved, to send from.',
    ...restLookup({
      path: '/verified_senders',
      pages: byLastSeen,
      items: ['results'],
      item: item('from_email', 'nickname'),
    }),
  },
  {
    ...type,
    name: 'sendgrid.unsubscribe_group',
    title: 'Unsubscribe group',
    description: 'A kind of e-mail that people can want no more of.',
    ...restLookup({
      path: '/asm/groups',
      pages: whole,
      item: item('name', 'description'),
      one: id => `/asm/groups/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'sendgrid.segment',
    title: 'Segment',
    description: 'Contacts by conditions.',
    ...restLookup({
      path: '/marketing/segments/2.0',
      pages: whole,
      items: ['segments'],
      item: item('name'),
      one: id => `/marketing/segments/2.0/${segment(id)}`,
    }),
  },
];
