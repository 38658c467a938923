import { field, output, text } from '../../kit/schema.ts';
import type { Action, JsonSchema } from '../../provider.ts';

type Reference = Action['references'][number];

export const repository = text('Repository as owner/name', 140, { pattern: '^[^/\\s]+/[^/\\s]+$' });

/** What people read about fields that several actions have. */
export const onIssue = { issue_number: 'Number of the issue' };
export const onPull = { pull_number: 'Number of the pull request' };
export const ofIssue = {
  body: 'Text in Markdown',
  labels: 'Names of labels',
  assignees: 'Logins of those who shall do it',
  milestone: 'Number of the milestone',
};
export const paging = { per_page: 'Items at most', page: 'Which page, from 1' };

const inRepository = { dependsOn: { repository: 'repository' } } as const;
export const repositoryReference: Reference = { field: 'repository', type: 'github.repository' };
export const issueReference: Reference = { field: 'issue_number', type: 'github.issue', ...inRepository };
export const pullReference: Reference = { field: 'pull_number', type: 'github.pull_request', ...inRepository };
export const labelsReference: Reference = { field: 'labels', type: 'github.label', ...inRepository };
export const assigneesReference: Reference = { field: 'assignees', type: 'github.user', ...inRepository };
export const milestoneReference: Reference = { field: 'milestone', type: 'github.milestone', ...inRepository };
export function branchReference(name: string): Reference {
  return { field: name, type: 'github.branch', ...inRepository };
}

/** Lists come as arrays at GitHub; here they stand under `items`. */
export function itemsOf(item: JsonSchema): JsonSchema {
  return output(['items'], {
    items: field('array', 'What was found', { items: item }),
    next_page: field(['integer', 'null'], 'Number of the next page, null at the end'),
  });
}
