import { byCursor, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const pages = byCursor({ size: 'limit', most: 100, at: 'offset', next: ['next_page', 'offset'] });
const data = { items: ['data'], oneAt: ['data'] };
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', dependsOn: [] } as const;
const ofWorkspace = [{ key: 'workspace', type: 'asana.workspace', required: true }];
const ofProject = [{ key: 'project', type: 'asana.project', required: true }];

const named = (node: Json): ReferenceItem => {
  const value = readString(node.gid, 'gid');
  return {
    value,
    label: optionalString(node.name) ?? value,
    state: node.archived === true || node.completed === true ? 'ARCHIVED' : 'PRESENT',
  };
};

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'asana.workspace',
    title: 'Workspace',
    description: 'A workspace or organization of the person.',
    scopes: ['workspaces:read'],
    ...restLookup({ ...data, path: '/workspaces', pages, item: named, one: gid => `/workspaces/${segment(gid)}` }),
  },
  {
    ...type,
    name: 'asana.project',
    title: 'Project',
    description: 'A project of a workspace.',
    scopes: ['projects:read'],
    dependsOn: ofWorkspace,
    ...restLookup({
      ...data,
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/projects`,
      query: () => ({ opt_fields: 'name,archived' }),
      pages,
      item: (node, { workspace }) => ({ ...named(node), parent: workspace }),
      one: gid => `/projects/${segment(gid)}`,
    }),
    valueOfUrl: url => /\/(?:0|project)\/(\d{4,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'asana.section',
    title: 'Section',
    description: 'A section, or column, of a project.',
    scopes: [],
    dependsOn: ofProject,
    ...restLookup({
      ...data,
      path: ({ project }) => `/projects/${segment(project)}/sections`,
      pages,
      item: (node, { project }) => ({ ...named(node), parent: project }),
      one: gid => `/sections/${segment(gid)}`,
    }),
  },
  {
    ...type,
    name: 'asana.user',
    title: 'User',
    description: 'A person of a workspace.',
    scopes: ['users:read'],
    dependsOn: ofWorkspace,
    ...restLookup({
      ...data,
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/users`,
      pages,
      item: named,
      one: gid => `/users/${segment(gid)}`,
    }),
  },
  {
    ...type,
    name: 'asana.team',
    title: 'Team',
    description: 'A team of an organization.',
    scopes: ['teams:read'],
    dependsOn: ofWorkspace,
    ...restLookup({
      ...data,
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/teams`,
      pages,
      item: named,
      one: gid => `/teams/${segment(gid)}`,
    }),
  },
  {
    ...type,
    name: 'asana.tag',
    title: 'Tag',
    description: 'A tag of a workspace.',
    scopes: ['tags:read'],
    dependsOn: ofWorkspace,
    ...restLookup({
      ...data,
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/tags`,
      pages,
      item: named,
      one: gid => `/tags/${segment(gid)}`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'asana.task',
    title: 'Task',
    description: 'A task of a workspace, by words of its name.',
    scopes: ['tasks:read', 'workspaces.typeahead:read'],
    dependsOn: ofWorkspace,
    // Typeahead knows no second page; it answers what fits best, at most 100.
    ...restLookup({
      ...data,
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/typeahead`,
      query: ({ q }) => ({ resource_type: 'task', query: q, count: 100, opt_fields: 'name,completed' }),
      pages: whole,
      item: named,
      one: gid => `/tasks/${segment(gid)}`,
    }),
    valueOfUrl: url => /\/(?:task\/|0\/\d+\/)(\d{4,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
];
