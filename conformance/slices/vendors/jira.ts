import type { Source, Vendor } from '../vendor.ts';
import { apache } from './directory.ts';

const api = apache('atlassian.com/jira.json', 'The Jira Cloud platform REST API, by Atlassian.');

/** Has the search that came after that description. */
const client: Source = {
  package: 'jira.js',
  version: '5.4.0',
  file: 'dist/esm/types/version3/models/index.d.ts',
  license: 'MIT',
  notice: { file: 'LICENSE' },
};

export const jira: Vendor = {
  provider: 'jira',
  inputs: [
    {
      from: api,
      // The fields of an issue are the site's own, and not described.
      wanted: {
        'issue.get': ['getIssue', 'issue=issueIdOrKey fields'],
        'issue.update': ['editIssue', 'issue=issueIdOrKey notify_users=notifyUsers'],
        'issue.delete': ['deleteIssue', 'issue=issueIdOrKey delete_subtasks=deleteSubtasks'],
        'issue.transition': ['doTransition', 'issue=issueIdOrKey transition=transition.id'],
        'issue.list_transitions': ['getTransitions', 'issue=issueIdOrKey'],
        'issue.assign': ['assignIssue', 'issue=issueIdOrKey assignee=accountId'],
        'issue.add_comment': ['addComment', 'issue=issueIdOrKey'],
        'issue.list_comments': [
          'getComments',
          'issue=issueIdOrKey start_at=startAt max_results=maxResults order=orderBy',
        ],
        'issue.link': ['linkIssues', 'type=type.name inward_issue=inwardIssue.key outward_issue=outwardIssue.key'],
        'project.list': ['searchProjects', 'query start_at=startAt max_results=maxResults'],
        'project.get': ['getProject', 'project=projectIdOrKey'],
        'user.search': ['findUsers', 'query start_at=startAt max_results=maxResults'],
      },
      limits: {
        assignee: { maxLength: 128 },
        // One of two texts there.
        delete_subtasks: { type: 'boolean' },
        fields: { items: { maxLength: 64 } },
        inward_issue: { maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' },
        issue: { maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' },
        max_results: { minimum: 1, maximum: 100 },
        order: { enum: ['created', '-created'] },
        outward_issue: { maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' },
        project: { maxLength: 64, pattern: '^[A-Za-z0-9_]+$' },
        query: { maxLength: 200 },
        start_at: { minimum: 0, maximum: 1_000_000 },
        transition: { maxLength: 32 },
        type: { maxLength: 64 },
      },
    },
    {
      from: client,
      wanted: {
        'issue.search': ['EnhancedSearchRequest', 'jql fields max_results=maxResults next_page_token=nextPageToken'],
      },
      limits: {
        fields: { items: { maxLength: 64 } },
        jql: { maxLength: 10_000 },
        max_results: { type: 'integer', minimum: 1, maximum: 100 },
        next_page_token: { maxLength: 4_096 },
      },
    },
  ],
  objects: [
    {
      from: api,
      rules: { omit: /^(avatarUrls|expand|groups|applicationRoles|properties|self)$/ },
      wanted: {
        created: ['createIssue', 'id key'],
        issue: ['getIssue', 'id key fields'],
        transition: ['getTransitions:transitions.[]', 'id name to isAvailable hasScreen'],
        comment: ['getComments:comments.[]', 'id author body created updateAuthor updated'],
        project: ['searchProjects:values.[]', 'id key name description projectTypeKey archived lead'],
        user: ['findUsers:[]', 'accountId accountType displayName emailAddress active timeZone'],
      },
    },
  ],
};
