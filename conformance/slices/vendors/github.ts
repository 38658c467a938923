import { HAPPENINGS } from '../../../src/providers/github/happenings.ts';
import type { Limits } from '../bounds.ts';
import type { Rules } from '../schema.ts';
import type { Source, Vendor } from '../vendor.ts';

const webhooks: Source = {
  package: '@octokit/openapi-webhooks',
  version: '12.1.0',
  file: 'generated/api.github.com.json',
  license: 'MIT',
  notice: { file: 'LICENSE' },
};

const rest: Source = { ...webhooks, package: '@octokit/openapi', version: '23.0.2' };

/** The listed event types by the description's names. Where a sender chooses the action, that of a sample stands there. */
const EVENTS = Object.fromEntries(
  HAPPENINGS.flatMap(([event, , , actions]) =>
    Object.keys(actions).map(action => {
      const name = action === '' ? event : `${event}.${action}`;
      const entry = event === 'repository_dispatch' ? `${event}-sample.collected` : name.replace('.', '-');
      return [name, entry.replaceAll('_', '-')];
    }),
  ),
);

/** Addresses of the API, what only GitHub's own pages show, and settings of a repository that stand in its pull requests. */
const OMIT = new RegExp(
  [
    '^(?!html_url$|target_url$).*_url$',
    '^(url|_links|reactions|performed_via_github_app|gravatar_id|enterprise|active_lock_reason|user_view_type)$',
    '^(issue_field_values|issue_dependencies_summary|sub_issues_summary)$',
    '^(allow|delete|merge_commit|squash_merge|use_squash)_(auto_merge|update_branch|branch_on_merge|message|title|commit_.*|pr_.*)$',
  ].join('|'),
);
const RELIED =
  /^(id|number|name|full_name|login|title|body|ref|sha|head|base|tag_name|head_sha|head_ref|message|page_name)$/;

const SHA = { maxLength: 40, pattern: '^[0-9a-f]{40}$' };
const NUMBER = { minimum: 1, maximum: 2_147_483_647 };
const BRANCH = { maxLength: 255 };
/** GitHub refuses texts of more than 65,536 characters. */
const LIMITS: Limits = {
  assignee: { maxLength: 100 },
  assignees: { maxItems: 10, items: { maxLength: 100 } },
  base: BRANCH,
  body: { maxLength: 65_536 },
  branch: BRANCH,
  commit_id: SHA,
  commit_message: { maxLength: 65_536 },
  commit_title: { maxLength: 256 },
  'content.put.content': { maxLength: 1_400_000, pattern: '^[A-Za-z0-9+/\\n]*={0,2}\\n?$' },
  context: { maxLength: 255 },
  description: { maxLength: 140 },
  head: { maxLength: 300 },
  inputs: {
    type: 'object',
    maxProperties: 25,
    propertyNames: { maxLength: 100 },
    additionalProperties: { type: 'string', maxLength: 65_535 },
  },
  'issue.close.state_reason': { enum: ['completed', 'not_planned', 'duplicate'] },
  issue_number: NUMBER,
  label: { maxLength: 50 },
  labels: { maxItems: 100, items: { type: 'string', maxLength: 50 } },
  line: { minimum: 1, maximum: 10_000_000 },
  message: { maxLength: 65_536 },
  milestone: { type: 'integer', ...NUMBER },
  name: { maxLength: 256 },
  page: { minimum: 1, maximum: 1_000 },
  path: { maxLength: 1_024, pattern: '^[^/].*$' },
  per_page: { minimum: 1, maximum: 100 },
  pull_number: NUMBER,
  ref: BRANCH,
  'release.create.body': { maxLength: 125_000 },
  reviewers: { maxItems: 15, items: { maxLength: 100 } },
  run_id: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  sha: SHA,
  side: { enum: ['LEFT', 'RIGHT'] },
  start_line: { minimum: 1, maximum: 10_000_000 },
  start_side: { enum: ['LEFT', 'RIGHT'] },
  tag_name: { maxLength: 255 },
  target_commitish: BRANCH,
  target_url: { maxLength: 2_048, format: 'uri' },
  team_reviewers: { maxItems: 15, items: { maxLength: 100 } },
  title: { type: 'string', minLength: 1, maxLength: 256 },
  workflow: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[A-Za-z0-9._-]+$' },
};

