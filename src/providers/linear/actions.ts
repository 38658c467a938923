import { ADDS, READS, SETS } from '../kit/effects.ts';
import { field, flag, input, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 64);
const page = {
  first: integer('Objects at most', 1, 250),
  after: text('`endCursor` of the page before', 512),
};
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

const issueFields = {
  title: text('Title', 512),
  description: text('Text in Markdown', 100_000),
  priority: integer('0 none, 1 urgent, 2 high, 3 medium, 4 low', 0, 4),
  estimate: integer('Estimate on the team’s scale', 0, 1_000),
  due_date: text('Day it is due', 10, { format: 'date' }),
  project_id: id('Project'),
  state_id: id('Workflow state'),
  cycle_id: id('Cycle'),
  label_ids: listOf('Labels, all of them', id('Label'), 50),
  assignee_id: id('User'),
  parent_id: id('Parent issue'),
};

const issue = output(['id', 'identifier'], {
  id: field('string', 'Issue id'),
  identifier: field('string', 'For people, for example ENG-12'),
  title: field('string', 'Title'),
  description: field(['string', 'null'], 'Text in Markdown'),
  url: field('string', 'Page of the issue'),
  priority: field('number', '0 none, 1 urgent to 4 low'),
  state: field('object', 'Workflow state: id, name, type'),
  team: field('object', 'Team: id, key, name'),
  assignee: field(['object', 'null'], 'Assignee: id, name'),
  updatedAt: field('string', 'When it last changed'),
});
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
    inputSchema: input(['team_id', 'title'], { team_id: id('Team'), ...issueFields }),
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
      ...input(['issue_id'], { issue_id: id('Issue'), team_id: id('Team, to move it there:'), ...issueFields }),
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
      term: text('Words to look for', 512),
      team_id: id('Team'),
      include_archived: flag('Archived ones too'),
      ...page,
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
      issue_id: id('Issue'),
      body: text('Text in Markdown', 100_000),
      parent_id: id('Comment it answers:'),
    }),
    outputSchema: output(['success', 'comment'], {
      success: field('boolean', 'Whether Linear did it'),
      comment: output(['id'], {
        id: field('string', 'Comment id'),
        body: field('string', 'Text in Markdown'),
        url: field('string', 'Page of the comment'),
      }),
    }),
    references: [{ field: 'issue_id', type: 'linear.issue' }],
  },
  {
    ...reading,
    name: 'linear.team.list',
    title: 'List teams',
    description: 'Reads the teams of the workspace.',
    inputSchema: input([], page),
    outputSchema: list(
      'Teams',
      output(['id', 'key', 'name'], {
        id: field('string', 'Team id'),
        key: field('string', 'Prefix of its issues'),
        name: field('string', 'Name'),
      }),
    ),
    references: [],
  },
  {
    ...reading,
    name: 'linear.project.search',
    title: 'Search projects',
    description: 'Finds projects by words.',
    inputSchema: input(['term'], { term: text('Words to look for', 512), team_id: id('Team'), ...page }),
    outputSchema: list(
      'Projects, best first',
      output(['id', 'name'], {
        id: field('string', 'Project id'),
        name: field('string', 'Name'),
        state: field('string', 'State'),
        url: field('string', 'Page of the project'),
      }),
    ),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.user.search',
    title: 'Search users',
    description: 'Finds members of the workspace by name or e-mail.',
    inputSchema: input(['term'], { term: text('Part of a name or an e-mail', 254), ...page }),
    outputSchema: list(
      'Users',
      output(['id', 'name'], {
        id: field('string', 'User id'),
        name: field('string', 'Full name'),
        displayName: field('string', 'Handle'),
        email: field('string', 'E-mail address'),
        active: field('boolean', 'Whether the account is on'),
      }),
    ),
    references: [],
  },
  {
    ...reading,
    name: 'linear.issue_label.search',
    title: 'Search labels',
    description: 'Finds labels by name.',
    inputSchema: input(['term'], { term: text('Part of the name', 128), team_id: id('Team'), ...page }),
    outputSchema: list(
      'Labels',
      output(['id', 'name'], {
        id: field('string', 'Label id'),
        name: field('string', 'Name'),
        color: field('string', 'Colour as #rrggbb'),
      }),
    ),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.workflow_state.list',
    title: 'List workflow states',
    description: 'Reads the workflow states, of one team or of all.',
    inputSchema: input([], { team_id: id('Team'), ...page }),
    outputSchema: list(
      'Workflow states',
      output(['id', 'name', 'type'], {
        id: field('string', 'Workflow state id'),
        name: field('string', 'Name'),
        type: field('string', 'triage, backlog, unstarted, started, completed or canceled'),
      }),
    ),
    references: [team],
  },
  {
    ...reading,
    name: 'linear.cycle.list',
    title: 'List cycles',
    description: 'Reads the cycles, of one team or of all.',
    inputSchema: input([], { team_id: id('Team'), ...page }),
    outputSchema: list(
      'Cycles',
      output(['id', 'number'], {
        id: field('string', 'Cycle id'),
        number: field('number', 'Number in its team'),
        name: field(['string', 'null'], 'Name'),
        startsAt: field('string', 'Start'),
        endsAt: field('string', 'End'),
      }),
    ),
    references: [team],
  },
];
