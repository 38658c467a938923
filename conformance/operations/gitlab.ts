import type { Gitlab } from '@gitbeaker/core';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of gitbeaker. */
export type Operation = Methods<Gitlab>;

export const operations = {
  'project.list': 'Projects.all',
  'project.get': 'Projects.show',
  'project.list_members': 'ProjectMembers.all',
  'issue.create': 'Issues.create',
  'issue.update': 'Issues.edit',
  'issue.get': 'Issues.show',
  'issue.list': 'Issues.all',
  'issue.delete': 'Issues.remove',
  'issue.add_comment': 'IssueNotes.create',
  'issue.list_comments': 'IssueNotes.all',
  'merge_request.create': 'MergeRequests.create',
  'merge_request.update': 'MergeRequests.edit',
  'merge_request.get': 'MergeRequests.show',
  'merge_request.list': 'MergeRequests.all',
  'merge_request.list_diffs': 'MergeRequests.allDiffs',
  'merge_request.merge': 'MergeRequests.merge',
  'merge_request.approve': 'MergeRequestApprovals.approve',
  'merge_request.rebase': 'MergeRequests.rebase',
  'merge_request.add_comment': 'MergeRequestNotes.create',
  'pipeline.create': 'Pipelines.create',
  'pipeline.get': 'Pipelines.show',
  'pipeline.list': 'Pipelines.all',
  'pipeline.retry': 'Pipelines.retry',
  'pipeline.cancel': 'Pipelines.cancel',
  'pipeline.list_jobs': 'Jobs.all',
  'job.retry': 'Jobs.retry',
  'job.play': 'Jobs.play',
  'job.cancel': 'Jobs.cancel',
  'branch.create': 'Branches.create',
  'branch.list': 'Branches.all',
  'branch.delete': 'Branches.remove',
  'tag.create': 'Tags.create',
  'commit.list': 'Commits.all',
  'commit.get': 'Commits.show',
  'file.get': 'RepositoryFiles.show',
  'file.create': 'RepositoryFiles.create',
  'file.update': 'RepositoryFiles.edit',
  'release.create': 'ProjectReleases.create',
  'label.create': 'ProjectLabels.create',
  'milestone.create': 'ProjectMilestones.create',
  'user.get_current': 'Users.showCurrentUser',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'Issues.shout' satisfies Operation;
