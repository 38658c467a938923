import { done } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, input, listOf, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';
import { slice } from './slice.ts';

const active = { runtimeState: 'ACTIVE' } as const;
const reads = { risk: 'LOW', annotations: READS, scopes: ['read:jira-work'] } as const;
const writes = { risk: 'MEDIUM', scopes: ['write:jira-work'] } as const;

/** What people read about fields that several actions have. */
const onIssue = { issue: 'Id or key of the issue' };
const paging = { start_at: 'How many to pass over', max_results: 'Items at most' };
const projectId = text('Id or key of the project', 64, { pattern: '^[A-Za-z0-9_]+$' });
const summary = text('Title, in one line', 255, { pattern: '^[^\\r\\n]*$' });
const plainText = text('Plain text; an empty line begins a paragraph', 32_767);
const accountId = text('Account id', 128);
const labels = listOf('Labels, without blanks', text('Label', 255, { pattern: '^\\S+$' }), 100);
const priority = text('Name of the priority', 64);
const customFields = {
  type: 'object',
  description: 'Other fields by id, for example customfield_10010, as Jira’s API takes them',
  maxProperties: 100,
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' },
} as const;

const issueReference = { field: 'issue', type: 'jira.issue' } as const;
const projectReference = { field: 'project', type: 'jira.project' } as const;
const issueTypeReference = { field: 'issue_type', type: 'jira.issue_type', dependsOn: { project: 'project' } } as const;
const assigneeReference = { field: 'assignee', type: 'jira.user' } as const;

const issue = slice.object('issue');

