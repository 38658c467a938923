import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

/** Source: support.atlassian.com/bitbucket-cloud, event payloads. */

const actor = output([], { uuid: field('string', 'User'), display_name: field('string', 'Name') });
const repository = output(['uuid'], {
  uuid: field('string', 'Repository'),
  full_name: field('string', 'Workspace and name'),
  workspace: field('object', 'Workspace: uuid, slug'),
  project: field('object', 'Project: key, name'),
});
const pullrequest = output(['id'], {
  id: field('integer', 'Number'),
  title: field('string', 'Title'),
  description: field('string', 'Text'),
  state: field('string', 'OPEN, MERGED, DECLINED or SUPERSEDED'),
  author: actor,
  source: field('object', 'Where it comes from: branch, commit'),
  destination: field('object', 'Where it goes: branch, commit'),
  links: field('object', '`html`: its page'),
});
const issue = output(['id'], {
  id: field('integer', 'Number'),
  title: field('string', 'Title'),
  state: field('string', 'State'),
  priority: field('string', 'Priority'),
  assignee: field(['object', 'null'], 'Who does it'),
});
const comment = output(['id'], {
  id: field('integer', 'Comment'),
  content: field('object', 'Text: raw, html'),
  user: actor,
});

const payload = (more: Readonly<Record<string, JsonSchema>>): JsonSchema =>
  output(['actor'], { actor, repository, ...more });
const changes = field('object', 'By field: old, new');

const repoMore: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  push: { push: field('object', '`changes`: by branch or tag: old, new, commits, forced') },
  fork: { fork: repository },
  updated: { changes },
  transfer: { previous_workspace: field('object', 'Workspace it was in') },
  commit_comment_created: { comment, commit: field('object', 'Commit: hash') },
  commit_status_created: { commit_status: field('object', 'key, name, state, url, type') },
  commit_status_updated: { commit_status: field('object', 'key, name, state, url, type') },
};

export const eventTypes = [
  ...eventTypesOf(
    'bitbucket.repo',
    {
      push: 'Commits, branches or tags were pushed or deleted.',
      created: 'A repository was made.',
      updated: 'A repository’s settings changed.',
      deleted: 'A repository was deleted.',
      imported: 'A repository was imported.',
      fork: 'A repository was forked.',
      transfer: 'A repository went to another workspace.',
      commit_comment_created: 'Somebody commented on a commit.',
      commit_status_created: 'A build began on a commit, or told its state.',
      commit_status_updated: 'A build on a commit told another state.',
    },
    verb => payload(repoMore[verb] ?? {}),
    { scopes: ['repository'] },
  ),
  ...eventTypesOf(
    'bitbucket.pullrequest',
    {
      created: 'A pull request was opened.',
      updated: 'A pull request changed, or got commits.',
      push: 'Commits were pushed to a pull request.',
      approved: 'Somebody approved a pull request.',
      unapproved: 'Somebody took an approval back.',
      changes_request_created: 'Somebody asked for changes.',
      changes_request_removed: 'Somebody asks for no changes any more.',
      fulfilled: 'A pull request was merged.',
      rejected: 'A pull request was declined.',
      comment_created: 'Somebody commented on a pull request.',
      comment_updated: 'A comment on a pull request was edited.',
      comment_deleted: 'A comment on a pull request was deleted.',
      comment_resolved: 'A thread of a pull request was settled.',
      comment_reopened: 'A thread of a pull request was opened again.',
    },
    verb =>
      payload({
        pullrequest,
        ...(verb.startsWith('comment_') && { comment }),
        ...(verb.endsWith('approved') && { approval: field('object', 'date, user') }),
        ...(verb.startsWith('changes_') && { changes_request: field('object', 'date, user') }),
      }),
    { scopes: ['pullrequest'] },
  ),
  ...eventTypesOf(
    'bitbucket.issue',
    { created: 'An issue was made.', updated: 'An issue changed.', comment_created: 'Somebody commented on an issue.' },
    verb => payload({ issue, ...(verb !== 'created' && { comment, changes }) }),
    { scopes: ['issue'] },
  ),
  ...eventTypesOf(
    'bitbucket.project',
    { updated: 'A project’s settings changed.' },
    payload({ project: field('object', 'Project: key, name, uuid'), changes }),
    { scopes: ['project'] },
  ),
];

/** `bitbucket.repo.push` is `repo:push`. */
export const vendorName = (eventType: string): string => eventType.slice('bitbucket.'.length).replace('.', ':');

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const person = { type: 'user', uuid: '{c788b2da-b7a2-404c-9e26-d3f077557007}', display_name: 'Ada' };
  const shop = {
    type: 'repository',
    uuid: '{673a6070-3421-46c9-9d48-90745f7bfe8e}',
    full_name: 'acme/shop',
    name: 'shop',
    workspace: { uuid: '{7e9c3f4a-1f5e-4a57-9c35-2f0b2c0a8b11}', slug: 'acme' },
  };
  const date = '2026-05-04T03:02:01.000000+00:00';
  const remark = { id: 17, content: { raw: 'Looks good.' }, user: person, created_on: date, updated_on: date };
  const more: Readonly<Record<string, object>> = {
    push: { push: { changes: [{ forced: false, old: null, new: { type: 'branch', name: 'main' }, commits: [] }] } },
    fork: { fork: { ...shop, full_name: 'globex/shop' } },
    commit_comment_created: { comment: remark, commit: { hash: 'd3022fc0ca3d65c7f6654eea129d6bf0cf0ee08e' } },
    commit_status_created: { commit_status: { key: 'build', name: 'Build 7', state: 'INPROGRESS', updated_on: date } },
    commit_status_updated: { commit_status: { key: 'build', name: 'Build 7', state: 'SUCCESSFUL', updated_on: date } },
  };
  const words = {
    pullrequest: {
      pullrequest: {
        id: 7,
        title: 'Checkout',
        description: '',
        state: verb === 'fulfilled' ? 'MERGED' : 'OPEN',
        author: person,
        updated_on: date,
      },
      ...(verb.startsWith('comment_') && { comment: remark }),
      ...(verb.endsWith('approved') && { approval: { date, user: person } }),
      ...(verb.startsWith('changes_') && { changes_request: { date, user: person } }),
    },
    issue: {
      issue: { id: 3, title: 'It fails', state: 'new', priority: 'major', updated_on: date },
      ...(verb !== 'created' && { comment: remark }),
    },
    project: {
      project: { type: 'project', key: 'SHOP', uuid: '{b5a1b1a3-6b1f-4a1e-8d62-0f5c2f1c7f5e}', name: 'Shop' },
      changes: {},
    },
    repo: more[verb] ?? {},
  }[object];
  return {
    payload: { actor: person, ...(object !== 'project' && { repository: shop }), ...words },
    meta: {
      actor: person.uuid,
      ...(object !== 'project' && { repository: shop.uuid, path: shop.full_name, workspace: 'acme' }),
    },
  };
});
