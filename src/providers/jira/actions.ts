import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, input, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';

const active = { runtimeState: 'ACTIVE' } as const;
const reads = { risk: 'LOW', annotations: READS, scopes: ['read:jira-work'] } as const;
const writes = { risk: 'MEDIUM', scopes: ['write:jira-work'] } as const;

const issueId = text('Id or key of the issue', 64, { pattern: '^[A-Za-z0-9_-]+$' });
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
const startAt = integer('How many to pass over', 0, 1_000_000);
const pageSize = integer('Items at most', 1, 100);

const issueReference = { field: 'issue', type: 'jira.issue' } as const;
const projectReference = { field: 'project', type: 'jira.project' } as const;
const issueTypeReference = { field: 'issue_type', type: 'jira.issue_type', dependsOn: { project: 'project' } } as const;
const assigneeReference = { field: 'assignee', type: 'jira.user' } as const;

const id = field('string', 'Id in the site');
const key = field('string', 'Key, for example WEB-12');
const issue = output(['id', 'key'], {
  id,
  key,
  self: field('string', 'Address in the API'),
  fields: field('object', 'Fields of the issue'),
});
const nothing = output([], {});

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
    outputSchema: issue,
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.get',
    title: 'Get an issue',
    description: 'Reads one issue.',
    references: [issueReference],
    inputSchema: input(['issue'], { issue: issueId, fields: listOf('Fields to read', text('Id of a field', 64), 100) }),
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
        issue: issueId,
        summary,
        description: plainText,
        assignee: accountId,
        priority,
        labels,
        fields: customFields,
        notify_users: flag('Tell watchers by e-mail'),
      }),
      minProperties: 2,
    },
    outputSchema: nothing,
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
    inputSchema: input(['issue'], { issue: issueId, delete_subtasks: flag('Delete its subtasks too') }),
    outputSchema: nothing,
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.search',
    title: 'Search issues',
    description: 'Finds issues by JQL, a page at a time.',
    references: [],
    inputSchema: input(['jql'], {
      jql: text('JQL with at least one bound', 10_000),
      fields: listOf('Fields to read', text('Id of a field', 64), 100),
      max_results: pageSize,
      next_page_token: text('Token of the page before', 4_096),
    }),
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
      issue: issueId,
      transition: text('Id of the transition', 32),
      comment: plainText,
      resolution: text('Name of the resolution', 64),
    }),
    outputSchema: nothing,
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.list_transitions',
    title: 'List transitions',
    description: 'Reads which steps the workflow offers for an issue now.',
    references: [issueReference],
    inputSchema: input(['issue'], { issue: issueId }),
    outputSchema: output(['transitions'], {
      transitions: field('array', 'Transitions', {
        items: output(['id', 'name'], { id, name: field('string', 'Name'), to: field('object', 'Status it leads to') }),
      }),
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
    inputSchema: input(['issue'], { issue: issueId, assignee: accountId }),
    outputSchema: nothing,
  },
  {
    ...active,
    ...writes,
    name: 'jira.issue.add_comment',
    title: 'Comment on an issue',
    description: 'Adds a comment to an issue.',
    annotations: ADDS,
    references: [issueReference],
    inputSchema: input(['issue', 'body'], { issue: issueId, body: plainText }),
    outputSchema: output(['id'], { id, created: field('string', 'When it was created') }),
  },
  {
    ...active,
    ...reads,
    name: 'jira.issue.list_comments',
    title: 'List comments',
    description: 'Reads the comments on an issue.',
    references: [issueReference],
    inputSchema: input(['issue'], {
      issue: issueId,
      start_at: startAt,
      max_results: pageSize,
      order: choice('Order', ['created', '-created']),
    }),
    outputSchema: output(['comments', 'total'], {
      comments: field('array', 'Comments', {
        items: output(['id'], {
          id,
          author: field('object', 'Who wrote it'),
          body: field(['object', 'string'], 'Document'),
        }),
      }),
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
      type: text('Name of the link type, for example Blocks', 64),
      inward_issue: issueId,
      outward_issue: issueId,
    }),
    outputSchema: nothing,
  },
  {
    ...active,
    ...reads,
    name: 'jira.project.list',
    title: 'List projects',
    description: 'Reads the projects of the site.',
    references: [],
    inputSchema: input([], { query: text('Words of name or key', 200), start_at: startAt, max_results: pageSize }),
    outputSchema: output(['values'], {
      values: field('array', 'Projects', {
        items: output(['id', 'key', 'name'], { id, key: field('string', 'Key'), name: field('string', 'Name') }),
      }),
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
    inputSchema: input(['project'], { project: projectId }),
    outputSchema: output(['id', 'key'], { id, key: field('string', 'Key'), name: field('string', 'Name') }),
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
      query: text('Words of name or e-mail address', 200),
      start_at: startAt,
      max_results: pageSize,
    }),
    outputSchema: output(['users'], {
      users: field('array', 'Users', {
        items: output(['accountId'], {
          accountId: field('string', 'Account id'),
          displayName: field('string', 'Name'),
          active: field('boolean', 'Whether the account is on'),
        }),
      }),
    }),
  },
];
