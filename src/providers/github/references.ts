import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { nextPage, pageOf } from '../kit/link_pager.ts';
import { metaOf } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery, ReferenceType } from '../provider.ts';
import { isRepository, repositoryUrl, VERSION_HEADERS } from './api.ts';
import { searchIssues } from './search.ts';
import { branchTouch, inRepositoryTouch, repositoryTouch } from './touches.ts';

/** GitHub shows no more at once. */
const MAX_PAGE = 100;
/** GitHub resolves one value a call and asks callers to keep few in flight. */
const CALLS_AT_ONCE = 5;

const active = { runtimeState: 'ACTIVE', source: 'PROVIDER' } as const;
const inRepository = [{ key: 'repository', type: 'github.repository', required: true }] as const;

export const references: readonly ReferenceType[] = [
  {
    ...active,
    name: 'github.repository',
    title: 'Repository',
    description:
      'A repository the installation or the token may see. Stored as owner/name; `metadata.id` never changes.',
    scopes: ['metadata:read'],
    dependsOn: [],
    search: 'LOCAL',
    list: async (call, query) =>
      call.credential.kind === 'APP_INSTALLATION'
        ? listed(call, `${call.endpoints.api}/installation/repositories`, query, repository, { key: 'repositories' })
        : listed(call, `${call.endpoints.api}/user/repos`, query, repository, { query: { sort: 'full_name' } }),
    resolve: (call, { values }) =>
      each(values.filter(isRepository), async value => ({
        ...repository(await get(call, repositoryUrl(call.endpoints.api, value))),
        value,
      })),
    touchedBy: repositoryTouch(repository),
    valueOfUrl: url => /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?(?:\/|$)/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'github.label',
    title: 'Label',
    description: 'A label of a repository, by name.',
    scopes: ['issues:read'],
    dependsOn: inRepository,
    search: 'LOCAL',
    list: (call, query) => listed(call, under(call, query, 'labels'), query, label),
    resolve: (call, query) =>
      each(query.values, async value => ({ ...label(await get(call, under(call, query, 'labels', value))), value })),
    touchedBy: inRepositoryTouch('label', label),
  },
  {
    ...active,
    name: 'github.branch',
    title: 'Branch',
    description: 'A branch of a repository, by name.',
    scopes: ['contents:read'],
    dependsOn: inRepository,
    search: 'LOCAL',
    list: (call, query) => listed(call, under(call, query, 'branches'), query, branch),
    resolve: (call, query) =>
      each(query.values, async value => branch(await get(call, under(call, query, 'branches', value)))),
    touchedBy: branchTouch,
    valueOfUrl: url => /^\/[^/]+\/[^/]+\/tree\/(.+)$/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'github.milestone',
    title: 'Milestone',
    description: 'A milestone of a repository, by number; closed ones are archived.',
    scopes: ['issues:read'],
    dependsOn: inRepository,
    search: 'LOCAL',
    list: (call, query) =>
      listed(call, under(call, query, 'milestones'), query, milestone, { query: { state: 'all' } }),
    resolve: (call, query) =>
      each(query.values.filter(isNumber), async value =>
        milestone(await get(call, under(call, query, 'milestones', value))),
      ),
    touchedBy: inRepositoryTouch('milestone', milestone),
    valueOfUrl: url => /\/milestone\/(\d+)/.exec(url.pathname)?.[1],
  },
  {
    ...active,
    name: 'github.user',
    title: 'Assignee',
    description: 'A person who may be assigned to issues of a repository, by login.',
    scopes: ['issues:read'],
    dependsOn: inRepository,
    search: 'LOCAL',
    list: (call, query) => listed(call, under(call, query, 'assignees'), query, user),
    resolve: (call, query) =>
      each(query.values, async value => {
        await call.fetch(under(call, query, 'assignees', value), { headers: VERSION_HEADERS });
        return { value, label: value, state: 'PRESENT' };
      }),
  },
  {
    ...active,
    name: 'github.workflow',
    title: 'Workflow',
    description: 'A workflow of a repository, by id; disabled ones are archived.',
    scopes: ['actions:read'],
    dependsOn: inRepository,
    search: 'LOCAL',
    list: (call, query) =>
      listed(call, under(call, query, 'actions', 'workflows'), query, workflow, { key: 'workflows' }),
    resolve: (call, query) =>
      each(query.values, async value => ({
        ...workflow(await get(call, under(call, query, 'actions', 'workflows', value))),
        value,
      })),
  },
  ...(['issue', 'pull_request'] as const).map(
    (kind): ReferenceType => ({
      ...active,
      name: `github.${kind}`,
      title: kind === 'issue' ? 'Issue' : 'Pull request',
      description: `${kind === 'issue' ? 'An issue' : 'A pull request'} of a repository, by number.`,
      scopes: [kind === 'issue' ? 'issues:read' : 'pull_requests:read'],
      dependsOn: inRepository,
      search: 'PROVIDER',
      list: (call, query) => searchIssues(call, query, kind, numbered),
      resolve: (call, query) =>
        each(query.values.filter(isNumber), async value => {
          const found = await get(call, under(call, query, 'issues', value));
          return (found.pull_request !== undefined) === (kind === 'pull_request') ? numbered(found) : undefined;
        }),
      valueOfUrl: url => (kind === 'issue' ? /\/issues\/(\d+)/ : /\/pull\/(\d+)/).exec(url.pathname)?.[1],
    }),
  ),
];

