import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

export type Fields = Readonly<Record<string, JsonSchema>>;

export const id = field('integer', 'Id at GitHub');
export const nodeId = field('string', 'Id in GitHub’s GraphQL API');
export const page = field('string', 'Page on GitHub');
export const created = field('string', 'When it was created');
export const updated = field('string', 'When it last changed');
export const number = field('integer', 'Number in the repository');
export const words = field(['string', 'null'], 'Text in Markdown');

export const user = output(['login', 'id'], {
  id,
  login: field('string', 'Login'),
  type: field('string', 'User, Bot or Organization'),
});
export const someone = field(['object', 'null'], 'Who it is', { properties: user.properties });
export const label = output(['name'], {
  id,
  name: field('string', 'Name'),
  color: field('string', 'Colour, six hex digits'),
});
export const labels = field('array', 'Labels', { items: label });
export const milestone = output(['number', 'title'], {
  id,
  number,
  title: field('string', 'Title'),
  state: field('string', 'open or closed'),
  due_on: field(['string', 'null'], 'Day it is due'),
});

export const repository = output(['id', 'full_name'], {
  id,
  node_id: nodeId,
  name: field('string', 'Name'),
  full_name: field('string', 'owner/name'),
  owner: user,
  private: field('boolean', 'Whether it is private'),
  default_branch: field('string', 'Default branch'),
  html_url: page,
});

export const talk: Fields = {
  id,
  node_id: nodeId,
  number,
  title: field('string', 'Title'),
  body: words,
  state: field('string', 'open or closed'),
  user: someone,
  labels,
  assignees: field('array', 'Assignees', { items: { type: ['object', 'null'], properties: user.properties } }),
  milestone: field(['object', 'null'], 'Milestone', { properties: milestone.properties }),
  html_url: page,
  created_at: created,
  updated_at: updated,
};
export const issue = output(['id', 'number', 'title'], {
  ...talk,
  pull_request: field('object', 'Present where it is a pull request'),
});

export const branch = (description: string) =>
  field('object', description, { properties: { ref: field('string', 'Branch'), sha: field('string', 'Commit') } });
export const pullRequest = output(['id', 'number', 'title', 'head', 'base'], {
  ...talk,
  draft: field('boolean', 'Whether it is a draft'),
  merged: field(['boolean', 'null'], 'Whether it was merged'),
  merged_at: field(['string', 'null'], 'When it was merged'),
  merge_commit_sha: field(['string', 'null'], 'Commit of the merge'),
  head: branch('Where the commits come from'),
  base: branch('Where they go to'),
});

export const comment = output(['id', 'body'], {
  id,
  node_id: nodeId,
  body: words,
  user: someone,
  html_url: page,
  created_at: created,
  updated_at: updated,
});
export const run: Fields = {
  id,
  name: field(['string', 'null'], 'Name'),
  head_sha: field('string', 'Commit it runs on'),
  status: field(['string', 'null'], 'queued, in_progress, completed …'),
  conclusion: field(['string', 'null'], 'success, failure, cancelled …; null until it completed'),
  html_url: field(['string', 'null'], 'Page on GitHub'),
};
export const alert = output(['number'], {
  number,
  state: field('string', 'State'),
  html_url: page,
  created_at: created,
});
export const changes = field('object', 'What it was before, by field, each with `from`');
export const refFields: Fields = {
  ref: field('string', 'Name of the branch or tag'),
  ref_type: field('string', 'branch or tag'),
};
