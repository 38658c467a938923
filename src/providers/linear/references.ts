import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { graphql, relayPage } from '../kit/relay.ts';
import type {
  ProviderCall,
  ReferenceItem,
  ReferenceQuery,
  ReferenceTouch,
  ReferenceType,
  ReferenceValues,
} from '../provider.ts';

/** One kind of object as GraphQL names it, at the root and under a team. */
type Kind = {
  readonly root: string;
  /** Name of the connection in a team; absent: not listed by team. */
  readonly inTeam?: string;
  /** The filter's input type. */
  readonly filter: string;
  readonly fields: string;
  /** Fields beyond those that show whether it was put away. */
  readonly resolveFields?: string;
  /** Argument that brings back what lists leave out. */
  readonly includeGone?: string;
  readonly item: (node: Json) => ReferenceItem;
};

/** Linear gives 250 at most. */
const MAX_PAGE = 250;

const kinds = {
  team: {
    root: 'teams',
    filter: 'TeamFilter',
    fields: 'id key name',
    item: node => ({ ...named(node), description: readString(node.key, 'key') }),
  },
  project: { root: 'projects', inTeam: 'projects', filter: 'ProjectFilter', fields: 'id name state', item: named },
  issue: {
    root: 'issues',
    inTeam: 'issues',
    filter: 'IssueFilter',
    fields: 'id identifier title team { id }',
    item: node => ({
      ...plain(node, `${readString(node.identifier, 'identifier')} ${readString(node.title, 'title')}`),
      ...teamOf(node),
    }),
  },
  user: {
    root: 'users',
    filter: 'UserFilter',
    fields: 'id name displayName active',
    includeGone: 'includeDisabled: true',
    item: node => ({
      ...plain(node, readString(node.name, 'name')),
      description: `@${readString(node.displayName, 'displayName')}`,
      ...(node.active === false ? { state: 'ARCHIVED' } : {}),
    }),
  },
  workflowState: {
    root: 'workflowStates',
    inTeam: 'states',
    filter: 'WorkflowStateFilter',
    fields: 'id name type team { id }',
    item: node => ({ ...named(node), description: readString(node.type, 'type'), ...teamOf(node) }),
  },
  issueLabel: {
    root: 'issueLabels',
    inTeam: 'labels',
    filter: 'IssueLabelFilter',
    fields: 'id name color team { id }',
    item: node => ({ ...named(node), metadata: { color: readString(node.color, 'color') }, ...teamOf(node) }),
  },
  cycle: {
    root: 'cycles',
    inTeam: 'cycles',
    filter: 'CycleFilter',
    fields: 'id number name startsAt endsAt team { id }',
    item: node => ({
      ...plain(node, optionalString(node.name) ?? `Cycle ${Number(node.number)}`),
      metadata: { starts_at: optionalString(node.startsAt) ?? '', ends_at: optionalString(node.endsAt) ?? '' },
      ...teamOf(node),
    }),
  },
} as const satisfies Record<string, Kind>;

const scopes = ['read'];
const byTeam = [{ key: 'team', type: 'linear.team', required: false }];
const local = { runtimeState: 'ACTIVE', scopes, source: 'PROVIDER', search: 'LOCAL' } as const;

export const references: readonly ReferenceType[] = [
  {
    ...local,
    name: 'linear.team',
    title: 'Team',
    description: 'A team the credential can see.',
    dependsOn: [],
    ...lookups(kinds.team),
  },
  {
    ...local,
    name: 'linear.project',
    title: 'Project',
    description: 'A project, of one team or of all.',
    dependsOn: byTeam,
    ...lookups(kinds.project),
    touchedBy: touch('project', kinds.project),
  },
  {
    ...local,
    search: 'PROVIDER',
    name: 'linear.issue',
    title: 'Issue',
    description: 'An issue, by words of its title or its number.',
    dependsOn: byTeam,
    ...lookups(kinds.issue, issueFilter),
    touchedBy: touch('issue'),
    valueOfUrl: url => /\/issue\/([A-Za-z0-9]+-\d+)/.exec(url.pathname)?.[1],
  },
  {
    ...local,
    name: 'linear.user',
    title: 'User',
    description: 'A member of the workspace.',
    dependsOn: [],
    ...lookups(kinds.user),
  },
  {
    ...local,
    name: 'linear.workflow_state',
    title: 'Workflow state',
    description: 'A state of a team’s workflow.',
    dependsOn: byTeam,
    ...lookups(kinds.workflowState),
  },
  {
    ...local,
    name: 'linear.issue_label',
    title: 'Label',
    description: 'A label of a team or of the workspace.',
    dependsOn: byTeam,
    ...lookups(kinds.issueLabel),
    touchedBy: touch('issue_label', kinds.issueLabel),
  },
  {
    ...local,
    name: 'linear.cycle',
    title: 'Cycle',
    description: 'A cycle of a team.',
    dependsOn: byTeam,
    ...lookups(kinds.cycle),
    touchedBy: touch('cycle', kinds.cycle),
  },
];