async function listed(
  call: ProviderCall,
  url: string,
  query: ReferenceQuery,
  item: (node: Json) => ReferenceItem,
  more: { readonly key?: string; readonly query?: Readonly<Record<string, string>> } = {},
): Promise<ReferencePage> {
  const paging = { per_page: Math.min(Math.max(query.pageSize, 1), MAX_PAGE), page: pageOf(query) };
  const answer = await call.fetch(url, { query: { ...more.query, ...paging }, headers: VERSION_HEADERS });
  const nodes = more.key === undefined ? answer.body : readObject(answer.body, 'answer')[more.key];
  const items = readArray(nodes, more.key ?? 'answer').map((node, i) => item(readObject(node, `[${i}]`)));
  const nextCursor = nextPage(answer.headers);
  return nextCursor === undefined ? { items } : { items, nextCursor };
}

async function get(call: ProviderCall, url: string): Promise<Json> {
  const answer = await call.fetch(url, { headers: VERSION_HEADERS });
  return readObject(answer.body, 'answer');
}

/** A value GitHub does not know, or hides, is left out; one the credential lacks the permission for is NO_ACCESS. */
async function each(
  values: readonly string[],
  find: (value: string) => Promise<ReferenceItem | undefined>,
): Promise<readonly ReferenceItem[]> {
  const found = await mapLimited(values, CALLS_AT_ONCE, async (value): Promise<ReferenceItem | undefined> => {
    try {
      return await find(value);
    } catch (error) {
      const kind = error instanceof ProviderError ? error.failure.kind : undefined;
      if (kind === 'not_found') return undefined;
      if (kind === 'forbidden') return { value, label: value, state: 'NO_ACCESS' };
      throw error;
    }
  });
  return found.filter(one => one !== undefined);
}

function under(
  call: ProviderCall,
  query: { readonly dependsOn: Readonly<Record<string, string>> },
  ...path: string[]
): string {
  return repositoryUrl(call.endpoints.api, query.dependsOn.repository, ...path);
}

function isNumber(value: string): boolean {
  return /^[1-9]\d{0,9}$/.test(value);
}

function described(text: unknown): { description?: string } {
  const description = optionalString(text);
  return description === undefined ? {} : { description };
}

function repository(node: Json): ReferenceItem {
  const fullName = readString(node.full_name, 'full_name');
  return {
    value: fullName,
    label: fullName,
    ...described(node.description),
    metadata: metaOf({ id: node.id, private: String(node.private === true), default_branch: node.default_branch }),
    state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
  };
}

function label(node: Json): ReferenceItem {
  const name = readString(node.name, 'name');
  const metadata = metaOf({ id: node.id, color: node.color });
  return { value: name, label: name, ...described(node.description), metadata, state: 'PRESENT' };
}

function branch(node: Json): ReferenceItem {
  const name = readString(node.name, 'name');
  return { value: name, label: name, metadata: { protected: String(node.protected === true) }, state: 'PRESENT' };
}

function milestone(node: Json): ReferenceItem {
  return {
    value: readId(node.number, 'number'),
    label: readString(node.title, 'title'),
    ...described(node.description),
    metadata: metaOf({ due_on: node.due_on }),
    state: node.state === 'closed' ? 'ARCHIVED' : 'PRESENT',
  };
}

function user(node: Json): ReferenceItem {
  const login = readString(node.login, 'login');
  return { value: login, label: login, metadata: metaOf({ id: node.id, type: node.type }), state: 'PRESENT' };
}

function workflow(node: Json): ReferenceItem {
  return {
    value: readId(node.id, 'id'),
    label: readString(node.name, 'name'),
    ...described(node.path),
    state: node.state === 'active' ? 'PRESENT' : 'ARCHIVED',
  };
}

/** An issue or pull request; a closed one is still there. */
function numbered(node: Json): ReferenceItem {
  const number = readId(node.number, 'number');
  return {
    value: number,
    label: `#${number} ${readString(node.title, 'title')}`,
    metadata: metaOf({ state: node.state }),
    state: 'PRESENT',
  };
}
