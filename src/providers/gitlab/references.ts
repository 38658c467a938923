import { byNumber } from '../kit/page_rules.ts';
import { type Json, optionalString, readId, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

/** The Link header names the next page. Source: docs.gitlab.com/api/rest, offset-based pagination. */
const pages = byNumber({ size: 'per_page', most: 100, at: 'page' });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', scopes: ['api'] } as const;
const search = ({ q }: { readonly q: string }) => ({ search: q === '' ? undefined : q });

const item = (value: string, label: unknown, node: Json, isGone = false): ReferenceItem => {
  const description = optionalString(node.description)?.slice(0, 200);
  return {
    value,
    label: optionalString(label) ?? value,
    state: isGone ? 'ARCHIVED' : 'PRESENT',
    ...(description !== undefined && { description }),
  };
};

/** What lies in a project: name, title, description, path, how it reads, and whether GitLab finds by words. */
const inProject = (
  noun: string,
  title: string,
  description: string,
  path: string,
  read: (node: Json) => ReferenceItem,
  isSearched: boolean,
): ReferenceType => ({
  ...type,
  search: isSearched ? 'PROVIDER' : 'LOCAL',
  name: `gitlab.${noun}`,
  title,
  description,
  dependsOn: [{ key: 'project', type: 'gitlab.project', required: true }],
  ...restLookup({
    path: ({ project }) => `/projects/${segment(project)}/${path}`,
    ...(isSearched && { query: search }),
    pages,
    item: (node, { project }) => ({ ...read(node), parent: project }),
    one: (value, { project }) => `/projects/${segment(project)}/${path}/${segment(value)}`,
  }),
});

const numbered = (node: Json, sign: string): ReferenceItem => {
  const iid = readId(node.iid, 'iid');
  return { value: iid, label: `${sign}${iid} ${optionalString(node.title) ?? ''}`.trim(), state: 'PRESENT' };
};
const named = (node: Json): ReferenceItem => {
  const name = readString(node.name, 'name');
  return { value: name, label: name, state: 'PRESENT' };
};

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'gitlab.project',
    title: 'Project',
    description: 'A project that the person is a member of.',
    dependsOn: [],
    ...restLookup({
      path: '/projects',
      query: query => ({ membership: true, search_namespaces: true, ...search(query) }),
      pages,
      item: node => item(readId(node.id, 'id'), node.path_with_namespace, node, node.archived === true),
      one: id => `/projects/${segment(id)}`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'gitlab.group',
    title: 'Group',
    description: 'A group that the person can see.',
    dependsOn: [],
    ...restLookup({
      path: '/groups',
      query: search,
      pages,
      item: node => item(readId(node.id, 'id'), node.full_path, node),
      one: id => `/groups/${segment(id)}`,
    }),
  },
  inProject(
    'label',
    'Label',
    'A label of a project or its groups.',
    'labels',
    node => item(readString(node.name, 'name'), node.name, node),
    true,
  ),
  inProject(
    'milestone',
    'Milestone',
    'A milestone of a project.',
    'milestones',
    node => item(readId(node.id, 'id'), node.title, node, node.state === 'closed'),
    true,
  ),
  inProject(
    'member',
    'Member',
    'A member of a project or its groups.',
    'members/all',
    node => {
      const username = optionalString(node.username);
      const found = item(readId(node.id, 'id'), node.name, {});
      return username === undefined ? found : { ...found, description: `@${username}` };
    },
    false,
  ),
  inProject('branch', 'Branch', 'A branch of a project.', 'repository/branches', named, true),
  inProject('tag', 'Tag', 'A tag of a project.', 'repository/tags', named, true),
  inProject(
    'environment',
    'Environment',
    'An environment that a project is deployed to.',
    'environments',
    node => item(readId(node.id, 'id'), node.name, {}, node.state === 'stopped'),
    true,
  ),
  inProject('issue', 'Issue', 'An issue of a project, by its number.', 'issues', node => numbered(node, '#'), true),
  inProject(
    'merge_request',
    'Merge request',
    'A merge request of a project, by its number.',
    'merge_requests',
    node => numbered(node, '!'),
    true,
  ),
];
