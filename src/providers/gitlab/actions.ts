import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: docs.gitlab.com/api/api_resources; @gitbeaker/core 43.8. */

type Rest = Omit<Parameters<typeof action>[3], 'effect' | 'scopes'>;

const number = (what: string) => text(what, 20, { pattern: '^[0-9]+$' });
const inProject = { project: 'project' };
const of = (type: string, schema: JsonSchema) => picked(`gitlab.${type}`, schema, inProject);
const project = picked('gitlab.project', number('Project id'));
const issue = of('issue', number('Number of the issue'));
const mergeRequest = of('merge_request', number('Number of the merge request'));
const name = (what: string) => text(what, 255);
const branch = of('branch', name('Branch'));
const labels = of('label', listOf('Names of labels', name('Label'), 100));
const assignees = of('member', listOf('Users who do it', number('User id'), 20));
const milestone = of('milestone', number('Milestone id'));
const pipeline = number('Pipeline id');
const job = number('Job id');
const markdown = text('Text in Markdown', 1_048_576);
const path = text('Path of the file from the root', 1_024);
const page = { page: integer('Which page', 1, 100_000), per_page: integer('Objects at most', 1, 100) };

/** GitLab answers a list as such; the service gives it as `items`. */
const list = (item: JsonSchema) => output(['items'], { items: field('array', 'The objects', { items: item }) });
const web_url = field('string', 'Page');
const state = field('string', 'State');
const anIssue = output(['id', 'iid'], {
  id: field('integer', 'Id'),
  iid: field('integer', 'Number in the project'),
  title: field('string', 'Title'),
  state,
  labels: field('array', 'Names of labels'),
  web_url,
});
const aMergeRequest = output(['id', 'iid'], {
  id: field('integer', 'Id'),
  iid: field('integer', 'Number in the project'),
  title: field('string', 'Title'),
  state,
  source_branch: field('string', 'Branch it comes from'),
  target_branch: field('string', 'Branch it goes to'),
  detailed_merge_status: field('string', 'Whether it can be merged, or why not'),
  web_url,
});
const aNote = output(['id'], { id: field('integer', 'Comment id'), body: field('string', 'Text') });
const aPipeline = output(['id', 'status'], {
  id: field('integer', 'Pipeline id'),
  status: field('string', 'Status'),
  ref: field('string', 'Branch or tag'),
  sha: field('string', 'Commit'),
  web_url,
});
const aJob = output(['id', 'status'], {
  id: field('integer', 'Job id'),
  name: field('string', 'Name'),
  stage: field('string', 'Stage'),
  status: field('string', 'Status'),
  web_url,
});
const aBranch = output(['name'], {
  name: field('string', 'Name'),
  commit: field('object', 'Its last commit: id, title'),
  web_url,
});
const aCommit = output(['id'], {
  id: field('string', 'Hash'),
  title: field('string', 'First line'),
  author_name: field('string', 'Author'),
  web_url,
});
const aFile = output(['file_path'], {
  file_path: field('string', 'Path'),
  content: field('string', 'Content in Base64'),
  blob_id: field('string', 'Hash of the content'),
  last_commit_id: field('string', 'Commit that changed it last'),
});
const aWrittenFile = output(['file_path', 'branch'], {
  file_path: field('string', 'Path'),
  branch: field('string', 'Branch'),
});
const aProject = output(['id', 'path_with_namespace'], {
  id: field('integer', 'Project id'),
  path_with_namespace: field('string', 'Path'),
  default_branch: field(['string', 'null'], 'Default branch'),
  web_url,
});
const aLabel = output(['id', 'name'], {
  id: field('integer', 'Label id'),
  name: field('string', 'Name'),
  color: field('string', 'Colour'),
});
const aMilestone = output(['id', 'title'], {
  id: field('integer', 'Milestone id'),
  title: field('string', 'Title'),
  state,
});
const aRelease = output(['tag_name'], {
  tag_name: field('string', 'Tag'),
  name: field('string', 'Name'),
  released_at: field('string', 'When'),
});
const aUser = output(['id', 'username'], {
  id: field('integer', 'User id'),
  username: field('string', 'Login'),
  name: field('string', 'Name'),
});

const issueFields = {
  description: markdown,
  labels,
  assignee_ids: assignees,
  milestone,
  due_date: text('Day it is due', 10, { format: 'date' }),
  confidential: flag('Whether only members see it'),
};
const mergeRequestFields = {
  description: markdown,
  labels,
  assignee_ids: assignees,
  reviewer_ids: of('member', listOf('Users who review it', number('User id'), 20)),
  milestone,
  remove_source_branch: flag('Whether the branch goes when it is merged'),
  squash: flag('Whether its commits become one'),
};
const writing = {
  branch,
  content: text('Content', 1_048_576),
  commit_message: text('Message of the commit', 10_000),
};
const encoding = choice('How the content is written', ['text', 'base64']);
const states = choice('Only those', ['opened', 'closed', 'all']);

