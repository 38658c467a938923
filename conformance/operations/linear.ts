import type { LinearDocument } from '@linear/sdk';
import type { Entries } from './entry.ts';

/** Queries and mutations of the GraphQL schema. */
export type Operation = Exclude<keyof LinearDocument.Query | keyof LinearDocument.Mutation, '__typename'>;

export const operations = {
  'issue.create': 'issueCreate',
  'issue.update': 'issueUpdate',
  'issue.get': 'issue',
  'issue.search': 'searchIssues',
  'issue.add_comment': 'commentCreate',
  'team.list': 'teams',
  'project.search': 'projects',
  'user.search': 'users',
  'issue_label.search': 'issueLabels',
  'workflow_state.list': 'workflowStates',
  'cycle.list': 'cycles',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'issueShout' satisfies Operation;
