import { at } from '../kit/meta.ts';
import { byNextAddress } from '../kit/next_address.ts';
import { type Json, optionalString, readId, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const pagesOf = (most: number) => byNextAddress({ at: 'page', next: ['next'], size: 'pagelen', most });
const pages = pagesOf(100);
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER' } as const;
const items = ['values'];
const ofWorkspace = [{ key: 'workspace', type: 'bitbucket.workspace', required: true }];
const ofRepository = [...ofWorkspace, { key: 'repository', type: 'bitbucket.repository', required: true }];

/** Quotes and backslashes would end the text in Bitbucket’s query language. */
const containing =
  (field: string) =>
  ({ q }: { readonly q: string }) => ({
    q: q === '' ? undefined : `${field} ~ "${q.replaceAll(/["\\]/g, '')}"`,
  });

const byUuid =
  (label: string) =>
  (node: Json, parent?: string): ReferenceItem => {
    const value = readString(node.uuid, 'uuid');
    const about = optionalString(node.description)?.slice(0, 200);
    return {
      value,
      label: optionalString(node[label]) ?? optionalString(node.slug) ?? value,
      state: 'PRESENT',
      ...(parent !== undefined && { parent }),
      ...(about !== undefined && { description: about }),
    };
  };
const byName = (node: Json): ReferenceItem => {
  const name = readString(node.name, 'name');
  return { value: name, label: name, state: 'PRESENT' };
};
const numbered = (node: Json): ReferenceItem => {
  const id = readId(node.id, 'id');
  return { value: id, label: `#${id} ${optionalString(node.title) ?? ''}`.trim(), state: 'PRESENT' };
};

/** What lies in a repository; found by words of a field. */
const inRepository = (
  noun: string,
  title: string,
  description: string,
  path: string,
  scope: string,
  find: string,
  item: (node: Json) => ReferenceItem,
  most = 100,
): ReferenceType => ({
  ...type,
  search: 'PROVIDER',
  name: `bitbucket.${noun}`,
  title,
  description,
  scopes: [scope],
  dependsOn: ofRepository,
  ...restLookup({
    path: ({ workspace, repository }) => `/repositories/${segment(workspace)}/${segment(repository)}/${path}`,
    query: containing(find),
    pages: pagesOf(most),
    items,
    item: (node, { repository }) => ({ ...item(node), parent: repository }),
    one: (value, { workspace, repository }) =>
      `/repositories/${segment(workspace)}/${segment(repository)}/${path}/${segment(value)}`,
  }),
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'LOCAL',
    name: 'bitbucket.workspace',
    title: 'Workspace',
    description: 'A workspace that the person is in.',
    scopes: ['account'],
    dependsOn: [],
    // The list of all workspaces was taken away in 2026; this one takes its place.
    ...restLookup({
      path: '/user/workspaces',
      pages,
      items,
      item: node => byUuid('name')((at(node, 'workspace') ?? node) as Json),
      one: id => `/workspaces/${segment(id)}`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'bitbucket.repository',
    title: 'Repository',
    description: 'A repository of a workspace.',
    scopes: ['repository'],
    dependsOn: ofWorkspace,
    ...restLookup({
      path: ({ workspace }) => `/repositories/${segment(workspace)}`,
      query: containing('name'),
      pages,
      items,
      item: (node, { workspace }) => byUuid('full_name')(node, workspace),
      one: (id, { workspace }) => `/repositories/${segment(workspace)}/${segment(id)}`,
    }),
  },
  {
    ...type,
    search: 'LOCAL',
    name: 'bitbucket.project',
    title: 'Project',
    description: 'A project of a workspace, by its key.',
    scopes: ['project'],
    dependsOn: ofWorkspace,
    ...restLookup({
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/projects`,
      pages,
      items,
      item: (node, { workspace }) => ({ ...byUuid('name')(node, workspace), value: readString(node.key, 'key') }),
      one: (key, { workspace }) => `/workspaces/${segment(workspace)}/projects/${segment(key)}`,
    }),
  },
  {
    ...type,
    search: 'LOCAL',
    name: 'bitbucket.member',
    title: 'Member',
    description: 'A person of a workspace.',
    scopes: ['account'],
    dependsOn: ofWorkspace,
    ...restLookup({
      path: ({ workspace }) => `/workspaces/${segment(workspace)}/members`,
      pages,
      items,
      item: (node, { workspace }) => byUuid('display_name')((at(node, 'user') ?? node) as Json, workspace),
      one: (id, { workspace }) => `/workspaces/${segment(workspace)}/members/${segment(id)}`,
    }),
  },
  inRepository('branch', 'Branch', 'A branch of a repository.', 'refs/branches', 'repository', 'name', byName),
  inRepository('tag', 'Tag', 'A tag of a repository.', 'refs/tags', 'repository', 'name', byName),
  inRepository(
    'pull_request',
    'Pull request',
    'An open pull request, by its number.',
    'pullrequests',
    'pullrequest',
    'title',
    numbered,
    50,
  ),
  inRepository(
    'issue',
    'Issue',
    'An issue of a repository’s tracker, by its number.',
    'issues',
    'issue',
    'title',
    numbered,
  ),
];
