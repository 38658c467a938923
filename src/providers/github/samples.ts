import type { EventSample } from '../provider.ts';

const sender = { id: 1, login: 'ada', type: 'User' };
const owner = { id: 2, login: 'acme', type: 'Organization' };
const repository = {
  id: 3,
  node_id: 'R_sample',
  name: 'web',
  full_name: 'acme/web',
  private: true,
  owner,
  default_branch: 'main',
  html_url: 'https://github.com/acme/web',
};
const context = { repository, sender, organization: owner };
const issue = {
  id: 4,
  node_id: 'I_sample',
  number: 12,
  title: 'The checkout is slow',
  body: 'It takes ten seconds.',
  state: 'open',
  user: sender,
  labels: [],
  assignees: [],
  html_url: 'https://github.com/acme/web/issues/12',
  created_at: '2026-02-02T02:40:00Z',
  updated_at: '2026-02-02T02:40:00Z',
};
const known = { repository: 'acme/web', sender: 'ada' };

export const samples: readonly EventSample[] = [
  {
    eventType: 'github.issues.opened',
    variant: 'default',
    name: 'Issue opened',
    description: 'Somebody opened an issue.',
    payload: { action: 'opened', issue, ...context },
    meta: { action: 'opened', number: '12', ...known },
  },
  {
    eventType: 'github.issue_comment.created',
    variant: 'default',
    name: 'Comment on an issue',
    description: 'Somebody commented on an issue or a pull request.',
    payload: {
      action: 'created',
      issue,
      comment: {
        id: 5,
        node_id: 'IC_sample',
        body: 'I can see it too.',
        user: sender,
        html_url: 'https://github.com/acme/web/issues/12#issuecomment-5',
        created_at: '2026-02-02T02:45:00Z',
        updated_at: '2026-02-02T02:45:00Z',
      },
      ...context,
    },
    meta: { action: 'created', number: '12', ...known },
  },
  {
    eventType: 'github.pull_request.opened',
    variant: 'default',
    name: 'Pull request opened',
    description: 'Somebody opened a pull request.',
    payload: {
      action: 'opened',
      number: 13,
      pull_request: {
        id: 6,
        node_id: 'PR_sample',
        number: 13,
        title: 'Cache the prices',
        body: 'Fixes #12.',
        state: 'open',
        draft: false,
        merged: false,
        user: sender,
        head: { ref: 'cache-prices', sha: '1111111111111111111111111111111111111111' },
        base: { ref: 'main', sha: '2222222222222222222222222222222222222222' },
        html_url: 'https://github.com/acme/web/pull/13',
        created_at: '2026-02-02T02:50:00Z',
        updated_at: '2026-02-02T02:50:00Z',
      },
      ...context,
    },
    meta: { action: 'opened', number: '13', ...known },
  },
  {
    eventType: 'github.push',
    variant: 'default',
    name: 'Push to a branch',
    description: 'Somebody pushed a commit to main.',
    payload: {
      ref: 'refs/heads/main',
      before: '2222222222222222222222222222222222222222',
      after: '3333333333333333333333333333333333333333',
      base_ref: null,
      created: false,
      deleted: false,
      forced: false,
      compare: 'https://github.com/acme/web/compare/222222222222...333333333333',
      pusher: { name: 'ada', email: 'ada@example.com' },
      head_commit: {
        id: '3333333333333333333333333333333333333333',
        message: 'Cache the prices',
        timestamp: '2026-02-02T02:55:00Z',
      },
      commits: [],
      ...context,
    },
    meta: { ref: 'refs/heads/main', ...known },
  },
];
