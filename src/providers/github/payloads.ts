import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';
import {
  alert,
  changes,
  comment,
  type Fields,
  id,
  issue,
  label,
  milestone,
  nodeId,
  number,
  page,
  pullRequest,
  refFields,
  repository,
  run,
  someone,
  updated,
  user,
  words,
} from './payload_objects.ts';

/** Top-level fields by event, the first of them always there. */
const SUBJECTS: Readonly<Record<string, Fields>> = {
  push: {
    ref: field('string', 'refs/heads/… or refs/tags/…'),
    before: field('string', 'Commit before, zeros where it is new'),
    after: field('string', 'Commit after, zeros where it was deleted'),
    created: field('boolean', 'Whether the ref is new'),
    deleted: field('boolean', 'Whether the ref was deleted'),
    forced: field('boolean', 'Whether history was replaced'),
    compare: field('string', 'Page that compares both'),
    pusher: field('object', 'Name and e-mail of who pushed'),
    head_commit: field(['object', 'null'], 'Last commit'),
    commits: field('array', 'Commits, 2048 at most', {
      items: output(['id', 'message'], {
        id: field('string', 'Commit'),
        message: field('string', 'Message'),
        timestamp: field('string', 'When it was made'),
        author: field('object', 'Name and e-mail'),
        added: field('array', 'Files added'),
        modified: field('array', 'Files changed'),
        removed: field('array', 'Files removed'),
      }),
    }),
  },
  pull_request: { pull_request: pullRequest, number },
  pull_request_review: {
    review: output(['id', 'state'], {
      id,
      state: field('string', 'approved, changes_requested, commented, dismissed'),
      body: words,
      user: someone,
      submitted_at: field(['string', 'null'], 'When it was submitted'),
    }),
    pull_request: field('object', 'The pull request', { properties: pullRequest.properties }),
  },
  pull_request_review_comment: {
    comment: output(['id', 'body'], {
      ...(comment.properties as Fields),
      path: field('string', 'File'),
      diff_hunk: field('string', 'Lines around it'),
    }),
    pull_request: field('object', 'The pull request', { properties: pullRequest.properties }),
  },
  pull_request_review_thread: {
    thread: output(['comments'], { node_id: nodeId, comments: field('array', 'Its comments') }),
    pull_request: field('object', 'The pull request', { properties: pullRequest.properties }),
  },
  issues: { issue },
  issue_comment: { comment, issue },
  check_run: {
    check_run: output(['id', 'name'], {
      ...run,
      check_suite: field('object', 'Suite it belongs to'),
      app: field(['object', 'null'], 'App that runs it'),
    }),
    requested_action: field(['object', 'null'], 'Button that was pressed'),
  },
  check_suite: { check_suite: output(['id'], { ...run, head_branch: field(['string', 'null'], 'Branch') }) },
  workflow_run: {
    workflow_run: output(['id'], {
      ...run,
      event: field('string', 'What started it'),
      run_number: field('integer', 'Count of runs'),
      run_attempt: field('integer', 'Count of attempts'),
      head_branch: field(['string', 'null'], 'Branch'),
      actor: someone,
    }),
    workflow: field(['object', 'null'], 'The workflow'),
  },
  workflow_job: {
    workflow_job: output(['id'], {
      ...run,
      run_id: field('integer', 'Run it belongs to'),
      labels: field('array', 'Labels a runner must have'),
      runner_name: field(['string', 'null'], 'Runner'),
    }),
  },
  workflow_dispatch: {
    ref: field('string', 'Branch or tag'),
    workflow: field('string', 'File of the workflow'),
    inputs: field(['object', 'null'], 'Inputs given'),
  },
  repository_dispatch: {
    action: field('string', 'Type the sender chose'),
    branch: field('string', 'Default branch'),
    client_payload: field(['object', 'null'], 'What the sender gave'),
  },
  status: {
    state: field('string', 'pending, success, failure or error'),
    sha: field('string', 'Commit'),
    context: field('string', 'Which check'),
    description: field(['string', 'null'], 'Details'),
    target_url: field(['string', 'null'], 'Where to read on'),
  },
  commit_comment: {
    comment: output(['id', 'body'], { ...(comment.properties as Fields), commit_id: field('string', 'Commit') }),
  },
  create: { ...refFields, master_branch: field('string', 'Default branch') },
  delete: refFields,
  fork: { forkee: repository },
  gollum: {
    pages: field('array', 'Pages', {
      items: output(['page_name', 'action'], {
        page_name: field('string', 'Name'),
        action: field('string', 'created or edited'),
        html_url: page,
      }),
    }),
  },
  release: {
    release: output(['id', 'tag_name'], {
      id,
      tag_name: field('string', 'Tag'),
      name: field(['string', 'null'], 'Title'),
      body: words,
      draft: field('boolean', 'Whether it is a draft'),
      prerelease: field('boolean', 'Whether it is a pre-release'),
      author: someone,
      html_url: page,
      assets: field('array', 'Files'),
      published_at: field(['string', 'null'], 'When it was published'),
    }),
  },
  deployment: {
    deployment: output(['id'], {
      id,
      ref: field('string', 'Branch, tag or commit'),
      sha: field('string', 'Commit'),
      environment: field('string', 'Environment'),
      task: field('string', 'Task'),
    }),
  },
  deployment_status: {
    deployment_status: output(['id', 'state'], {
      id,
      state: field('string', 'State'),
      environment: field('string', 'Environment'),
      target_url: field('string', 'Where to read on'),
    }),
    deployment: field('object', 'The deployment'),
  },
  label: { label },
  milestone: { milestone },
  discussion: {
    discussion: output(['id', 'number', 'title'], {
      id,
      node_id: nodeId,
      number,
      title: field('string', 'Title'),
      body: words,
      state: field('string', 'open or closed'),
      user: someone,
      category: field('object', 'Category'),
      html_url: page,
      updated_at: updated,
    }),
  },
  discussion_comment: {
    comment: output(['id', 'body'], { id, node_id: nodeId, body: words, user: someone, html_url: page }),
    discussion: field('object', 'The discussion'),
  },
  merge_group: {
    merge_group: output(['head_sha', 'head_ref'], {
      head_sha: field('string', 'Commit to check'),
      head_ref: field('string', 'Temporary branch'),
      base_ref: field('string', 'Branch it goes to'),
    }),
  },
  star: { starred_at: field(['string', 'null'], 'When it was given') },
  member: { member: user },
  membership: { member: someone, team: field('object', 'The team') },
  organization: { organization: user },
  team: {
    team: output(['id', 'name'], { id, name: field('string', 'Name'), slug: field('string', 'Name in addresses') }),
  },
  dependabot_alert: { alert },
  code_scanning_alert: { alert },
  secret_scanning_alert: { alert },
  installation: {
    installation: output(['id'], {
      id,
      account: user,
      permissions: field('object', 'Level by permission'),
      events: field('array', 'Events it gets'),
    }),
    repositories: field('array', 'Repositories it may see'),
  },
  installation_repositories: {
    installation: output(['id'], { id, account: user }),
    repositories_added: field('array', 'Repositories added'),
    repositories_removed: field('array', 'Repositories removed'),
  },
};

