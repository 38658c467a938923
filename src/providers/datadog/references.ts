import { at } from '../kit/meta.ts';
import { offsetOf } from '../kit/offset_pager.ts';
import { byOffset, type PageRule } from '../kit/page_rules.ts';
import { type Json, optionalString, readId } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';

const sizeOf = ({ pageSize }: ReferenceQuery) => Math.min(Math.max(1, pageSize), 100);

/** Pages counted from zero; one that is not full is the last. */
const fromZero = (page: string, size: string): PageRule => ({
  ask: query => ({ [size]: sizeOf(query), [page]: offsetOf(query) }),
  next: (_, query, nodes) => (nodes.length < sizeOf(query) ? undefined : String(offsetOf(query) + 1)),
});

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;

const item =
  (id: string, label: string, description: string) =>
  (node: Json): ReferenceItem => {
    const value = readId(node[id], id);
    const attributes = (name: string) => optionalString(node[name]) ?? optionalString(at(node, 'attributes', name));
    const more = attributes(description);
    return {
      value,
      label: attributes(label) ?? value,
      ...(more !== undefined && { description: more.slice(0, 200) }),
      state: at(node, 'attributes', 'disabled') === true ? 'ARCHIVED' : 'PRESENT',
    };
  };

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'datadog.monitor',
    title: 'Monitor',
    description: 'A monitor, by words of its name or by Datadog’s search language.',
    ...restLookup({
      path: '/api/v1/monitor/search',
      query: ({ q }) => ({ query: q === '' ? undefined : q }),
      pages: fromZero('page', 'per_page'),
      items: ['monitors'],
      item: item('id', 'name', 'type'),
      one: id => `/api/v1/monitor/${segment(id)}`,
    }),
    valueOfUrl: url => /\/monitors\/(\d{1,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'datadog.dashboard',
    title: 'Dashboard',
    description: 'A dashboard of the organization.',
    ...restLookup({
      path: '/api/v1/dashboard',
      pages: byOffset({ size: 'count', most: 100, at: 'start' }),
      items: ['dashboards'],
      item: item('id', 'title', 'description'),
      one: id => `/api/v1/dashboard/${segment(id)}`,
    }),
    valueOfUrl: url => /\/dashboard\/([a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'datadog.slo',
    title: 'Service level objective',
    description: 'An objective, by words of its name.',
    ...restLookup({
      path: '/api/v1/slo',
      query: ({ q }) => ({ query: q === '' ? undefined : q }),
      pages: byOffset({ size: 'limit', most: 100, at: 'offset' }),
      items: ['data'],
      item: item('id', 'name', 'type'),
      one: id => `/api/v1/slo/${segment(id)}`,
      oneAt: ['data'],
    }),
  },
  {
    ...type,
    name: 'datadog.synthetics_test',
    title: 'Synthetic test',
    description: 'A test that Datadog runs by itself.',
    ...restLookup({
      path: '/api/v1/synthetics/tests',
      pages: fromZero('page_number', 'page_size'),
      items: ['tests'],
      item: item('public_id', 'name', 'type'),
      one: id => `/api/v1/synthetics/tests/${segment(id)}`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'datadog.user',
    title: 'User',
    description: 'A person of the organization, by words.',
    ...restLookup({
      path: '/api/v2/users',
      query: ({ q }) => ({ filter: q === '' ? undefined : q }),
      pages: fromZero('page[number]', 'page[size]'),
      items: ['data'],
      item: item('id', 'name', 'email'),
      one: id => `/api/v2/users/${segment(id)}`,
      oneAt: ['data'],
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'datadog.team',
    title: 'Team',
    description: 'A team of the organization, by words.',
    ...restLookup({
      path: '/api/v2/team',
      query: ({ q }) => ({ 'filter[keyword]': q === '' ? undefined : q }),
      pages: fromZero('page[number]', 'page[size]'),
      items: ['data'],
      item: item('id', 'name', 'handle'),
      one: id => `/api/v2/team/${segment(id)}`,
      oneAt: ['data'],
    }),
  },
];
