import type { EventSample } from '../provider.ts';

const ISSUE = '00000000-0000-4000-8000-000000000001';
const TEAM = '00000000-0000-4000-8000-000000000002';
const ACTOR = '00000000-0000-4000-8000-000000000003';
const COMMENT = '00000000-0000-4000-8000-000000000004';

const happening = {
  actor: { id: ACTOR, type: 'user', name: 'Ada' },
  organizationId: '00000000-0000-4000-8000-000000000009',
  createdAt: '2026-02-02T02:40:00.000Z',
  webhookTimestamp: 1_770_000_000_000,
  url: 'https://linear.app/acme/issue/ENG-12',
};
const issue = {
  id: ISSUE,
  identifier: 'ENG-12',
  title: 'The checkout is slow',
  description: 'It takes ten seconds.',
  priority: 2,
  teamId: TEAM,
  labelIds: [],
  assigneeId: null,
  projectId: null,
  createdAt: '2026-02-02T02:40:00.000Z',
  updatedAt: '2026-02-02T02:40:00.000Z',
};
const known = { identifier: 'ENG-12', team_id: TEAM, actor_id: ACTOR };

export const samples: readonly EventSample[] = [
  {
    eventType: 'linear.issue.created',
    variant: 'default',
    name: 'Issue created',
    description: 'Somebody created an issue.',
    payload: { ...happening, action: 'create', type: 'Issue', data: issue },
    meta: { object_id: ISSUE, ...known },
  },
  {
    eventType: 'linear.issue.updated',
    variant: 'assigned',
    name: 'Issue assigned',
    description: 'An issue was given to somebody.',
    payload: {
      ...happening,
      action: 'update',
      type: 'Issue',
      data: { ...issue, assigneeId: ACTOR, updatedAt: '2026-02-02T02:41:00.000Z' },
      updatedFrom: { assigneeId: null, updatedAt: issue.updatedAt },
    },
    meta: { object_id: ISSUE, ...known },
  },
  {
    eventType: 'linear.comment.created',
    variant: 'default',
    name: 'Comment on an issue',
    description: 'Somebody commented on an issue.',
    payload: {
      ...happening,
      action: 'create',
      type: 'Comment',
      data: { id: COMMENT, body: 'I can see it too.', issueId: ISSUE, updatedAt: '2026-02-02T02:42:00.000Z' },
    },
    meta: { object_id: COMMENT, issue_id: ISSUE, actor_id: ACTOR },
  },
];
