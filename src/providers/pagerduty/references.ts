import { at } from '../kit/meta.ts';
import { offsetOf } from '../kit/offset_pager.ts';
import { byOffset, type PageRule } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

/** Totals are counted for who asks for them only; `more` is always there. */
const pages: PageRule = {
  ...byOffset({ size: 'limit', most: 100, at: 'offset' }),
  next: ({ body }, query, nodes) =>
    at(body, 'more') === true && nodes.length > 0 ? String(offsetOf(query) + nodes.length) : undefined,
};

const item = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  const description = optionalString(node.email) ?? optionalString(node.description);
  return {
    value,
    label: optionalString(node.summary) ?? optionalString(node.name) ?? value,
    ...(description !== undefined && { description: description.slice(0, 200) }),
    state: node.status === 'disabled' ? 'ARCHIVED' : 'PRESENT',
  };
};

const searched = (noun: string, plural: string, title: string, description: string): ReferenceType => ({
  name: `pagerduty.${noun}`,
  title,
  description,
  runtimeState: 'ACTIVE',
  source: 'PROVIDER',
  search: 'PROVIDER',
  scopes: [`${plural}.read`],
  dependsOn: [],
  ...restLookup({
    path: `/${plural}`,
    query: ({ q }) => ({ query: q === '' ? undefined : q }),
    pages,
    items: [plural],
    item,
    one: id => `/${plural}/${segment(id)}`,
    oneAt: [noun],
  }),
  valueOfUrl: url => {
    const [, place, id] = url.pathname.split('/');
    const isOfIt = place === plural || (noun === 'service' && place === 'service-directory');
    return isOfIt && /^P[A-Z0-9]{6,13}$/.test(id ?? '') ? id : undefined;
  },
});

export const references: readonly ReferenceType[] = [
  searched('service', 'services', 'Service', 'A service that incidents happen to.'),
  searched(
    'escalation_policy',
    'escalation_policies',
    'Escalation policy',
    'Who is told of an incident, in which order.',
  ),
  searched('user', 'users', 'User', 'A person of the account.'),
  searched('schedule', 'schedules', 'Schedule', 'Who is on call when.'),
  searched('team', 'teams', 'Team', 'A team of the account.'),
  {
    name: 'pagerduty.priority',
    title: 'Priority',
    description: 'A priority of incidents, where the account has them.',
    runtimeState: 'ACTIVE',
    source: 'PROVIDER',
    search: 'LOCAL',
    scopes: ['priorities.read'],
    dependsOn: [],
    ...restLookup({ path: '/priorities', pages, items: ['priorities'], item }),
  },
];