export const actions: readonly Action[] = [
  {
    ...active,
    ...writes,
    name: 'jira.issue.create',
    title: 'Create an issue',
    description: 'Creates an issue in a project.',
    annotations: ADDS,
    references: [projectReference, issueTypeReference, assigneeReference],
    inputSchema: input(['project', 'issue_type', 'summary'], {
      project: projectId,
      issue_type: text('Id of the issue type', 32),
      summary,
      description: plainText,
      assignee: accountId,
      priority,
      labels,
      parent: text('Id or key of the parent, for subtasks', 64),
      fields: customFields,
    }),
    outputSchema: slice.object('created'),
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.get',
    title: 'Get an issue',
    description: 'Reads one issue.',
    references: [issueReference],
    inputSchema: input(['issue'], slice.fields('issue.get', { ...onIssue, fields: 'Ids of the fields to read' })),
    outputSchema: issue,
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.update',
    title: 'Update an issue',
    description: 'Changes the fields that are given and leaves the rest.',
    annotations: SETS,
    references: [issueReference, assigneeReference],
    inputSchema: {
      ...input(['issue'], {
        ...slice.fields('issue.update', { ...onIssue, notify_users: 'Tell watchers by e-mail' }),
        summary,
        description: plainText,
        assignee: accountId,
        priority,
        labels,
        fields: customFields,
      }),
      minProperties: 2,
    },
    outputSchema: done,
  },
  {
    ...active,
    name: 'jira.issue.delete',
    title: 'Delete an issue',
    description: 'Deletes an issue for good; with subtasks only if told so.',
    risk: 'HIGH',
    annotations: REMOVES,
    scopes: ['write:jira-work'],
    references: [issueReference],
    inputSchema: input(['issue'], {
      ...slice.fields('issue.delete', { ...onIssue, delete_subtasks: 'Delete its subtasks too' }),
    }),
    outputSchema: done,
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.search',
    title: 'Search issues',
    description: 'Finds issues by JQL, a page at a time.',
    references: [],
    inputSchema: input(
      ['jql'],
      slice.fields('issue.search', {
        jql: 'JQL with at least one bound',
        fields: 'Ids of the fields to read',
        max_results: 'Items at most',
        next_page_token: 'Token of the page before',
      }),
    ),
    outputSchema: output(['issues'], {
      issues: field('array', 'Issues', { items: issue }),
      nextPageToken: field('string', 'Token of the next page, absent at the end'),
    }),
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.transition',
    title: 'Move an issue',
    description: 'Takes a step of the workflow, which gives the issue another status.',
    annotations: ADDS,
    references: [issueReference, { field: 'transition', type: 'jira.transition', dependsOn: { issue: 'issue' } }],
    inputSchema: input(['issue', 'transition'], {
      ...slice.fields('issue.transition', { ...onIssue, transition: 'Id of the transition' }),
      comment: plainText,
      resolution: text('Name of the resolution', 64),
    }),
    outputSchema: done,
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.list_transitions',
    title: 'List transitions',
    description: 'Reads which steps the workflow offers for an issue now.',
    references: [issueReference],
    inputSchema: input(['issue'], slice.fields('issue.list_transitions', onIssue)),
    outputSchema: output(['transitions'], {
      transitions: field('array', 'Transitions', { items: slice.object('transition') }),
    }),
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.assign',
    title: 'Assign an issue',
    description: 'Gives an issue to somebody; without `assignee`, to nobody.',
    annotations: SETS,
    references: [issueReference, assigneeReference],
    inputSchema: input(['issue'], slice.fields('issue.assign', { ...onIssue, assignee: 'Account id' })),
    outputSchema: done,
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.add_comment',
    title: 'Comment on an issue',
    description: 'Adds a comment to an issue.',
    annotations: ADDS,
    references: [issueReference],
    inputSchema: input(['issue', 'body'], { ...slice.fields('issue.add_comment', onIssue), body: plainText }),
    outputSchema: slice.object('comment'),
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.list_comments',
    title: 'List comments',
    description: 'Reads the comments on an issue.',
    references: [issueReference],
    inputSchema: input(['issue'], {
      ...slice.fields('issue.list_comments', { ...onIssue, ...paging, order: 'Order' }),
    }),
    outputSchema: output(['comments', 'total'], {
      comments: field('array', 'Comments', { items: slice.object('comment') }),
      total: field('integer', 'How many there are'),
    }),
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.link',
    title: 'Link two issues',
    description: 'Links two issues, for example one that blocks the other.',
    annotations: ADDS,
    references: [
      { field: 'inward_issue', type: 'jira.issue' },
      { field: 'outward_issue', type: 'jira.issue' },
    ],
    inputSchema: input(['type', 'inward_issue', 'outward_issue'], {
      ...slice.fields('issue.link', {
        type: 'Name of the link type, for example Blocks',
        inward_issue: 'Key of the issue it is said of, for example the one that is blocked',
        outward_issue: 'Key of the other issue',
      }),
    }),
    outputSchema: done,
  },
  {
    ...active,
    ...reads,
    name: 'jira.project.list',
    title: 'List projects',
    description: 'Reads the projects of the site.',
    references: [],
    inputSchema: input([], slice.fields('project.list', { query: 'Words of name or key', ...paging })),
    outputSchema: output(['values'], {
      values: field('array', 'Projects', { items: slice.object('project') }),
      isLast: field('boolean', 'Whether that was all'),
    }),
  },
  {
    ...active,
    ...reads,
    name: 'jira.project.get',
    title: 'Get a project',
    description: 'Reads one project.',
    references: [projectReference],
    inputSchema: input(['project'], slice.fields('project.get', { project: 'Id or key of the project' })),
    outputSchema: slice.object('project'),
  },
  {
    ...active,
    name: 'jira.user.search',
    title: 'Search users',
    description: 'Finds people of the site by name or e-mail address.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['read:jira-user'],
    references: [],
    inputSchema: input(['query'], {
      ...slice.fields('user.search', { query: 'Words of name or e-mail address', ...paging }),
    }),
    outputSchema: output(['users'], {
      users: field('array', 'Users', { items: slice.object('user') }),
    }),
  },
];