function lookups(kind: Kind, filterOf?: (q: string) => Json | undefined) {
  return {
    list: async (call: ProviderCall, query: ReferenceQuery) => {
      const team = kind.inTeam === undefined ? undefined : query.dependsOn.team;
      const filter = query.q === '' ? undefined : filterOf?.(query.q);
      const variables = {
        first: Math.min(Math.max(query.pageSize, 1), MAX_PAGE),
        after: query.cursor,
        ...(team === undefined ? {} : { team }),
        ...(filter === undefined ? {} : { filter }),
      };
      const path = team === undefined ? [kind.root] : ['team', kind.inTeam!];
      const data = await graphql(call, url(call), listQuery(kind, team !== undefined, filter !== undefined), variables);
      const page = relayPage(data, path, kind.item);
      return team === undefined ? page : { ...page, items: page.items.map(item => ({ ...item, parent: team })) };
    },
    /** By filter, in one call: asked for by id, one absent object would fail all. */
    resolve: async (call: ProviderCall, { values }: ReferenceValues) => {
      const gone = ['includeArchived: true', ...(kind.includeGone === undefined ? [] : [kind.includeGone])].join(', ');
      const query =
        `query Resolve($first: Int, $filter: ${kind.filter}) { ${kind.root}(first: $first, filter: $filter, ${gone})` +
        ` { nodes { ${kind.fields} archivedAt } } }`;
      const ids = values.filter(value => UUID.test(value));
      if (ids.length === 0) return [];
      const filter = { id: { in: ids } };
      const data = await graphql(call, url(call), query, { first: MAX_PAGE, filter });
      return relayPage(data, [kind.root], kind.item).items;
    },
  };
}

/** A change of an object of the kind. Absent `kind`: only that it changed is told. */
function touch(object: string, kind?: Kind) {
  return ({
    eventType,
    payload,
  }: {
    readonly eventType: string;
    readonly payload: Json;
  }): readonly ReferenceTouch[] => {
    const [, verb] = eventType.split(`linear.${object}.`);
    if (verb === undefined || !isObject(payload.data)) return [];
    const value = readString(payload.data.id, 'data.id');
    const teamIds = Array.isArray(payload.data.teamIds) ? payload.data.teamIds : [payload.data.teamId];
    const teams = teamIds.filter(id => typeof id === 'string' && id !== '').map(team => ({ team: String(team) }));
    const lists = [{}, ...teams];
    if (verb === 'removed') return [{ value, lists, state: 'NOT_FOUND' }];
    if (kind === undefined) return [{ value, lists }];
    const { label, state } = kind.item(payload.data);
    return [{ value, lists, label, state }];
  };
}

/** Linear refuses the whole filter for one value that is not a UUID. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function listQuery(kind: Kind, inTeam: boolean, filtered: boolean): string {
  const declared = `$first: Int, $after: String${filtered ? `, $filter: ${kind.filter}` : ''}`;
  const given = `first: $first, after: $after${filtered ? ', filter: $filter' : ''}`;
  const page = `(${given}) { nodes { ${kind.fields} } pageInfo { hasNextPage endCursor } }`;
  return inTeam
    ? `query List($team: String!, ${declared}) { team(id: $team) { ${kind.inTeam}${page} } }`
    : `query List(${declared}) { ${kind.root}${page} }`;
}

/** Words of the title; `12` and `ENG-12` by number too. */
function issueFilter(q: string): Json {
  const title = { title: { containsIgnoreCase: q } };
  const number = /^(?:[A-Za-z][A-Za-z0-9]*-)?(\d{1,9})$/.exec(q.trim())?.[1];
  return number === undefined ? title : { or: [title, { number: { eq: Number(number) } }] };
}

function url(call: ProviderCall): string {
  return `${call.endpoints.api}/graphql`;
}

function plain(node: Json, label: string): ReferenceItem {
  const state = optionalString(node.archivedAt) === undefined ? 'PRESENT' : 'ARCHIVED';
  return { value: readString(node.id, 'id'), label, state };
}

function named(node: Json): ReferenceItem {
  return plain(node, readString(node.name, 'name'));
}

function teamOf(node: Json): { readonly parent?: string } {
  if (!isObject(node.team)) return {};
  return { parent: readString(readObject(node.team, 'team').id, 'team.id') };
}
