import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

/** Source: developer.atlassian.com/cloud/bitbucket/rest. */

type Rest = Omit<Parameters<typeof action>[3], 'effect' | 'scopes'>;

const uuid = (what: string) =>
  text(`${what}: its UUID in braces, or its slug`, 128, { pattern: '^(\\{[0-9a-fA-F-]{36}\\}|[A-Za-z0-9_.-]+)$' });
const inWorkspace = { workspace: 'workspace' };
const inRepository = { ...inWorkspace, repository: 'repository' };
const workspace = picked('bitbucket.workspace', uuid('Workspace'));
const repository = picked('bitbucket.repository', uuid('Repository'), inWorkspace);
const of = (type: string, schema: JsonSchema) => picked(`bitbucket.${type}`, schema, inRepository);
const number = (what: string) => text(`Number of the ${what}`, 12, { pattern: '^[0-9]+$' });
const pullRequest = of('pull_request', number('pull request'));
const issue = of('issue', number('issue'));
const branch = of('branch', text('Branch', 255));
const project = picked('bitbucket.project', text('Project key', 128), inWorkspace);
const member = picked('bitbucket.member', uuid('User'), inWorkspace);
const hash = text('Commit: its hash', 64, { pattern: '^[0-9a-f]{7,64}$' });
const markdown = text('Text in Markdown', 32_768);
const title = text('Title', 255);
const page = { pagelen: integer('Objects at most', 1, 50), page: text('From `next` of the page before', 256) };
const query = {
  q: text('Filter in Bitbucket’s query language', 2_000),
  sort: text('Field to sort by, with - from the greatest', 64),
};

const list = (of: JsonSchema) =>
  output(['values'], {
    values: field('array', 'The objects', { items: of }),
    next: field('string', 'Address of the next page'),
  });
const links = field('object', '`html`: its page');
const aRepository = output(['uuid', 'full_name'], {
  uuid: field('string', 'UUID'),
  full_name: field('string', 'Workspace and slug'),
  mainbranch: field(['object', 'null'], 'Main branch: name'),
  is_private: field('boolean', 'Whether only members see it'),
  links,
});
const aPullRequest = output(['id', 'state'], {
  id: field('integer', 'Number'),
  title: field('string', 'Title'),
  state: field('string', 'OPEN, MERGED, DECLINED or SUPERSEDED'),
  source: field('object', 'Where it comes from: branch, commit'),
  destination: field('object', 'Where it goes: branch, commit'),
  merge_commit: field(['object', 'null'], 'Commit that merged it: hash'),
  links,
});
const anIssue = output(['id'], {
  id: field('integer', 'Number'),
  title: field('string', 'Title'),
  state: field('string', 'State'),
  links,
});
const aComment = output(['id'], {
  id: field('integer', 'Comment'),
  content: field('object', 'Text: raw, html'),
  links,
});
const aBranch = output(['name'], { name: field('string', 'Name'), target: field('object', 'Its last commit: hash') });
const aCommit = output(['hash'], {
  hash: field('string', 'Hash'),
  message: field('string', 'Message'),
  author: field('object', 'Author'),
  date: field('string', 'When'),
});
const aPipeline = output(['uuid'], {
  uuid: field('string', 'UUID'),
  build_number: field('integer', 'Number'),
  state: field('object', 'State: name, result'),
  target: field('object', 'What it runs on'),
});
const aUser = output(['uuid'], { uuid: field('string', 'UUID'), display_name: field('string', 'Name') });
const aStatus = output(['key', 'state'], {
  key: field('string', 'Key'),
  state: field('string', 'State'),
  url: field('string', 'Page'),
});

const effects = { reads: READS, adds: ADDS, sets: SETS, removes: REMOVES } as const;
/** In a repository, which the pickers depend on. */
const each = (
  effect: keyof typeof effects,
  verb: string,
  title: string,
  description: string,
  scope: string,
  { needs, ...rest }: Rest,
): Action =>
  action(`bitbucket.${verb}`, title, description, {
    effect: effects[effect],
    scopes: [scope],
    needs: { workspace, repository, ...needs },
    ...rest,
  });
const [READ, WRITE, PULL, PULLS] = ['repository', 'repository:write', 'pullrequest', 'pullrequest:write'] as const;

