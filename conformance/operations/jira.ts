import type { createCloudClient } from 'jira.js/cloud';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of jira.js for the platform’s API, version 3. */
export type Operation = Methods<ReturnType<typeof createCloudClient>>;

export const operations = {
  'issue.create': 'issues.createIssue',
  'issue.get': 'issues.getIssue',
  'issue.update': 'issues.editIssue',
  'issue.delete': 'issues.deleteIssue',
  'issue.search': 'issueSearch.searchAndReconsileIssuesUsingJql',
  'issue.transition': 'issues.doTransition',
  'issue.list_transitions': 'issues.getTransitions',
  'issue.assign': 'issues.assignIssue',
  'issue.add_comment': 'issueComments.addComment',
  'issue.list_comments': 'issueComments.getComments',
  'issue.link': 'issueLinks.linkIssues',
  'project.list': 'projects.searchProjects',
  'project.get': 'projects.getProject',
  'user.search': 'userSearch.findUsers',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'issues.shout' satisfies Operation;
