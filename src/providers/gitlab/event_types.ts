import { eventType, eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

/** Source: docs.gitlab.com/user/project/integrations/webhook_events; @gitbeaker/core 43.8. */

const project = output(['id'], {
  id: field('integer', 'Project id'),
  name: field('string', 'Name'),
  path_with_namespace: field('string', 'Path'),
  web_url: field('string', 'Page'),
  default_branch: field(['string', 'null'], 'Default branch'),
});
const user = output([], {
  id: field('integer', 'User id'),
  name: field('string', 'Name'),
  username: field('string', 'Login'),
});
const base = { object_kind: field('string', 'Kind of event'), project, user };
const about = (attributes: Readonly<Record<string, JsonSchema>>, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['object_kind'], { ...base, object_attributes: output([], attributes), ...more });

const id = field('integer', 'Id');
const iid = field('integer', 'Number in the project');
const title = field('string', 'Title');
const action = field('string', 'What happened');
const url = field('string', 'Page');
const labels = field('array', 'Labels: id, title, color');
const changes = field('object', 'By field: previous, current');
const state = field('string', 'State');

const issue = about(
  { id, iid, title, description: field(['string', 'null'], 'Text'), state, action, url },
  { labels, changes },
);
const mergeRequest = about(
  {
    id,
    iid,
    title,
    state,
    action,
    url,
    source_branch: field('string', 'Branch it comes from'),
    target_branch: field('string', 'Branch it goes to'),
    draft: field('boolean', 'Whether it is not ready'),
  },
  { labels, changes },
);
const push = output(['object_kind', 'ref'], {
  object_kind: base.object_kind,
  project,
  ref: field('string', 'Full name of the branch or tag'),
  before: field('string', 'Commit before; zeros where it is new'),
  after: field('string', 'Commit now; zeros where it is gone'),
  user_username: field('string', 'Login of who pushed'),
  commits: field(['array', 'null'], 'Commits, 20 at most: id, message, author, added, modified, removed'),
  total_commits_count: field('integer', 'How many there are'),
});
const note = about(
  {
    id,
    note: field('string', 'Text'),
    noteable_type: field('string', 'Commit, MergeRequest, Issue or Snippet'),
    action,
    url,
  },
  {
    issue: field('object', 'The issue it is on'),
    merge_request: field('object', 'The merge request it is on'),
    commit: field('object', 'The commit it is on'),
    snippet: field('object', 'The snippet it is on'),
  },
);
const pipeline = about(
  {
    id,
    ref: field('string', 'Branch or tag'),
    sha: field('string', 'Commit'),
    status: field('string', 'Status'),
    source: field('string', 'What began it'),
    url,
  },
  { builds: field('array', 'Its jobs: id, stage, name, status') },
);
const build = output(['object_kind', 'build_id'], {
  ...base,
  ref: field('string', 'Branch or tag'),
  sha: field('string', 'Commit'),
  build_id: field('integer', 'Job id'),
  build_name: field('string', 'Job'),
  build_stage: field('string', 'Stage'),
  build_status: field('string', 'Status'),
  pipeline_id: field('integer', 'Pipeline'),
});
const deployment = output(['object_kind', 'status'], {
  ...base,
  status: field('string', 'Status'),
  deployment_id: field('integer', 'Deployment'),
  environment: field('string', 'Environment'),
  deployable_url: field(['string', 'null'], 'Page of the job'),
  ref: field('string', 'Branch or tag'),
});
const release = output(['object_kind', 'action'], {
  ...base,
  action,
  tag: field('string', 'Tag'),
  name: field('string', 'Name'),
  description: field(['string', 'null'], 'Text'),
  url,
});
const member = output(['event_name'], {
  event_name: field('string', 'What happened'),
  group_id: field('integer', 'Group'),
  group_path: field('string', 'Path of the group'),
  user_id: field('integer', 'User'),
  user_username: field('string', 'Login'),
  group_access: field('string', 'Role'),
});
const subgroup = output(['event_name', 'group_id'], {
  event_name: field('string', 'What happened'),
  group_id: field('integer', 'Group'),
  full_path: field('string', 'Path'),
  parent_group_id: field('integer', 'Group above'),
});

const runs = (a: string) => ({
  pending: `${a} waits for a runner.`,
  running: `${a} runs.`,
  success: `${a} succeeded.`,
  failed: `${a} failed.`,
  canceled: `${a} was cancelled.`,
  skipped: `${a} was skipped.`,
  created: `${a} was made.`,
  manual: `${a} waits for a person.`,
  scheduled: `${a} waits for its time.`,
});
const scopes = { scopes: ['api'] };
/** Only webhooks of groups tell of these, and those are made by hand. */
const byHand = { scopes: [] };

export const eventTypes = [
  eventType('gitlab.push', 'Commits were pushed to a branch, or a branch was made or deleted.', push, scopes),
  eventType('gitlab.tag_push', 'A tag was made or deleted.', push, scopes),
  ...eventTypesOf(
    'gitlab.issue',
    {
      open: 'An issue was opened.',
      update: 'An issue changed.',
      close: 'An issue was closed.',
      reopen: 'An issue was reopened.',
    },
    issue,
    scopes,
  ),
  ...eventTypesOf('gitlab.note', { create: 'Somebody commented.', update: 'A comment was edited.' }, note, scopes),
  ...eventTypesOf(
    'gitlab.merge_request',
    {
      open: 'A merge request was opened.',
      update: 'A merge request changed, or got commits.',
      close: 'A merge request was closed.',
      reopen: 'A merge request was reopened.',
      merge: 'A merge request was merged.',
      approval: 'A person approved a merge request.',
      approved: 'A merge request has all approvals it needs.',
      unapproval: 'A person took an approval back.',
      unapproved: 'A merge request has no longer all approvals it needs.',
    },
    mergeRequest,
    scopes,
  ),
  ...eventTypesOf('gitlab.pipeline', runs('A pipeline'), pipeline, scopes),
  ...eventTypesOf('gitlab.build', runs('A job'), build, scopes),
  ...eventTypesOf(
    'gitlab.deployment',
    {
      running: 'A deployment began.',
      success: 'A deployment succeeded.',
      failed: 'A deployment failed.',
      canceled: 'A deployment was cancelled.',
    },
    deployment,
    scopes,
  ),
  ...eventTypesOf(
    'gitlab.release',
    { create: 'A release was made.', update: 'A release changed.', delete: 'A release was deleted.' },
    release,
    scopes,
  ),
  ...eventTypesOf(
    'gitlab.wiki_page',
    { create: 'A wiki page was made.', update: 'A wiki page changed.', delete: 'A wiki page was deleted.' },
    about({ title, slug: field('string', 'Slug'), message: field('string', 'Message'), action, url }),
    scopes,
  ),
  ...eventTypesOf(
    'gitlab.milestone',
    { create: 'A milestone was made.', close: 'A milestone was closed.', reopen: 'A milestone was reopened.' },
    about({ id, iid, title, state }),
    scopes,
  ),
  ...eventTypesOf(
    'gitlab.emoji',
    { award: 'Somebody reacted with an emoji.', revoke: 'Somebody took a reaction back.' },
    about({ id, name: field('string', 'Emoji'), awardable_type: field('string', 'On what'), action }),
    scopes,
  ),
  eventType(
    'gitlab.feature_flag',
    'A feature flag was switched on or off.',
    about({ id, name: field('string', 'Name'), active: field('boolean', 'Whether it is on') }),
    scopes,
  ),
  ...eventTypesOf(
    'gitlab',
    {
      user_add_to_group: 'A person became a member of a group.',
      user_update_for_group: 'A member of a group got another role or another end.',
      user_remove_from_group: 'A person is no member of a group any more.',
    },
    member,
    byHand,
  ),
  ...eventTypesOf(
    'gitlab',
    { subgroup_create: 'A subgroup was made.', subgroup_destroy: 'A subgroup was deleted.' },
    subgroup,
    byHand,
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, kind = '', verb] = name.split('.');
  const known = {
    project: {
      id: 15,
      name: 'shop',
      path_with_namespace: 'acme/shop',
      web_url: 'https://gitlab.com/acme/shop',
      default_branch: 'main',
    },
    user: { id: 7, name: 'Ada', username: 'ada' },
  };
  const meta = { project: '15', path: 'acme/shop', user: 'ada' };
  const attributes = { id: 301, iid: 23, title: 'Checkout fails', updated_at: '2026-05-04 03:02:01 UTC' };
  if (/_group$|^subgroup_/.test(kind)) {
    const group = { event_name: kind, group_id: 100, group_path: 'acme', full_path: 'acme/web', parent_group_id: 10 };
    return {
      payload: { ...group, user_id: 7, user_username: 'ada', group_access: 'Maintainer' },
      meta: { user: 'ada' },
    };
  }
  const words: Readonly<Record<string, object>> = {
    push: {
      ref: 'refs/heads/main',
      before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
      after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
      user_username: 'ada',
      commits: [],
      total_commits_count: 0,
    },
    tag_push: { ref: 'refs/tags/v1.0.0', user_username: 'ada', commits: [], total_commits_count: 0 },
    pipeline: { object_attributes: { id: 31, iid: 3, ref: 'main', status: verb, source: 'push' }, builds: [] },
    build: {
      ref: 'main',
      build_id: 1977,
      build_name: 'test',
      build_stage: 'test',
      build_status: verb,
      pipeline_id: 31,
    },
    deployment: { status: verb, deployment_id: 15, environment: 'production', deployable_url: null, ref: 'main' },
    release: { id: 1, action: verb, tag: 'v1.0.0', name: 'v1.0.0', description: null },
    feature_flag: { object_attributes: { id: 6, name: 'dark_mode', active: true } },
    note: { object_attributes: { ...attributes, note: 'It does.', noteable_type: 'Issue', action: verb } },
  };
  return {
    payload: {
      object_kind: kind,
      ...known,
      ...(words[kind] ?? { object_attributes: { ...attributes, action: verb } }),
    },
    meta,
  };
});
