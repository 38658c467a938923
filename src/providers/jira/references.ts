import { ProviderError } from '../kit/error.ts';
import { metaOf } from '../kit/meta.ts';
import { offsetOf, offsetPage } from '../kit/offset_pager.ts';
import { isObject, type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type {
  ProviderCall,
  ReferenceItem,
  ReferencePage,
  ReferenceQuery,
  ReferenceTouch,
  ReferenceType,
} from '../provider.ts';
import { isProject, siteApi } from './api.ts';
import { ISSUE_FIELDS, searchIssues } from './search.ts';
import { site } from './sites.ts';

/** Jira shows no more at once. */
const MAX_PAGE = 100;
/** Jira's user search ends here. */
const MAX_USERS = 1_000;

const active = { runtimeState: 'ACTIVE', source: 'PROVIDER' } as const;

export const references: readonly ReferenceType[] = [
  {
    ...active,
    name: 'jira.project',
    title: 'Project',
    description: 'A project of the site, by id; archived ones are kept.',
    scopes: ['read:jira-work'],
    dependsOn: [],
    search: 'PROVIDER',
    list: searchProjects,
    resolve: async (call, { values }) => {
      const ids = values.filter(isNumber);
      if (ids.length === 0) return [];
      const query = many('id', ids, { maxResults: MAX_PAGE, status: 'live,archived' });
      return nodesOf(await call.fetch(`${siteApi(call)}/project/search?${query}`), 'values').map(project);
    },
    touchedBy: touch('project'),
    valueOfUrl: url => /\/projects\/([A-Za-z][A-Za-z0-9_]*)/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'jira.issue',
    title: 'Issue',
    description: 'An issue of the site, by id; found by key or by words of its summary.',
    scopes: ['read:jira-work'],
    dependsOn: [{ key: 'project', type: 'jira.project', required: false }],
    search: 'PROVIDER',
    list: (call, query) => searchIssues(call, query, issue),
    resolve: async (call, { values }) => {
      const ids = values.filter(isNumber);
      if (ids.length === 0) return [];
      const json = { issueIdsOrKeys: ids, fields: ISSUE_FIELDS };
      const answer = await call.fetch(`${siteApi(call)}/issue/bulkfetch`, { method: 'POST', json });
      return nodesOf(answer, 'issues').map(issue);
    },
    touchedBy: touch('issue'),
    valueOfUrl: url => /\/browse\/([A-Za-z][A-Za-z0-9_]*-\d+)/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'jira.user',
    title: 'User',
    description: 'A person of the site, by account id; those switched off are archived.',
    scopes: ['read:jira-user'],
    dependsOn: [],
    search: 'PROVIDER',
    list: searchUsers,
    resolve: async (call, { values }) => {
      const ids = values.filter(value => /^[\w:-]{1,128}$/.test(value));
      if (ids.length === 0) return [];
      const query = many('accountId', ids, { maxResults: MAX_PAGE });
      return nodesOf(await call.fetch(`${siteApi(call)}/user/bulk?${query}`), 'values').map(user);
    },
  },
  {
    ...active,
    name: 'jira.issue_type',
    title: 'Issue type',
    description: 'A type that issues of a project may have, by id.',
    scopes: ['read:jira-work'],
    dependsOn: [{ key: 'project', type: 'jira.project', required: true }],
    search: 'LOCAL',
    list: async (call, query) => sliced(await issueTypes(call, query.dependsOn), query),
    resolve: async (call, { values, dependsOn }) =>
      (await issueTypes(call, dependsOn)).filter(({ value }) => values.includes(value)),
  },
  {
    ...active,
    name: 'jira.transition',
    title: 'Transition',
    description: 'A step the workflow offers for an issue now, by id.',
    scopes: ['read:jira-work'],
    dependsOn: [{ key: 'issue', type: 'jira.issue', required: true }],
    search: 'LOCAL',
    list: async (call, query) => sliced(await transitions(call, query.dependsOn), query),
    resolve: async (call, { values, dependsOn }) =>
      (await transitions(call, dependsOn)).filter(({ value }) => values.includes(value)),
  },
  site,
];

/** Events hold parts of the object: only that it changed, or went, is taken from them. */
function touch(object: 'project' | 'issue') {
  return ({
    eventType,
    payload,
  }: {
    readonly eventType: string;
    readonly payload: Json;
  }): readonly ReferenceTouch[] => {
    const [, verb] = eventType.split(`jira.${object}.`);
    const node = payload[object];
    if (verb === undefined || !isObject(node)) return [];
    const value = readId(node.id, 'id');
    return [verb === 'deleted' ? { value, state: 'NOT_FOUND' } : { value }];
  };
}

async function searchProjects(call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> {
  const start = offsetOf(query);
  const answer = await call.fetch(`${siteApi(call)}/project/search`, {
    query: {
      startAt: start,
      maxResults: sizeOf(query),
      orderBy: 'name',
      status: 'live,archived',
      query: optionalString(query.q.slice(0, 200)),
    },
  });
  const nodes = nodesOf(answer, 'values');
  const last = readObject(answer.body, 'answer').isLast !== false;
  return offsetPage(nodes.map(project), { start, taken: nodes.length, last });
}

/** Jira filters after it pages: a page may be short, or empty, before the end that it has at 1000 users. */
async function searchUsers(call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> {
  const start = offsetOf(query);
  const size = sizeOf(query);
  const q = optionalString(query.q.trim().slice(0, 200));
  const answer = await call.fetch(`${siteApi(call)}/${q === undefined ? 'users' : 'user'}/search`, {
    query: { startAt: start, maxResults: size, query: q },
  });
  const nodes = readArray(answer.body, 'users').map((node, i) => readObject(node, `users[${i}]`));
  const people = nodes.filter(({ accountType }) => accountType === 'atlassian').map(user);
  return offsetPage(people, { start, taken: size, last: nodes.length === 0 || start + size >= MAX_USERS });
}

async function issueTypes(call: ProviderCall, { project = '' }: Readonly<Record<string, string>>) {
  if (!isProject(project)) throw new ProviderError({ kind: 'rejected' }, new Error('project is no id or key'));
  const answer = await call.fetch(`${siteApi(call)}/project/${project}`);
  return nodesOf(answer, 'issueTypes').map((type): ReferenceItem => {
    const description = optionalString(type.description);
    return {
      value: readId(type.id, 'id'),
      label: readString(type.name, 'name'),
      ...(description !== undefined && { description }),
      metadata: { subtask: String(type.subtask === true) },
      parent: project,
      state: 'PRESENT',
    };
  });
}

async function transitions(call: ProviderCall, { issue: id = '' }: Readonly<Record<string, string>>) {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw new ProviderError({ kind: 'rejected' }, new Error('issue is no id or key'));
  const answer = await call.fetch(`${siteApi(call)}/issue/${id}/transitions`);
  return nodesOf(answer, 'transitions').map((node): ReferenceItem => {
    const to = optionalString(readObject(node.to, 'to').name);
    return {
      value: readId(node.id, 'id'),
      label: readString(node.name, 'name'),
      ...(to !== undefined && { description: `to ${to}` }),
      parent: id,
      state: 'PRESENT',
    };
  });
}

function nodesOf(answer: { readonly body: unknown }, key: string): readonly Json[] {
  const nodes = readArray(readObject(answer.body, 'answer')[key], key);
  return nodes.map((node, i) => readObject(node, `${key}[${i}]`));
}

/** A query that repeats a parameter, as Jira takes lists. */
function many(name: string, values: readonly string[], more: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(more).map(([key, value]): [string, string] => [key, String(value)]);
  return new URLSearchParams([
    ...values.slice(0, 100).map((value): [string, string] => [name, value]),
    ...pairs,
  ]).toString();
}

function sizeOf(query: ReferenceQuery): number {
  return Math.min(Math.max(query.pageSize, 1), MAX_PAGE);
}

function isNumber(value: string): boolean {
  return /^[1-9]\d{0,17}$/.test(value);
}

function project(node: Json): ReferenceItem {
  const key = readString(node.key, 'key');
  return {
    value: readId(node.id, 'id'),
    label: readString(node.name, 'name'),
    description: key,
    metadata: metaOf({ key, type: node.projectTypeKey }),
    state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
  };
}

function issue(node: Json): ReferenceItem {
  const key = readString(node.key, 'key');
  const fields = readObject(node.fields, 'fields');
  const parent = readObject(fields.project ?? {}, 'project').id;
  return {
    value: readId(node.id, 'id'),
    label: `${key} ${optionalString(fields.summary) ?? ''}`.trimEnd(),
    metadata: metaOf({ key, status: readObject(fields.status ?? {}, 'status').name }),
    ...(typeof parent === 'string' && { parent }),
    state: 'PRESENT',
  };
}

function user(node: Json): ReferenceItem {
  const email = optionalString(node.emailAddress);
  const accountId = readString(node.accountId, 'accountId');
  return {
    value: accountId,
    label: optionalString(node.displayName) ?? accountId,
    ...(email !== undefined && { description: email }),
    state: node.active === false ? 'ARCHIVED' : 'PRESENT',
  };
}