/** What the action adds. */
const ACTIONS: Readonly<Record<string, Fields>> = {
  edited: { changes },
  assigned: { assignee: someone },
  unassigned: { assignee: someone },
  labeled: { label },
  unlabeled: { label },
  milestoned: { milestone },
  review_requested: { requested_reviewer: someone, requested_team: field('object', 'Team that was asked') },
  review_request_removed: { requested_reviewer: someone, requested_team: field('object', 'Team that was asked') },
  synchronize: { before: field('string', 'Commit before'), after: field('string', 'Commit after') },
  renamed: { changes },
  transferred: { changes },
};

const OF_NO_REPOSITORY = ['installation', 'installation_repositories', 'membership', 'organization', 'team'];

/** The fields of GitHub's own body that automations may rely on. */
export function payloadOf(event: string, action: string): JsonSchema {
  const subject = SUBJECTS[event] ?? {};
  const [first] = Object.keys(subject);
  const around: Fields = {
    sender: user,
    ...(OF_NO_REPOSITORY.includes(event) ? {} : { repository }),
  };
  const required = [...(first === undefined ? [] : [first]), ...Object.keys(around)];
  return action === ''
    ? output(required, { ...subject, ...around })
    : output(['action', ...required], {
        action: { const: action, description: 'What happened' },
        ...subject,
        ...ACTIONS[action],
        ...around,
      });
}
