import type { APIEndpoints } from 'bitbucket';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of npm’s bitbucket. */
export type Operation = Methods<APIEndpoints>;

export const operations = {
  'workspace.list': 'workspaces.getWorkspaces',
  'workspace.list_members': 'workspaces.getMembersForWorkspace',
  'project.list': 'workspaces.getProjects',
  'repository.list': 'repositories.list',
  'repository.get': 'repositories.get',
  'repository.create': 'repositories.create',
  'branch.list': 'refs.listBranches',
  'branch.create': 'refs.createBranch',
  'branch.delete': 'refs.deleteBranch',
  'tag.create': 'refs.createTag',
  'commit.list': 'commits.list',
  'commit.get': 'commits.get',
  'commit.add_comment': 'commits.createComment',
  'commit.set_status': 'commitstatuses.createBuildStatus',
  'file.get': 'source.read',
  'file.commit': 'source.createFileCommit',
  'pull_request.create': 'pullrequests.create',
  'pull_request.update': 'pullrequests.update',
  'pull_request.get': 'pullrequests.get',
  'pull_request.list': 'pullrequests.list',
  'pull_request.list_files': 'pullrequests.getDiffStat',
  'pull_request.approve': 'pullrequests.createApproval',
  'pull_request.unapprove': 'pullrequests.deleteApproval',
  'pull_request.request_changes': 'pullrequests.addChangeRequest',
  'pull_request.decline': 'pullrequests.decline',
  'pull_request.merge': 'pullrequests.merge',
  'pull_request.add_comment': 'pullrequests.createComment',
  'pull_request.list_comments': 'pullrequests.listComments',
  'issue.create': 'issue_tracker.create',
  'issue.update': 'issue_tracker.update',
  'issue.get': 'issue_tracker.get',
  'issue.list': 'issue_tracker.list',
  'issue.add_comment': 'issue_tracker.createComment',
  'pipeline.run': 'pipelines.create',
  'pipeline.get': 'pipelines.get',
  'pipeline.list': 'pipelines.list',
  'pipeline.stop': 'pipelines.stop',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'refs.shout' satisfies Operation;
