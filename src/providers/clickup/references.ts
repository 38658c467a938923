import { at } from '../kit/meta.ts';
import { offsetOf } from '../kit/offset_pager.ts';
import { type PageRule, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readId } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [] } as const;
const on = (key: string, required = true) => ({ key, type: `clickup.${key}`, required });

/** Tasks come a hundred a page, counted from zero. */
const TASKS = 100;
const hundreds: PageRule = {
  ask: query => ({ page: Math.floor(offsetOf(query) / TASKS) }),
  cut: (nodes, query) => {
    const start = offsetOf(query) % TASKS;
    return nodes.slice(start, start + Math.max(1, query.pageSize));
  },
  next: ({ body }, query, nodes) => {
    const page = Math.floor(offsetOf(query) / TASKS);
    const end = (offsetOf(query) % TASKS) + Math.max(1, query.pageSize);
    if (end < nodes.length) return String(page * TASKS + end);
    return nodes.length > 0 && at(body, 'last_page') === false ? String((page + 1) * TASKS) : undefined;
  },
};

const named = (node: Json, parent?: string): ReferenceItem => {
  const value = readId(node.id, 'id');
  const label = optionalString(node.name) ?? value;
  return {
    value,
    label,
    state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
    ...(parent !== undefined && { parent }),
  };
};
/** What is known by its name alone. */
const byName =
  (field: string) =>
  (node: Json, parent?: string): ReferenceItem => {
    const value = optionalString(node[field]) ?? '';
    return { ...named({ id: value, name: value }), ...(parent !== undefined && { parent }) };
  };

/** A list that ClickUp gives whole, below something else. */
const below = (
  noun: string,
  title: string,
  description: string,
  above: string,
  path: (id: string) => string,
  items: readonly string[],
  item: (node: Json, parent?: string) => ReferenceItem = named,
  one?: string,
): ReferenceType => ({
  ...type,
  name: `clickup.${noun}`,
  title,
  description,
  dependsOn: [on(above)],
  ...restLookup({
    path: dependsOn => path(segment(dependsOn[above])),
    pages: whole,
    items,
    item: (node, dependsOn) => item(node, dependsOn[above]),
    ...(one !== undefined && { one: (id: string) => `/${one}/${segment(id)}` }),
  }),
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'clickup.workspace',
    title: 'Workspace',
    description: 'A workspace that was granted.',
    dependsOn: [],
    ...restLookup({ path: '/team', pages: whole, items: ['teams'], item: node => named(node) }),
    valueOfUrl: url => /^\/(\d{4,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  below(
    'space',
    'Space',
    'A space of a workspace.',
    'workspace',
    id => `/team/${id}/space`,
    ['spaces'],
    named,
    'space',
  ),
  below('folder', 'Folder', 'A folder of a space.', 'space', id => `/space/${id}/folder`, ['folders'], named, 'folder'),
  {
    ...type,
    name: 'clickup.list',
    title: 'List',
    description: 'A list of a folder, or one of a space that is in no folder.',
    dependsOn: [on('space'), on('folder', false)],
    ...restLookup({
      path: ({ space, folder }) =>
        folder === undefined ? `/space/${segment(space)}/list` : `/folder/${segment(folder)}/list`,
      pages: whole,
      items: ['lists'],
      item: (node, { space, folder }) => named(node, folder ?? space),
      one: id => `/list/${segment(id)}`,
    }),
    valueOfUrl: url => /\/v\/li\/(\d{4,20})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'clickup.task',
    title: 'Task',
    description: 'A task of a list that is not closed.',
    dependsOn: [on('list')],
    ...restLookup({
      path: ({ list }) => `/list/${segment(list)}/task`,
      pages: hundreds,
      items: ['tasks'],
      item: (node, { list }) => named(node, list),
      one: id => `/task/${segment(id)}`,
    }),
    valueOfUrl: url => /^\/t\/([a-z0-9]{4,20})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  below(
    'status',
    'Status',
    'A status that the tasks of a list can have.',
    'list',
    id => `/list/${id}`,
    ['statuses'],
    byName('status'),
  ),
  below('tag', 'Tag', 'A tag of a space.', 'space', id => `/space/${id}/tag`, ['tags'], byName('name')),
  below('custom_field', 'Custom field', 'A field that the tasks of a list have.', 'list', id => `/list/${id}/field`, [
    'fields',
  ]),
  below(
    'member',
    'Member',
    'A person that the tasks of a list can be given to.',
    'list',
    id => `/list/${id}/member`,
    ['members'],
    (node, list) => ({
      ...named({ id: node.id, name: node.username ?? node.email }, list),
      ...(typeof node.email === 'string' && { description: node.email }),
    }),
  ),
  below('goal', 'Goal', 'A goal of a workspace.', 'workspace', id => `/team/${id}/goal`, ['goals']),
];