export const actions: readonly Action[] = [
  action('bitbucket.workspace.list', 'List workspaces', 'Reads the workspaces that the person is in.', {
    effect: READS,
    scopes: ['account'],
    takes: page,
    gives: list(
      output([], {
        workspace: field('object', 'Workspace: uuid, slug'),
        administrator: field('boolean', 'Whether the person administers it'),
      }),
    ),
  }),
  action('bitbucket.workspace.list_members', 'List members', 'Reads the people of a workspace.', {
    effect: READS,
    scopes: ['account'],
    needs: { workspace },
    takes: page,
    gives: list(output([], { user: aUser })),
  }),
  action('bitbucket.project.list', 'List projects', 'Reads the projects of a workspace.', {
    effect: READS,
    scopes: ['project'],
    needs: { workspace },
    takes: page,
    gives: list(output(['key'], { key: field('string', 'Key'), name: field('string', 'Name') })),
  }),
  action('bitbucket.repository.list', 'List repositories', 'Reads the repositories of a workspace.', {
    effect: READS,
    scopes: [READ],
    needs: { workspace },
    takes: { ...query, role: choice('Only where the person is', ['member', 'contributor', 'admin', 'owner']), ...page },
    gives: list(aRepository),
  }),
  each('reads', 'repository.get', 'Get a repository', 'Reads a repository.', READ, { gives: aRepository }),
  each('reads', 'branch.list', 'List branches', 'Reads the branches of a repository.', READ, {
    takes: { ...query, ...page },
    gives: list(aBranch),
  }),
  each('adds', 'branch.create', 'Create a branch', 'Makes a branch at a commit.', WRITE, {
    needs: { name: text('Name', 255), hash },
    gives: aBranch,
  }),
  each('removes', 'branch.delete', 'Delete a branch', 'Deletes a branch.', WRITE, { needs: { branch }, gives: done }),
  each('adds', 'tag.create', 'Create a tag', 'Puts a tag on a commit.', WRITE, {
    needs: { name: text('Name', 255), hash },
    takes: { message: text('Text', 10_000) },
    gives: aBranch,
  }),
  each('reads', 'commit.list', 'List commits', 'Reads the commits of a branch, the newest first.', READ, {
    takes: { branch, path: text('Only those that touch this path', 1_024), ...page },
    gives: list(aCommit),
  }),
  each('reads', 'commit.get', 'Get a commit', 'Reads a commit.', READ, { needs: { hash }, gives: aCommit }),
  each('adds', 'commit.add_comment', 'Comment on a commit', 'Adds a comment to a commit.', WRITE, {
    needs: { hash, content: markdown },
    gives: aComment,
  }),
  each('sets', 'commit.set_status', 'Set a build status', 'Says how a build of a commit went.', WRITE, {
    needs: {
      hash,
      key: text('Key of the build', 40),
      state: choice('State', ['INPROGRESS', 'SUCCESSFUL', 'FAILED', 'STOPPED']),
    },
    takes: {
      url: text('Page of the build', 2_048, { format: 'uri' }),
      name: text('Name', 255),
      description: text('Text', 2_000),
    },
    gives: aStatus,
  }),
  each('reads', 'file.get', 'Get a file', 'Reads a file at a commit or branch.', READ, {
    needs: { ref: text('Commit or branch', 255), path: text('Path from the root', 1_024) },
    gives: output(['content'], { content: field('string', 'Content') }),
  }),
  each('adds', 'file.commit', 'Commit a file', 'Writes a file with a commit on a branch.', WRITE, {
    needs: {
      branch,
      path: text('Path from the root', 1_024),
      content: text('Content', 1_048_576),
      message: text('Message', 10_000),
    },
    gives: done,
  }),
  each('adds', 'pull_request.create', 'Create a pull request', 'Asks for a branch to be merged.', PULLS, {
    needs: { title, source_branch: branch },
    takes: {
      destination_branch: branch,
      description: markdown,
      reviewers: picked('bitbucket.member', listOf('Who reviews it', uuid('User'), 50), inWorkspace),
      close_source_branch: flag('Whether the branch goes when it is merged'),
      draft: flag('Whether it is not ready'),
    },
    gives: aPullRequest,
  }),
  each('sets', 'pull_request.update', 'Update a pull request', 'Changes the given fields of a pull request.', PULLS, {
    needs: { pull_request: pullRequest },
    takes: {
      title,
      description: markdown,
      destination_branch: branch,
      reviewers: picked('bitbucket.member', listOf('Who reviews it', uuid('User'), 50), inWorkspace),
    },
    atLeast: 4,
    gives: aPullRequest,
  }),
  each('reads', 'pull_request.get', 'Get a pull request', 'Reads a pull request.', PULL, {
    needs: { pull_request: pullRequest },
    gives: aPullRequest,
  }),
  each('reads', 'pull_request.list', 'List pull requests', 'Reads the pull requests of a repository.', PULL, {
    takes: { state: choice('Only those', ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED']), ...query, ...page },
    gives: list(aPullRequest),
  }),
  each('reads', 'pull_request.list_files', 'List changed files', 'Reads which files a pull request changes.', PULL, {
    needs: { pull_request: pullRequest },
    takes: page,
    gives: list(
      output([], {
        status: field('string', 'What became of it'),
        new: field(['object', 'null'], 'The file now: path'),
        old: field(['object', 'null'], 'The file before: path'),
      }),
    ),
  }),
  ...(
    [
      ['approve', 'Approve a pull request', 'Approves a pull request.'],
      ['unapprove', 'Take an approval back', 'Takes the person’s approval back.'],
      ['request_changes', 'Ask for changes', 'Asks for changes before it is merged.'],
      ['decline', 'Decline a pull request', 'Closes a pull request without merging it.'],
    ] as const
  ).map(([verb, name, description]) =>
    each('sets', `pull_request.${verb}`, name, description, PULLS, {
      risk: 'HIGH',
      needs: { pull_request: pullRequest },
      gives: done,
    }),
  ),
  each('sets', 'pull_request.merge', 'Merge a pull request', 'Merges a pull request.', PULLS, {
    risk: 'HIGH',
    needs: { pull_request: pullRequest },
    takes: {
      merge_strategy: choice('How', ['merge_commit', 'squash', 'fast_forward']),
      message: text('Message of the commit', 10_000),
      close_source_branch: flag('Whether the branch goes'),
    },
    gives: aPullRequest,
  }),
  each(
    'adds',
    'pull_request.add_comment',
    'Comment on a pull request',
    'Adds a comment, on a line of a file where one is given.',
    PULLS,
    {
      needs: { pull_request: pullRequest, content: markdown },
      takes: {
        path: text('File', 1_024),
        line: integer('Line of the new file', 1, 10_000_000),
        parent: number('comment that is answered'),
      },
      gives: aComment,
    },
  ),
  each('reads', 'pull_request.list_comments', 'List comments', 'Reads the comments on a pull request.', PULL, {
    needs: { pull_request: pullRequest },
    takes: page,
    gives: list(aComment),
  }),
  each('adds', 'issue.create', 'Create an issue', 'Makes an issue in a repository’s tracker.', 'issue:write', {
    needs: { title },
    takes: {
      content: markdown,
      kind: choice('Kind', ['bug', 'enhancement', 'proposal', 'task']),
      priority: choice('Priority', ['trivial', 'minor', 'major', 'critical', 'blocker']),
      assignee: member,
    },
    gives: anIssue,
  }),
  each('sets', 'issue.update', 'Update an issue', 'Changes the given fields of an issue.', 'issue:write', {
    needs: { issue },
    takes: {
      title,
      content: markdown,
      state: choice('State', ['new', 'open', 'resolved', 'on hold', 'invalid', 'duplicate', 'wontfix', 'closed']),
      priority: choice('Priority', ['trivial', 'minor', 'major', 'critical', 'blocker']),
      assignee: member,
    },
    atLeast: 4,
    gives: anIssue,
  }),
  each('reads', 'issue.get', 'Get an issue', 'Reads an issue.', 'issue', { needs: { issue }, gives: anIssue }),
  each('reads', 'issue.list', 'List issues', 'Reads the issues of a repository.', 'issue', {
    takes: { ...query, ...page },
    gives: list(anIssue),
  }),
  each('adds', 'issue.add_comment', 'Comment on an issue', 'Adds a comment to an issue.', 'issue:write', {
    needs: { issue, content: markdown },
    gives: aComment,
  }),
  each('adds', 'pipeline.run', 'Run a pipeline', 'Runs a pipeline on a branch.', 'pipeline:write', {
    risk: 'HIGH',
    needs: { branch },
    takes: { selector: text('Name of a custom pipeline', 255) },
    gives: aPipeline,
  }),
  each('reads', 'pipeline.get', 'Get a pipeline', 'Reads how a pipeline goes.', 'pipeline', {
    needs: { pipeline: uuid('Pipeline') },
    gives: aPipeline,
  }),
  each('reads', 'pipeline.list', 'List pipelines', 'Reads the pipelines of a repository.', 'pipeline', {
    takes: { ...query, ...page },
    gives: list(aPipeline),
  }),
  each('sets', 'pipeline.stop', 'Stop a pipeline', 'Stops a pipeline.', 'pipeline:write', {
    needs: { pipeline: uuid('Pipeline') },
    gives: done,
  }),
  action('bitbucket.repository.create', 'Create a repository', 'Makes a repository in a workspace.', {
    effect: ADDS,
    scopes: [WRITE],
    needs: { workspace, slug: text('Slug', 62, { pattern: '^[a-z0-9_.-]+$' }) },
    takes: { project, is_private: flag('Whether only members see it'), description: text('Text', 10_000) },
    gives: aRepository,
  }),
];
