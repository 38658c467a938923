import type { EventType } from '../provider.ts';
import { payloadOf } from './payloads.ts';

/** Event: the permission without which GitHub does not send it, what happened to whom, and how, by action. */
type Row = readonly [
  event: string,
  scope: string | undefined,
  subject: string,
  actions: Readonly<Record<string, string>>,
];

const CHANGED = { created: 'was created', edited: 'was edited', deleted: 'was deleted' } as const;
const LABELED = { labeled: 'got a label', unlabeled: 'lost a label' } as const;
const LOCKED = { locked: 'was locked', unlocked: 'was unlocked' } as const;
const PINNED = { pinned: 'was pinned', unpinned: 'was unpinned' } as const;
const ASSIGNED = { assigned: 'got an assignee', unassigned: 'lost an assignee' } as const;
const MILESTONED = { milestoned: 'was put into a milestone', demilestoned: 'was taken out of its milestone' } as const;
const TALK = {
  opened: 'was opened',
  edited: 'got another title or text',
  closed: 'was closed',
  reopened: 'was opened again',
  ...ASSIGNED,
  ...LABELED,
  ...MILESTONED,
  ...LOCKED,
} as const;

/** Action '' is an event without actions. Source: @octokit/webhooks-types 7.6.1. */
const ROWS: readonly Row[] = [
  ['push', 'contents:read', 'Commits', { '': 'were pushed, or a branch or tag was moved' }],
  [
    'pull_request',
    'pull_requests:read',
    'A pull request',
    {
      ...TALK,
      closed: 'was merged or closed',
      synchronize: 'got new commits',
      converted_to_draft: 'became a draft',
      ready_for_review: 'is no draft any more',
      review_requested: 'got a requested reviewer',
      review_request_removed: 'lost a requested reviewer',
      auto_merge_enabled: 'will be merged once it may',
      auto_merge_disabled: 'will not be merged by itself any more',
      enqueued: 'entered the merge queue',
      dequeued: 'left the merge queue',
    },
  ],
  [
    'pull_request_review',
    'pull_requests:read',
    'A review of a pull request',
    { submitted: 'was submitted', edited: 'was edited', dismissed: 'was dismissed' },
  ],
  ['pull_request_review_comment', 'pull_requests:read', 'A comment on a pull request’s diff', CHANGED],
  [
    'pull_request_review_thread',
    'pull_requests:read',
    'A thread on a pull request’s diff',
    { resolved: 'was resolved', unresolved: 'was reopened' },
  ],
  [
    'issues',
    'issues:read',
    'An issue',
    { ...TALK, ...PINNED, deleted: 'was deleted', transferred: 'was moved to another repository' },
  ],
  ['issue_comment', 'issues:read', 'A comment on an issue or pull request', CHANGED],
  [
    'check_run',
    'checks:read',
    'A check run',
    {
      created: 'was created',
      completed: 'completed',
      rerequested: 'was asked for again',
      requested_action: 'got one of its buttons pressed',
    },
  ],
  [
    'check_suite',
    'checks:read',
    'A check suite',
    { requested: 'was asked for', completed: 'completed', rerequested: 'was asked for again' },
  ],
  [
    'workflow_run',
    'actions:read',
    'A workflow run',
    { requested: 'was asked for', in_progress: 'started', completed: 'completed' },
  ],
  [
    'workflow_job',
    'actions:read',
    'A job of a workflow run',
    { queued: 'was queued', waiting: 'waits for approval', in_progress: 'started', completed: 'completed' },
  ],
  ['workflow_dispatch', 'contents:read', 'A workflow', { '': 'was started by hand or by a call' }],
  [
    'repository_dispatch',
    'contents:read',
    'A repository',
    { '': 'was sent an event by a call; `meta.action` is its type' },
  ],
  ['status', 'statuses:read', 'A commit', { '': 'got a new status' }],
  ['commit_comment', 'contents:read', 'A comment on a commit', { created: 'was created' }],
  ['create', 'contents:read', 'A branch or tag', { '': 'was created' }],
  ['delete', 'contents:read', 'A branch or tag', { '': 'was deleted' }],
  ['fork', 'contents:read', 'A repository', { '': 'was forked' }],
  ['gollum', 'contents:read', 'Wiki pages', { '': 'were created or edited' }],
  [
    'release',
    'contents:read',
    'A release',
    {
      ...CHANGED,
      published: 'was published',
      unpublished: 'was taken back',
      prereleased: 'was published as a pre-release',
      released: 'was published as a full release',
    },
  ],
  ['deployment', 'deployments:read', 'A deployment', { created: 'was created' }],
  ['deployment_status', 'deployments:read', 'A deployment', { created: 'got a new status' }],
  ['label', 'metadata:read', 'A label', CHANGED],
  ['milestone', 'issues:read', 'A milestone', { ...CHANGED, opened: 'was opened', closed: 'was closed' }],
  [
    'discussion',
    'discussions:read',
    'A discussion',
    {
      ...CHANGED,
      answered: 'got its answer marked',
      unanswered: 'lost its marked answer',
      ...LABELED,
      ...LOCKED,
      ...PINNED,
      category_changed: 'was moved to another category',
      transferred: 'was moved to another repository',
    },
  ],
  ['discussion_comment', 'discussions:read', 'A comment on a discussion', CHANGED],
  [
    'merge_group',
    'merge_queues:read',
    'A merge group',
    { checks_requested: 'needs checks', destroyed: 'was destroyed' },
  ],
  ['star', 'metadata:read', 'A star', { created: 'was given', deleted: 'was taken away' }],
  ['watch', 'metadata:read', 'A repository', { started: 'was starred; sent beside star.created' }],
  ['public', 'metadata:read', 'A private repository', { '': 'became public' }],
  [
    'repository',
    'metadata:read',
    'A repository',
    {
      ...CHANGED,
      renamed: 'was renamed',
      transferred: 'changed hands',
      archived: 'was archived',
      unarchived: 'was taken out of the archive',
      publicized: 'became public',
      privatized: 'became private',
    },
  ],
  [
    'member',
    'members:read',
    'A collaborator of a repository',
    { added: 'was added', edited: 'got other rights', removed: 'was removed' },
  ],
  ['membership', 'members:read', 'A person', { added: 'joined a team', removed: 'left a team' }],
  [
    'organization',
    'members:read',
    'An organization',
    {
      member_added: 'got a member',
      member_removed: 'lost a member',
      member_invited: 'invited a member',
      renamed: 'was renamed',
      deleted: 'was deleted',
    },
  ],
  [
    'team',
    'members:read',
    'A team',
    {
      ...CHANGED,
      added_to_repository: 'got access to a repository',
      removed_from_repository: 'lost access to a repository',
    },
  ],
  [
    'dependabot_alert',
    'vulnerability_alerts:read',
    'A Dependabot alert',
    {
      created: 'was raised',
      fixed: 'was fixed',
      dismissed: 'was dismissed',
      reopened: 'was reopened',
      reintroduced: 'came back',
    },
  ],
  [
    'code_scanning_alert',
    'security_events:read',
    'A code scanning alert',
    {
      created: 'was raised',
      fixed: 'was fixed',
      reopened: 'came back',
      closed_by_user: 'was closed by a person',
      reopened_by_user: 'was reopened by a person',
      appeared_in_branch: 'appeared in another branch',
    },
  ],
  [
    'secret_scanning_alert',
    'secret_scanning_alerts:read',
    'A secret scanning alert',
    {
      created: 'was raised',
      resolved: 'was resolved',
      reopened: 'was reopened',
    },
  ],
  [
    'installation',
    undefined,
    'The App',
    {
      created: 'was installed',
      deleted: 'was uninstalled',
      suspend: 'was suspended',
      unsuspend: 'was unsuspended',
      new_permissions_accepted: 'was granted new permissions',
    },
  ],
  [
    'installation_repositories',
    undefined,
    'The App',
    { added: 'got access to repositories', removed: 'lost access to repositories' },
  ],
];

/** The documented ones. What else GitHub sends is parsed and named by the same rule. */
export const eventTypes: readonly EventType[] = ROWS.flatMap(([event, scope, subject, actions]) =>
  Object.entries(actions).map(([action, happened]) => ({
    name: action === '' ? `github.${event}` : `github.${event}.${action}`,
    description: `${subject} ${happened}.`,
    schemaVersion: 1,
    runtimeState: 'ACTIVE' as const,
    triggerable: true,
    waitable: true,
    scopes: scope === undefined ? [] : [scope],
    payloadSchema: payloadOf(event, action),
  })),
);
