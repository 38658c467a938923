import { ADDS, READS, SETS } from '../../kit/effects.ts';
import { input } from '../../kit/schema.ts';
import type { Action } from '../../provider.ts';
import { slice } from '../slice.ts';
import { branchReference, itemsOf, onPull, paging, pullReference, repository, repositoryReference } from './fields.ts';

const pullRequest = slice.object('pull_request');
const active = { runtimeState: 'ACTIVE' } as const;
const pullReferences = [repositoryReference, pullReference] as const;

export const pullRequestActions: readonly Action[] = [
  {
    ...active,
    name: 'github.pull_request.create',
    title: 'Create a pull request',
    description: 'Proposes to merge one branch into another.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['pull_requests:write'],
    references: [repositoryReference, branchReference('base')],
    inputSchema: input(['repository', 'title', 'head', 'base'], {
      repository,
      ...slice.fields('pull_request.create', {
        title: 'Title',
        body: 'Text in Markdown',
        head: 'Branch with the commits; owner:branch from a fork',
        base: 'Branch they shall go to',
        draft: 'Open it as a draft',
      }),
    }),
    outputSchema: pullRequest,
  },
  {
    ...active,
    name: 'github.pull_request.get',
    title: 'Get a pull request',
    description: 'Reads one pull request.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['pull_requests:read'],
    references: pullReferences,
    inputSchema: input(['repository', 'pull_number'], {
      repository,
      ...slice.fields('pull_request.get', onPull),
    }),
    outputSchema: pullRequest,
  },
  {
    ...active,
    name: 'github.pull_request.list',
    title: 'List pull requests',
    description: 'Reads the pull requests of a repository, newest first.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['pull_requests:read'],
    references: [repositoryReference, branchReference('base')],
    inputSchema: input(['repository'], {
      repository,
      ...slice.fields('pull_request.list', {
        state: 'Which ones',
        base: 'Only into this branch',
        head: 'Only from owner:branch',
        sort: 'Order by',
        direction: 'Order',
        ...paging,
      }),
    }),
    outputSchema: itemsOf(pullRequest),
  },
  {
    ...active,
    name: 'github.pull_request.list_files',
    title: 'List changed files',
    description: 'Reads which files a pull request changes and how; GitHub shows 3000 at most.',
    risk: 'LOW',
    annotations: READS,
    scopes: ['pull_requests:read'],
    references: pullReferences,
    inputSchema: input(['repository', 'pull_number'], {
      repository,
      ...slice.fields('pull_request.list_files', { ...onPull, ...paging }),
    }),
    outputSchema: itemsOf(slice.object('file')),
  },
  {
    ...active,
    name: 'github.pull_request.create_review',
    title: 'Review a pull request',
    description:
      'Submits a review: approval, request for changes, or comments on lines. Without `event` it stays pending; all but an approval need `body`.',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: ['pull_requests:write'],
    references: pullReferences,
    inputSchema: input(['repository', 'pull_number'], {
      repository,
      ...slice.fields('pull_request.create_review', {
        ...onPull,
        event: 'Verdict',
        body: 'Text in Markdown',
        commit_id: 'Commit it is about, the last one without it',
        comments: 'Comments on lines',
      }),
    }),
    outputSchema: slice.object('review'),
  },
  {
    ...active,
    name: 'github.pull_request.request_reviewers',
    title: 'Request reviewers',
    description: 'Asks people or teams for a review.',
    risk: 'LOW',
    annotations: SETS,
    scopes: ['pull_requests:write'],
    references: [
      ...pullReferences,
      { field: 'reviewers', type: 'github.user', dependsOn: { repository: 'repository' } },
    ],
    inputSchema: {
      ...input(['repository', 'pull_number'], {
        repository,
        ...slice.fields('pull_request.request_reviewers', {
          ...onPull,
          reviewers: 'Logins',
          team_reviewers: 'Slugs of teams',
        }),
      }),
      anyOf: [{ required: ['reviewers'] }, { required: ['team_reviewers'] }],
    },
    outputSchema: pullRequest,
  },
  {
    ...active,
    name: 'github.pull_request.merge',
    title: 'Merge a pull request',
    description: 'Merges a pull request. With `sha`, only while its last commit is that one.',
    risk: 'HIGH',
    annotations: { readOnly: false, idempotent: false, destructive: true },
    scopes: ['contents:write'],
    references: pullReferences,
    inputSchema: input(['repository', 'pull_number'], {
      repository,
      ...slice.fields('pull_request.merge', {
        ...onPull,
        merge_method: 'How',
        commit_title: 'Title of the merge commit',
        commit_message: 'Rest of its message',
        sha: 'Commit that must be the last one',
      }),
    }),
    outputSchema: slice.object('merge'),
  },
];
