import { ADDS, READS, SETS } from '../../kit/effects.ts';
import { field, input, listOf, output, text } from '../../kit/schema.ts';
import type { Action } from '../../provider.ts';
import { slice } from '../slice.ts';
import {
  assigneesReference,
  issueReference,
  itemsOf,
  labelsReference,
  milestoneReference,
  ofIssue,
  onIssue,
  paging,
  repository,
  repositoryReference,
} from './fields.ts';

const issue = slice.object('issue');
const comment = slice.object('comment');
const labels = output(['labels'], { labels: field('array', 'Labels', { items: slice.object('label') }) });
const active = { runtimeState: 'ACTIVE' } as const;
const writes = ['issues:write'] as const;
const issueReferences = [repositoryReference, issueReference] as const;
const detailReferences = [labelsReference, assigneesReference, milestoneReference] as const;

export const issueActions: readonly Action[] = [
  {
    ...active,
    name: 'github.issue.create',
    title: 'Create an issue',
    description: 'Opens an issue. Labels, assignees and milestone need write access to the repository.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: writes,
    references: [repositoryReference, ...detailReferences],
    inputSchema: input(['repository', 'title'], {
      repository,
      ...slice.fields('issue.create', { title: 'Title', ...ofIssue }),
    }),
    outputSchema: issue,
  },
  {
    ...active,
    name: 'github.issue.get',
    title: 'Get an issue',
    description: 'Reads one issue.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['issues:read'],
    references: issueReferences,
    inputSchema: input(['repository', 'issue_number'], { repository, ...slice.fields('issue.get', onIssue) }),
    outputSchema: issue,
  },
  {
    ...active,
    name: 'github.issue.list',
    title: 'List issues',
    description: 'Reads the issues of a repository, newest first. GitHub counts pull requests among them.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['issues:read'],
    references: [repositoryReference, labelsReference],
    inputSchema: input(['repository'], {
      repository,
      labels: listOf('Names of labels', text('Name of a label', 50), 100),
      ...slice.fields('issue.list', {
        state: 'Which ones',
        assignee: 'Login, `none`, or `*` for any',
        sort: 'Order by',
        direction: 'Order',
        since: 'Only those that changed since',
        ...paging,
      }),
    }),
    outputSchema: itemsOf(issue),
  },
  {
    ...active,
    name: 'github.issue.update',
    title: 'Update an issue',
    description: 'Changes what is given and leaves the rest. Labels and assignees given replace those before.',
    risk: 'MEDIUM',
    annotations: SETS,
    scopes: writes,
    references: [...issueReferences, ...detailReferences],
    inputSchema: {
      ...input(['repository', 'issue_number'], {
        repository,
        ...slice.fields('issue.update', { ...onIssue, title: 'Title', state: 'State', ...ofIssue }),
      }),
      minProperties: 3,
    },
    outputSchema: issue,
  },
  {
    ...active,
    name: 'github.issue.close',
    title: 'Close an issue',
    description: 'Closes an issue and says why.',
    risk: 'MEDIUM',
    annotations: SETS,
    scopes: writes,
    references: issueReferences,
    inputSchema: input(['repository', 'issue_number'], {
      repository,
      ...slice.fields('issue.close', { ...onIssue, state_reason: 'Why' }),
    }),
    outputSchema: issue,
  },
  {
    ...active,
    name: 'github.issue.create_comment',
    title: 'Comment on an issue',
    description: 'Adds a comment to an issue or to a pull request’s conversation.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: writes,
    references: issueReferences,
    inputSchema: input(['repository', 'issue_number', 'body'], {
      repository,
      ...slice.fields('issue.create_comment', { ...onIssue, body: ofIssue.body }),
    }),
    outputSchema: comment,
  },
  {
    ...active,
    name: 'github.issue.list_comments',
    title: 'List comments',
    description: 'Reads the comments on an issue or in a pull request’s conversation, oldest first.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['issues:read'],
    references: issueReferences,
    inputSchema: input(['repository', 'issue_number'], {
      repository,
      ...slice.fields('issue.list_comments', { ...onIssue, ...paging }),
    }),
    outputSchema: itemsOf(comment),
  },
  {
    ...active,
    name: 'github.issue.add_labels',
    title: 'Add labels',
    description: 'Adds labels to an issue or pull request and keeps those it has. Unknown ones are created.',
    risk: 'LOW',
    annotations: SETS,
    scopes: writes,
    references: [...issueReferences, labelsReference],
    inputSchema: input(['repository', 'issue_number', 'labels'], {
      repository,
      ...slice.fields('issue.add_labels', { ...onIssue, labels: ofIssue.labels }),
    }),
    outputSchema: labels,
  },
  {
    ...active,
    name: 'github.issue.remove_label',
    title: 'Remove a label',
    description: 'Takes one label off an issue or pull request.',
    risk: 'LOW',
    annotations: SETS,
    scopes: writes,
    references: [...issueReferences, { field: 'label', type: 'github.label', dependsOn: { repository: 'repository' } }],
    inputSchema: input(['repository', 'issue_number', 'label'], {
      repository,
      ...slice.fields('issue.remove_label', { ...onIssue, label: 'Name of the label' }),
    }),
    outputSchema: labels,
  },
  {
    ...active,
    name: 'github.issue.add_assignees',
    title: 'Assign an issue',
    description: 'Adds assignees and keeps those it has. GitHub passes over logins that may not be assigned.',
    risk: 'LOW',
    annotations: SETS,
    scopes: writes,
    references: [...issueReferences, assigneesReference],
    inputSchema: input(['repository', 'issue_number', 'assignees'], {
      repository,
      ...slice.fields('issue.add_assignees', { ...onIssue, assignees: ofIssue.assignees }),
    }),
    outputSchema: issue,
  },
];
