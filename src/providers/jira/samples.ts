import type { EventSample } from '../provider.ts';

const site = 'https://acme.atlassian.net/rest/api/2';
const user = { accountId: '5b10a2844c20165700ede21g', displayName: 'Ada' };
const issue = {
  id: '10001',
  self: `${site}/issue/10001`,
  key: 'WEB-12',
  fields: {
    summary: 'The checkout is slow',
    description: 'It takes ten seconds.',
    status: { id: '1', name: 'To Do' },
    issuetype: { id: '10004', name: 'Bug' },
    priority: { id: '2', name: 'High' },
    project: { id: '10000', key: 'WEB' },
    assignee: null,
    reporter: user,
    labels: [],
  },
};
const known = { issue: 'WEB-12', project: 'WEB', user: user.accountId };

export const samples: readonly EventSample[] = [
  {
    eventType: 'jira.issue.created',
    variant: 'default',
    name: 'Issue created',
    description: 'Somebody created an issue.',
    payload: { timestamp: 1_770_000_000_000, webhookEvent: 'jira:issue_created', issue, user },
    meta: { ...known },
  },
  {
    eventType: 'jira.issue.updated',
    variant: 'status',
    name: 'Issue moved',
    description: 'An issue changed its status.',
    payload: {
      timestamp: 1_770_000_060_000,
      webhookEvent: 'jira:issue_updated',
      issue_event_type_name: 'issue_generic',
      issue: { ...issue, fields: { ...issue.fields, status: { id: '3', name: 'In Progress' } } },
      user,
      changelog: { id: '10124', items: [{ field: 'status', fromString: 'To Do', toString: 'In Progress' }] },
    },
    meta: { ...known, reason: 'issue_generic' },
  },
  {
    eventType: 'jira.comment.created',
    variant: 'default',
    name: 'Comment on an issue',
    description: 'Somebody commented on an issue.',
    payload: {
      timestamp: 1_770_000_120_000,
      webhookEvent: 'comment_created',
      comment: {
        id: '10200',
        self: `${site}/issue/10001/comment/10200`,
        body: 'I can see it too.',
        author: user,
        updated: '2026-02-02T02:42:00.000+0000',
      },
      issue,
    },
    meta: { issue: 'WEB-12', project: 'WEB' },
  },
];
