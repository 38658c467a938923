import { byLinkCursor } from '../kit/link_cursor.ts';
import { at } from '../kit/meta.ts';
import { type Json, optionalString, readId, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const pages = byLinkCursor({ at: 'cursor', size: 'per_page', most: 100 });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL' } as const;
const ofOrganization = [{ key: 'organization', type: 'sentry.organization', required: true }];

const item =
  (...labels: readonly string[]) =>
  (node: Json, { organization }: Readonly<Record<string, string>>): ReferenceItem => {
    const value = readId(node.id, 'id');
    const [label = value, description] = labels
      .map(name => optionalString(node[name]))
      .filter(text => text !== undefined);
    return {
      value,
      label,
      ...(description !== undefined && description !== label && { description }),
      ...(organization !== undefined && { parent: organization }),
      state: node.status === 'resolved' || node.status === 'ignored' ? 'ARCHIVED' : 'PRESENT',
    };
  };

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'sentry.organization',
    title: 'Organization',
    description: 'An organization, by its slug. The token of an internal integration lists none.',
    scopes: ['org:read'],
    dependsOn: [],
    ...restLookup({
      path: '/organizations/',
      pages,
      item: node => {
        const value = readString(node.slug, 'slug');
        const isActive = at(node, 'status', 'id') === undefined || at(node, 'status', 'id') === 'active';
        return { value, label: optionalString(node.name) ?? value, state: isActive ? 'PRESENT' : 'ARCHIVED' };
      },
      one: slug => `/organizations/${segment(slug)}/`,
    }),
    valueOfUrl: url =>
      /^([a-z0-9-]+)\.sentry\.io$/.exec(url.hostname)?.[1] ??
      /\/organizations\/([a-z0-9_-]+)\//.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'sentry.project',
    title: 'Project',
    description: 'A project of an organization.',
    scopes: ['project:read'],
    dependsOn: ofOrganization,
    ...restLookup({
      path: ({ organization }) => `/organizations/${segment(organization)}/projects/`,
      pages,
      item: item('name', 'slug'),
      one: (id, { organization }) => `/projects/${segment(organization)}/${segment(id)}/`,
    }),
  },
  {
    ...type,
    name: 'sentry.team',
    title: 'Team',
    description: 'A team of an organization.',
    scopes: ['team:read'],
    dependsOn: ofOrganization,
    ...restLookup({
      path: ({ organization }) => `/organizations/${segment(organization)}/teams/`,
      pages,
      item: item('name', 'slug'),
      one: (id, { organization }) => `/teams/${segment(organization)}/${segment(id)}/`,
    }),
  },
  {
    ...type,
    name: 'sentry.member',
    title: 'Member',
    description: 'A person of an organization.',
    scopes: ['member:read'],
    dependsOn: ofOrganization,
    ...restLookup({
      path: ({ organization }) => `/organizations/${segment(organization)}/members/`,
      pages,
      item: item('name', 'email'),
      one: (id, { organization }) => `/organizations/${segment(organization)}/members/${segment(id)}/`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'sentry.issue',
    title: 'Issue',
    description: 'An issue, by words; without any, those that are open.',
    scopes: ['event:read'],
    dependsOn: ofOrganization,
    ...restLookup({
      path: ({ organization }) => `/organizations/${segment(organization)}/issues/`,
      query: ({ q }) => ({ query: q === '' ? 'is:unresolved' : q }),
      pages,
      item: item('title', 'shortId'),
      one: (id, { organization }) => `/organizations/${segment(organization)}/issues/${segment(id)}/`,
    }),
    valueOfUrl: url => /\/issues\/(\d{1,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
];
