import { ADDS, READS, SETS } from '../kit/effects.ts';
import { field, input, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';
import { slice } from './slice.ts';

const id = (what: string) => text(`${what} id`, 64);
/** What people read about fields that several actions have. */
const paging = { first: 'Objects at most', after: '`endCursor` of the page before' };
const pageInfo = output(['hasNextPage'], {
  hasNextPage: field('boolean', 'Whether there are more'),
  endCursor: field(['string', 'null'], 'Cursor of the next page'),
});
const list = (description: string, node: ReturnType<typeof output>) =>
  output(['nodes', 'pageInfo'], { nodes: field('array', description, { items: node }), pageInfo });

const team = { field: 'team_id', type: 'linear.team' } as const;
const teamKey = { team: 'team_id' } as const;
const ofIssue = [
  { field: 'project_id', type: 'linear.project', dependsOn: teamKey },
  { field: 'state_id', type: 'linear.workflow_state', dependsOn: teamKey },
  { field: 'cycle_id', type: 'linear.cycle', dependsOn: teamKey },
  { field: 'label_ids', type: 'linear.issue_label', dependsOn: teamKey },
  { field: 'assignee_id', type: 'linear.user' },
] as const;

const words = {
  title: 'Title',
  description: 'Text in Markdown',
  priority: '0 none, 1 urgent, 2 high, 3 medium, 4 low',
  estimate: 'Estimate on the team’s scale',
  due_date: 'Day it is due',
  project_id: 'Project id',
  state_id: 'Workflow state id',
  cycle_id: 'Cycle id',
  label_ids: 'Ids of all its labels',
  assignee_id: 'Id of who does it',
  parent_id: 'Id of the issue above',
};

const issue = slice.object('issue');
const oneIssue = output(['success', 'issue'], { success: field('boolean', 'Whether Linear did it'), issue });

const reading = { runtimeState: 'ACTIVE', risk: 'LOW', annotations: READS, scopes: ['read'] } as const;
const writing = { runtimeState: 'ACTIVE', risk: 'MEDIUM', scopes: ['write'] } as const;

export const actions: readonly Action[] = [
  {
    ...writing,
    name: 'linear.issue.create',
    title: 'Create an issue',
    description: 'Creates an issue in a team.',
    annotations: ADDS,
    inputSchema: input(['team_id', 'title'], slice.fields('issue.create', { team_id: 'Team id', ...words })),
    outputSchema: oneIssue,
    references: [team, ...ofIssue, { field: 'parent_id', type: 'linear.issue', dependsOn: teamKey }],
  },
  {
    ...writing,
    name: 'linear.issue.update',
    title: 'Update an issue',
    description: 'Changes the given fields of an issue and leaves the others.',
    annotations: SETS,
    inputSchema: {
      ...input(['issue_id'], {
        issue_id: id('Issue'),
        ...slice.fields('issue.update', { team_id: 'Id of the team to move it to', ...words }),
      }),
      minProperties: 2,
    },
    outputSchema: oneIssue,
    references: [
      { field: 'issue_id', type: 'linear.issue' },
      team,
      ...ofIssue,
      { field: 'parent_id', type: 'linear.issue', dependsOn: teamKey },
    ],
  },
  {
    ...reading,
    name: 'linear.issue.get',
    title: 'Get an issue',
    description: 'Reads an issue by its id or its identifier.',
    inputSchema: input(['issue_id'], { issue_id: id('Issue') }),
    outputSchema: issue,
    references: [{ field: 'issue_id', type: 'linear.issue' }],
  },
  {
    ...reading,
    name: 'linear.issue.search',
    title: 'Search issues',
    description: 'Finds issues by words, and by team where one is given.',
    inputSchema: input(['term'], {
      ...slice.fields('issue.search', {
        term: 'Words to look for',
        team_id: 'Team id',
        include_archived: 'Archived ones too',
        ...paging,
      }),
    }),
    outputSchema: list('Issues, best first', issue),
    references: [team],
  },
  {
    ...writing,
    name: 'linear.issue.add_comment',
    title: 'Comment on an issue',
    description: 'Adds a comment to an issue, or an answer to a comment.',
    annotations: ADDS,
    inputSchema: input(['issue_id', 'body'], {
      ...slice.fields('issue.add_comment', {
        issue_id: 'Issue id',
        body: 'Text in Markdown',
        parent_id: 'Id of the comment it answers',
      }),
    }),
    outputSchema: output(['success', 'comment'], {
      success: field('boolean', 'Whether Linear did it'),
      comment: slice.object('comment'),
    }),
    references: [{ field: 'issue_id', type: 'linear.issue' }],
  },
  {
    ...reading,
    name: 'linear.team.list',
    title: 'List teams',
    description: 'Reads the teams of the workspace.',
    inputSchema: input([], slice.fields('team.list', paging)),
    outputSchema: list('Teams', slice.object('team')),
    references: [],
  },
  {
    ...reading,
    name: 'linear.project.search',
    title: 'Search projects',
    description: 'Finds projects by words.',
    inputSchema: input(
      ['term'],
      slice.fields('project.search', { term: 'Words to look for', team_id: 'Team id', ...paging }),
    ),
    outputSchema: list('Projects, best first', slice.object('project')),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.user.search',
    title: 'Search users',
    description: 'Finds members of the workspace by name or e-mail.',
    inputSchema: input(['term'], {
      term: text('Part of a name or an e-mail', 254),
      ...slice.fields('user.search', paging),
    }),
    outputSchema: list('Users', slice.object('user')),
    references: [],
  },
  {
    ...reading,
    name: 'linear.issue_label.search',
    title: 'Search labels',
    description: 'Finds labels by name.',
    inputSchema: input(['term'], {
      term: text('Part of the name', 128),
      team_id: id('Team'),
      ...slice.fields('issue_label.search', paging),
    }),
    outputSchema: list('Labels', slice.object('issue_label')),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.workflow_state.list',
    title: 'List workflow states',
    description: 'Reads the workflow states, of one team or of all.',
    inputSchema: input([], { team_id: id('Team'), ...slice.fields('workflow_state.list', paging) }),
    outputSchema: list('Workflow states', slice.object('workflow_state')),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.cycle.list',
    title: 'List cycles',
    description: 'Reads the cycles, of one team or of all.',
    inputSchema: input([], { team_id: id('Team'), ...slice.fields('cycle.list', paging) }),
    outputSchema: list('Cycles', slice.object('cycle')),
    references: [team],
  },
];
