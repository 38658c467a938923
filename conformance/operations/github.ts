import type { operations as described } from '@octokit/openapi-types';
import type { Entries } from './entry.ts';

/** Operation ids of GitHub’s description. */
export type Operation = keyof described;

export const operations = {
  'issue.create': 'issues/create',
  'issue.get': 'issues/get',
  'issue.list': 'issues/list-for-repo',
  'issue.update': 'issues/update',
  'issue.close': 'issues/update',
  'issue.create_comment': 'issues/create-comment',
  'issue.list_comments': 'issues/list-comments',
  'issue.add_labels': 'issues/add-labels',
  'issue.remove_label': 'issues/remove-label',
  'issue.add_assignees': 'issues/add-assignees',
  'pull_request.create': 'pulls/create',
  'pull_request.get': 'pulls/get',
  'pull_request.list': 'pulls/list',
  'pull_request.list_files': 'pulls/list-files',
  'pull_request.create_review': 'pulls/create-review',
  'pull_request.request_reviewers': 'pulls/request-reviewers',
  'pull_request.merge': 'pulls/merge',
  'repository.get': 'repos/get',
  'content.get': 'repos/get-content',
  'content.put': 'repos/create-or-update-file-contents',
  'branch.create': 'git/create-ref',
  'commit.create_status': 'repos/create-commit-status',
  'release.create': 'repos/create-release',
  'release.list': 'repos/list-releases',
  'workflow.dispatch': 'actions/create-workflow-dispatch',
  'workflow_run.list': 'actions/list-workflow-runs-for-repo',
  'workflow_run.rerun': 'actions/re-run-workflow',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'issues/shout' satisfies Operation;
