import type { Action } from '../provider.ts';
import { issueActions } from './actions/issues.ts';
import { pullRequestActions } from './actions/pull_requests.ts';
import { repositoryActions } from './actions/repositories.ts';

export const actions: readonly Action[] = [...issueActions, ...pullRequestActions, ...repositoryActions];