const kinds = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
const each = (
  effect: keyof typeof kinds,
  noun: string,
  title: string,
  description: string,
  { needs, ...rest }: Rest,
): Action =>
  action(`gitlab.${noun}`, title, description, {
    effect: kinds[effect],
    scopes: ['api'],
    needs: { project, ...needs },
    ...rest,
  });

export const actions: readonly Action[] = [
  action('gitlab.project.list', 'List projects', 'Reads the projects that the person is a member of.', {
    effect: READS,
    scopes: ['api'],
    takes: {
      search: text('Words of the name', 255),
      archived: flag('Only those put away, or only the others'),
      ...page,
    },
    gives: list(aProject),
  }),
  each('reads', 'project.get', 'Get a project', 'Reads a project.', { gives: aProject }),
  each('reads', 'project.list_members', 'List members', 'Reads the members of a project and its groups.', {
    takes: { query: text('Words of the name', 255), ...page },
    gives: list(aUser),
  }),
  each('adds', 'issue.create', 'Create an issue', 'Makes an issue in a project.', {
    needs: { title: name('Title') },
    takes: issueFields,
    gives: anIssue,
  }),
  each('sets', 'issue.update', 'Update an issue', 'Changes the given fields of an issue, closes or reopens it.', {
    needs: { issue },
    takes: { title: name('Title'), state_event: choice('Closes or reopens', ['close', 'reopen']), ...issueFields },
    atLeast: 3,
    gives: anIssue,
  }),
  each('reads', 'issue.get', 'Get an issue', 'Reads an issue.', { needs: { issue }, gives: anIssue }),
  each('reads', 'issue.list', 'List issues', 'Reads the issues of a project.', {
    takes: {
      state: states,
      labels,
      search: text('Words of title or text', 255),
      milestone: name('Title of a milestone'),
      ...page,
    },
    gives: list(anIssue),
  }),
  each('removes', 'issue.delete', 'Delete an issue', 'Deletes an issue for good.', { needs: { issue }, gives: done }),
  each('adds', 'issue.add_comment', 'Comment on an issue', 'Adds a comment to an issue.', {
    needs: { issue, body: markdown },
    takes: { internal: flag('Whether only members see it') },
    gives: aNote,
  }),
  each('reads', 'issue.list_comments', 'List comments of an issue', 'Reads the comments on an issue.', {
    needs: { issue },
    takes: page,
    gives: list(aNote),
  }),
  each('adds', 'merge_request.create', 'Create a merge request', 'Asks for a branch to be merged into another.', {
    needs: { source_branch: branch, target_branch: branch, title: name('Title') },
    takes: mergeRequestFields,
    gives: aMergeRequest,
  }),
  each('sets', 'merge_request.update', 'Update a merge request', 'Changes the given fields, closes or reopens it.', {
    needs: { merge_request: mergeRequest },
    takes: {
      title: name('Title'),
      state_event: choice('Closes or reopens', ['close', 'reopen']),
      ...mergeRequestFields,
    },
    atLeast: 3,
    gives: aMergeRequest,
  }),
  each('reads', 'merge_request.get', 'Get a merge request', 'Reads a merge request.', {
    needs: { merge_request: mergeRequest },
    gives: aMergeRequest,
  }),
  each('reads', 'merge_request.list', 'List merge requests', 'Reads the merge requests of a project.', {
    takes: {
      state: choice('Only those', ['opened', 'closed', 'locked', 'merged', 'all']),
      labels,
      target_branch: branch,
      ...page,
    },
    gives: list(aMergeRequest),
  }),
  each('reads', 'merge_request.list_diffs', 'List changed files', 'Reads what a merge request changes, file by file.', {
    needs: { merge_request: mergeRequest },
    takes: page,
    gives: list(output(['new_path'], { new_path: field('string', 'Path'), diff: field('string', 'Changes') })),
  }),
  each(
    'sets',
    'merge_request.merge',
    'Merge a merge request',
    'Merges a merge request, now or when its pipeline succeeds.',
    {
      risk: 'HIGH',
      needs: { merge_request: mergeRequest },
      takes: {
        sha: text('Commit that the branch must still be at', 64, { pattern: '^[0-9a-f]{40,64}$' }),
        squash: flag('Whether its commits become one'),
        auto_merge: flag('Whether to wait for the pipeline'),
        should_remove_source_branch: flag('Whether the branch goes'),
      },
      gives: aMergeRequest,
    },
  ),
  each('sets', 'merge_request.approve', 'Approve a merge request', 'Approves a merge request.', {
    risk: 'HIGH',
    needs: { merge_request: mergeRequest },
    gives: done,
  }),
  each('sets', 'merge_request.rebase', 'Rebase a merge request', 'Rebases its branch on the target.', {
    needs: { merge_request: mergeRequest },
    gives: output([], { rebase_in_progress: field('boolean', 'Whether it is under way') }),
  }),
  each('adds', 'merge_request.add_comment', 'Comment on a merge request', 'Adds a comment to a merge request.', {
    needs: { merge_request: mergeRequest, body: markdown },
    gives: aNote,
  }),
  each('adds', 'pipeline.create', 'Run a pipeline', 'Runs a pipeline for a branch or tag.', {
    needs: { ref: branch },
    takes: {
      variables: {
        type: 'object',
        description: 'Variables by name',
        maxProperties: 50,
        additionalProperties: { type: 'string', maxLength: 10_000 },
      },
    },
    gives: aPipeline,
  }),
  each('reads', 'pipeline.get', 'Get a pipeline', 'Reads a pipeline.', { needs: { pipeline }, gives: aPipeline }),
  each('reads', 'pipeline.list', 'List pipelines', 'Reads the pipelines of a project, the newest first.', {
    takes: {
      ref: branch,
      status: choice('Only those', ['pending', 'running', 'success', 'failed', 'canceled', 'manual']),
      ...page,
    },
    gives: list(aPipeline),
  }),
  each('adds', 'pipeline.retry', 'Retry a pipeline', 'Runs the failed jobs of a pipeline again.', {
    needs: { pipeline },
    gives: aPipeline,
  }),
  each('sets', 'pipeline.cancel', 'Cancel a pipeline', 'Stops the jobs of a pipeline.', {
    needs: { pipeline },
    gives: aPipeline,
  }),
  each('reads', 'pipeline.list_jobs', 'List jobs', 'Reads the jobs of a pipeline.', {
    needs: { pipeline },
    takes: page,
    gives: list(aJob),
  }),
  each('adds', 'job.retry', 'Retry a job', 'Runs a job again.', { needs: { job }, gives: aJob }),
  each('adds', 'job.play', 'Run a manual job', 'Runs a job that waits for a person.', {
    risk: 'HIGH',
    needs: { job },
    gives: aJob,
  }),
  each('sets', 'job.cancel', 'Cancel a job', 'Stops a job.', { needs: { job }, gives: aJob }),
  each('adds', 'branch.create', 'Create a branch', 'Makes a branch from another or from a commit.', {
    needs: { branch: name('Name'), ref: name('Branch or commit to begin from') },
    gives: aBranch,
  }),
  each('reads', 'branch.list', 'List branches', 'Reads the branches of a project.', {
    takes: { search: name('Words of the name'), ...page },
    gives: list(aBranch),
  }),
  each('removes', 'branch.delete', 'Delete a branch', 'Deletes a branch.', { needs: { branch }, gives: done }),
  each('adds', 'tag.create', 'Create a tag', 'Puts a tag on a commit.', {
    needs: { tag_name: name('Name'), ref: name('Branch or commit') },
    takes: { message: text('Text', 10_000) },
    gives: output(['name'], { name: field('string', 'Name'), target: field('string', 'Hash') }),
  }),
  each('reads', 'commit.list', 'List commits', 'Reads the commits of a branch, the newest first.', {
    takes: { ref_name: branch, path, since: text('Only later ones', 40, { format: 'date-time' }), ...page },
    gives: list(aCommit),
  }),
  each('reads', 'commit.get', 'Get a commit', 'Reads a commit.', {
    needs: { sha: text('Hash, branch or tag', 255) },
    gives: aCommit,
  }),
  each('reads', 'file.get', 'Get a file', 'Reads a file of a branch.', {
    needs: { file_path: path, ref: branch },
    gives: aFile,
  }),
  each('adds', 'file.create', 'Create a file', 'Adds a file with a commit.', {
    needs: { file_path: path, ...writing },
    takes: { encoding },
    gives: aWrittenFile,
  }),
  each('sets', 'file.update', 'Update a file', 'Replaces a file with a commit.', {
    needs: { file_path: path, ...writing },
    takes: { encoding, last_commit_id: text('Commit that must have changed it last', 64) },
    gives: aWrittenFile,
  }),
  each('adds', 'release.create', 'Create a release', 'Makes a release of a tag.', {
    needs: { tag_name: of('tag', name('Tag')) },
    takes: { name: name('Name'), description: markdown, ref: name('Where the tag goes, if there is none yet') },
    gives: aRelease,
  }),
  each('adds', 'label.create', 'Create a label', 'Makes a label in a project.', {
    needs: { name: name('Name'), color: text('Colour', 32) },
    takes: { description: name('Text') },
    gives: aLabel,
  }),
  each('adds', 'milestone.create', 'Create a milestone', 'Makes a milestone in a project.', {
    needs: { title: name('Title') },
    takes: { description: markdown, due_date: text('Day it is due', 10, { format: 'date' }) },
    gives: aMilestone,
  }),
  action('gitlab.user.get_current', 'Get the connected user', 'Reads who the credential belongs to.', {
    effect: READS,
    scopes: ['read_user'],
    gives: aUser,
  }),
];
