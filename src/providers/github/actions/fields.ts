import { field, integer, listOf, output, text } from '../../kit/schema.ts';
import type { Action, JsonSchema } from '../../provider.ts';

type Reference = Action['references'][number];

export const repository = text('Repository as owner/name', 140, { pattern: '^[^/\\s]+/[^/\\s]+$' });
export const issueNumber = integer('Number of the issue', 1, 2_147_483_647);
export const pullNumber = integer('Number of the pull request', 1, 2_147_483_647);
export const title = text('Title', 256);
/** GitHub refuses more than 65,536 characters. */
export const markdown = text('Text in Markdown', 65_536);
export const login = text('Login', 100);
export const labels = listOf('Names of labels', text('Name of a label', 50), 100);
export const assignees = listOf('Logins of those who shall do it', login, 10);
export const milestone = integer('Number of the milestone', 1, 2_147_483_647);
export const ref = text('Branch, tag or commit', 255);
export const branch = text('Name of a branch', 255);
export const path = text('Path in the repository, without a slash before it', 1_024, { pattern: '^[^/].*$' });
export const pageSize = integer('Items at most', 1, 100);
export const pageNumber = integer('Which page, from 1', 1, 1_000);

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

const page = field('string', 'Page on GitHub');
const state = field('string', 'open or closed');
export const namedLabels: JsonSchema = field('array', 'Labels', {
  items: output(['name'], { name: field('string', 'Name') }),
});

export const issue = output(['id', 'number', 'html_url'], {
  id: field('integer', 'Id at GitHub'),
  number: field('integer', 'Number in the repository'),
  title: field('string', 'Title'),
  body: field(['string', 'null'], 'Text in Markdown'),
  state,
  labels: field('array', 'Labels'),
  assignees: field(['array', 'null'], 'Assignees'),
  html_url: page,
});

export const pullRequest = output(['id', 'number', 'html_url'], {
  id: field('integer', 'Id at GitHub'),
  number: field('integer', 'Number in the repository'),
  title: field('string', 'Title'),
  body: field(['string', 'null'], 'Text in Markdown'),
  state,
  draft: field('boolean', 'Whether it is a draft'),
  merged_at: field(['string', 'null'], 'When it was merged'),
  head: field('object', 'Where the commits come from, with ref and sha'),
  base: field('object', 'Where they go to, with ref and sha'),
  html_url: page,
});

export const comment = output(['id', 'html_url'], {
  id: field('integer', 'Id at GitHub'),
  body: field('string', 'Text in Markdown'),
  html_url: page,
  created_at: field('string', 'When it was created'),
});

/** Lists come as arrays at GitHub; here they stand under `items`. */
export function itemsOf(item: JsonSchema): JsonSchema {
  return output(['items'], {
    items: field('array', 'What was found', { items: item }),
    next_page: field(['integer', 'null'], 'Number of the next page, null at the end'),
  });
}
