import { done } from '../../kit/action.ts';
import { ADDS, READS } from '../../kit/effects.ts';
import { input, text } from '../../kit/schema.ts';
import type { Action } from '../../provider.ts';
import { slice } from '../slice.ts';
import { branchReference, itemsOf, paging, repository, repositoryReference } from './fields.ts';

const active = { runtimeState: 'ACTIVE', references: [repositoryReference] } as const;
const PATH = 'Path in the repository, without a slash before it';
const REF = 'Branch, tag or commit';
const release = slice.object('release');

export const repositoryActions: readonly Action[] = [
  {
    ...active,
    name: 'github.repository.get',
    title: 'Get a repository',
    description: 'Reads one repository.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['metadata:read'],
    inputSchema: input(['repository'], { repository }),
    outputSchema: slice.object('repository'),
  },
  {
    ...active,
    name: 'github.content.get',
    title: 'Get a file',
    description: 'Reads a file of up to 1 MB, or lists a folder.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['contents:read'],
    inputSchema: input(['repository', 'path'], {
      repository,
      ...slice.fields('content.get', { path: PATH, ref: REF }),
    }),
    outputSchema: slice.object('content'),
  },
  {
    ...active,
    name: 'github.content.put',
    title: 'Write a file',
    description: 'Creates or replaces one file in a commit of its own. Replacing needs `sha` of what is there.',
    risk: 'HIGH',
    annotations: { readOnly: false, idempotent: false, destructive: true },
    scopes: ['contents:write'],
    references: [repositoryReference, branchReference('branch')],
    inputSchema: input(['repository', 'path', 'message', 'content'], {
      repository,
      ...slice.fields('content.put', {
        path: PATH,
        message: 'Message of the commit',
        content: 'New content in base64',
        branch: 'Branch, the default one without it',
        sha: 'Id of the content to replace',
      }),
    }),
    outputSchema: slice.object('written'),
  },
  {
    ...active,
    name: 'github.branch.create',
    title: 'Create a branch',
    description: 'Makes a branch that begins at a commit.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['contents:write'],
    inputSchema: input(['repository', 'branch', 'sha'], {
      repository,
      branch: text('Name of a branch', 255),
      ...slice.fields('branch.create', { sha: 'Commit it begins at' }),
    }),
    outputSchema: slice.object('branch'),
  },
  {
    ...active,
    name: 'github.commit.create_status',
    title: 'Set a commit status',
    description: 'Marks a commit as pending, good or bad under a context of your own.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['statuses:write'],
    inputSchema: input(['repository', 'sha', 'state'], {
      repository,
      ...slice.fields('commit.create_status', {
        sha: 'Commit',
        state: 'State',
        context: 'Which check',
        description: 'Details',
        target_url: 'Where to read on',
      }),
    }),
    outputSchema: slice.object('status'),
  },
  {
    ...active,
    name: 'github.release.create',
    title: 'Create a release',
    description: 'Publishes a release, and makes its tag where there is none.',
    risk: 'HIGH',
    annotations: ADDS,
    scopes: ['contents:write'],
    references: [repositoryReference, branchReference('target_commitish')],
    inputSchema: input(['repository', 'tag_name'], {
      repository,
      ...slice.fields('release.create', {
        tag_name: 'Tag',
        target_commitish: 'Branch or commit the tag is made at',
        name: 'Title',
        body: 'Text in Markdown',
        draft: 'Keep it as a draft',
        prerelease: 'Mark it as a pre-release',
        generate_release_notes: 'Let GitHub write the notes',
      }),
    }),
    outputSchema: release,
  },
  {
    ...active,
    name: 'github.release.list',
    title: 'List releases',
    description: 'Reads the releases of a repository, newest first.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['contents:read'],
    inputSchema: input(['repository'], { repository, ...slice.fields('release.list', paging) }),
    outputSchema: itemsOf(release),
  },
  {
    ...active,
    name: 'github.workflow.dispatch',
    title: 'Run a workflow',
    description: 'Starts a workflow that has a workflow_dispatch trigger.',
    risk: 'HIGH',
    annotations: ADDS,
    scopes: ['actions:write'],
    references: [
      repositoryReference,
      { field: 'workflow', type: 'github.workflow', dependsOn: { repository: 'repository' } },
      branchReference('ref'),
    ],
    inputSchema: input(['repository', 'workflow', 'ref'], {
      repository,
      ...slice.fields('workflow.dispatch', {
        workflow: 'Id of the workflow, or its file name',
        ref: 'Branch or tag',
        inputs: 'Inputs by name',
      }),
    }),
    outputSchema: done,
  },
  {
    ...active,
    name: 'github.workflow_run.list',
    title: 'List workflow runs',
    description: 'Reads the runs of a repository’s workflows, newest first.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['actions:read'],
    references: [repositoryReference, branchReference('branch')],
    inputSchema: input(['repository'], {
      repository,
      ...slice.fields('workflow_run.list', { branch: 'Branch', status: 'Which ones', ...paging }),
    }),
    outputSchema: itemsOf(slice.object('workflow_run')),
  },
  {
    ...active,
    name: 'github.workflow_run.rerun',
    title: 'Run a workflow again',
    description: 'Starts all jobs of a workflow run again.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['actions:write'],
    inputSchema: input(['repository', 'run_id'], {
      repository,
      ...slice.fields('workflow_run.rerun', { run_id: 'Id of the run' }),
    }),
    outputSchema: done,
  },
];