const RULES: Partial<Rules> = {
  omit: OMIT,
  relied: RELIED,
  opaque: /^(permissions|cvss|cvss_severities|epss|cwes|identifiers|verification)$/,
  shapes: [
    { by: 'gists_url', keep: 'id login type' },
    { by: 'public_members_url', keep: 'id node_id login' },
    { by: 'color', keep: 'id name color' },
    { by: 'notification_setting', keep: 'id name slug' },
    { by: 'keys_url', keep: 'id node_id name full_name owner private default_branch html_url' },
    { by: 'closed_issues', keep: 'id number title state due_on html_url' },
  ],
};

export const github: Vendor = {
  provider: 'github',
  payloads: [
    {
      from: webhooks,
      wanted: EVENTS,
      rules: { ...RULES, depth: 3 },
      examples: { package: '@octokit/webhooks-examples', version: '7.6.1', file: 'api.github.com/index.json' },
    },
  ],
  inputs: [
    {
      from: rest,
      wanted: {
        'issue.create': ['issues/create', 'title body labels assignees milestone'],
        'issue.get': ['issues/get', 'issue_number'],
        // Labels are one text there.
        'issue.list': ['issues/list-for-repo', 'state assignee sort direction since per_page page'],
        'issue.update': ['issues/update', 'issue_number title body state labels assignees milestone'],
        'issue.close': ['issues/update', 'issue_number state_reason'],
        'issue.create_comment': ['issues/create-comment', 'issue_number body'],
        'issue.list_comments': ['issues/list-comments', 'issue_number per_page page'],
        'issue.add_labels': ['issues/add-labels', 'issue_number labels'],
        'issue.remove_label': ['issues/remove-label', 'issue_number label=name'],
        'issue.add_assignees': ['issues/add-assignees', 'issue_number assignees'],
        'pull_request.create': ['pulls/create', 'title body head base draft'],
        'pull_request.get': ['pulls/get', 'pull_number'],
        'pull_request.list': ['pulls/list', 'state base head sort direction per_page page'],
        'pull_request.list_files': ['pulls/list-files', 'pull_number per_page page'],
        'pull_request.create_review': ['pulls/create-review', 'pull_number event body commit_id comments'],
        'pull_request.request_reviewers': ['pulls/request-reviewers', 'pull_number reviewers team_reviewers'],
        'pull_request.merge': ['pulls/merge', 'pull_number merge_method commit_title commit_message sha'],
        'content.get': ['repos/get-content', 'path ref'],
        'content.put': ['repos/create-or-update-file-contents', 'path message content branch sha'],
        'branch.create': ['git/create-ref', 'sha'],
        'commit.create_status': ['repos/create-commit-status', 'sha state context description target_url'],
        'release.create': [
          'repos/create-release',
          'tag_name target_commitish name body draft prerelease generate_release_notes',
        ],
        'release.list': ['repos/list-releases', 'per_page page'],
        'workflow.dispatch': ['actions/create-workflow-dispatch', 'workflow=workflow_id ref inputs'],
        'workflow_run.list': ['actions/list-workflow-runs-for-repo', 'branch status per_page page'],
        'workflow_run.rerun': ['actions/re-run-workflow', 'run_id'],
      },
      limits: LIMITS,
    },
  ],
  objects: [
    {
      from: rest,
      rules: RULES,
      wanted: {
        issue: [
          'issues/get',
          'id number title body state state_reason labels assignees milestone user comments html_url created_at updated_at closed_at',
        ],
        comment: ['issues/get-comment', 'id body user html_url created_at updated_at'],
        label: ['issues/add-labels:[]', 'id name color'],
        pull_request: [
          'pulls/list:[]',
          'id number title body state draft labels assignees user head base merge_commit_sha html_url created_at updated_at closed_at merged_at',
        ],
        file: ['pulls/list-files:[]', 'filename previous_filename status additions deletions changes patch'],
        review: ['pulls/create-review', 'id state body user html_url submitted_at'],
        merge: ['pulls/merge', 'merged sha message'],
        repository: [
          'repos/get',
          'id full_name description private archived fork language topics default_branch html_url',
        ],
        content: ['repos/get-content', 'type name path sha size encoding content entries html_url'],
        written: ['repos/create-or-update-file-contents', 'content commit'],
        branch: ['git/create-ref', 'ref object'],
        status: ['repos/create-commit-status', 'id state context description target_url created_at'],
        release: ['repos/create-release', 'id tag_name name body draft prerelease html_url created_at published_at'],
        workflow_run: [
          'actions/list-workflow-runs-for-repo:workflow_runs.[]',
          'id name event status conclusion run_number head_branch head_sha html_url created_at',
        ],
      },
    },
  ],
};
