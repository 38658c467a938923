import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 20, { pattern: '^[0-9]+$' });
const inOrganization = { organization: 'organization' };
const organization = picked(
  'sentry.organization',
  text('Slug of the organization', 50, { pattern: '^[a-z0-9][a-z0-9_-]*$' }),
);
const project = picked('sentry.project', id('Project'), inOrganization);
const team = picked('sentry.team', id('Team'), inOrganization);
const issue = picked('sentry.issue', id('Issue'), inOrganization);
const slug = text('Slug', 50, { pattern: '^[a-z0-9][a-z0-9_-]*$' });
const version = text('Version of the release', 250);
const page = {
  cursor: text('Cursor of the page before, from its Link header', 256),
  per_page: integer('At most', 1, 100),
};
const moment = (what: string) => text(what, 40, { format: 'date-time' });

const anIssue = output(['id'], {
  id: field('string', 'Id'),
  shortId: field('string', 'Short id'),
  title: field('string', 'Title'),
  status: field('string', 'resolved, unresolved or ignored'),
  level: field('string', 'Level'),
  permalink: field('string', 'Page of the issue'),
  assignedTo: field(['object', 'null'], 'Who has it'),
});
const named = output(['id'], {
  id: field('string', 'Id'),
  slug: field('string', 'Slug'),
  name: field('string', 'Name'),
});
const anEvent = output(['id'], {
  id: field('string', 'Id'),
  eventID: field('string', 'Id of the event'),
  title: field('string', 'Title'),
  entries: field('array', 'Exception, breadcrumbs, request'),
  tags: field('array', 'Tags'),
});
const aRelease = output(['version'], {
  version: field('string', 'Version'),
  dateCreated: field('string', 'When it was made'),
  newGroups: field('integer', 'Issues that are new in it'),
});
const list = (of: JsonSchema) => output(['items'], { items: field('array', 'What the API answers', { items: of }) });

const reading = { effect: READS, scopes: ['event:read'] };
const writing = { effect: SETS, scopes: ['event:write'] };

export const actions: readonly Action[] = [
  action('sentry.issue.search', 'Search issues', 'Finds issues of an organization by Sentry’s search language.', {
    ...reading,
    needs: { organization },
    takes: {
      query: text('Query, such as is:unresolved level:error', 1_024),
      project: picked('sentry.project', listOf('Projects', id('Project'), 50), inOrganization),
      environment: listOf('Environments', text('Environment', 64), 20),
      stats_period: text('How far back, such as 24h or 14d', 8, { pattern: '^[0-9]+[smhdw]$' }),
      sort: choice('Order', ['date', 'freq', 'inbox', 'new', 'trends', 'user']),
      ...page,
    },
    gives: list(anIssue),
  }),
  action('sentry.issue.get', 'Get an issue', 'Reads an issue.', {
    ...reading,
    needs: { organization, issue },
    gives: anIssue,
  }),
  action('sentry.issue.update', 'Update an issue', 'Changes status, assignee or other fields of an issue.', {
    ...writing,
    needs: { organization, issue },
    takes: {
      status: choice('Status', ['resolved', 'resolvedInNextRelease', 'unresolved', 'ignored']),
      assigned_to: text('user:<id>, team:<id> or an e-mail address; empty takes it from all', 254, { minLength: 0 }),
      priority: choice('Priority', ['low', 'medium', 'high']),
      has_seen: flag('Whether you have seen it'),
      is_bookmarked: flag('Whether it is bookmarked'),
      is_subscribed: flag('Whether you are told of it'),
      is_public: flag('Whether anybody with its address may see it'),
    },
    atLeast: 3,
    gives: anIssue,
  }),
  action('sentry.issue.resolve', 'Resolve an issue', 'Marks an issue as resolved, in a release where one is given.', {
    ...writing,
    needs: { organization, issue },
    takes: { in_release: version, in_next_release: flag('With the next release') },
    gives: anIssue,
  }),
  action('sentry.issue.archive', 'Archive an issue', 'Puts an issue away for a time, or until it happens more often.', {
    ...writing,
    needs: { organization, issue },
    takes: {
      ignore_duration: integer('Minutes', 1, 5_256_000),
      ignore_count: integer('Until it happened so often', 1, 1_000_000),
      until_escalating: flag('Until it escalates'),
    },
    gives: anIssue,
  }),
  action('sentry.issue.assign', 'Assign an issue', 'Gives an issue to a person or a team.', {
    ...writing,
    needs: { organization, issue },
    takes: { member: picked('sentry.member', id('Member'), inOrganization), team },
    atLeast: 3,
    gives: anIssue,
  }),
  action('sentry.issue.delete', 'Delete an issue', 'Deletes an issue with all its events.', {
    effect: REMOVES,
    scopes: ['event:admin'],
    needs: { organization, issue },
    gives: done,
  }),
  action('sentry.issue.list_events', 'List events of an issue', 'Reads the events of an issue, the latest first.', {
    ...reading,
    needs: { organization, issue },
    takes: { full: flag('With everything that was reported'), ...page },
    gives: list(anEvent),
  }),
  action('sentry.issue.get_latest_event', 'Get the latest event', 'Reads the latest event of an issue.', {
    ...reading,
    needs: { organization, issue },
    gives: anEvent,
  }),
  action('sentry.event.get', 'Get an event', 'Reads an event of a project.', {
    ...reading,
    needs: { organization, project, event_id: text('Event id', 32, { pattern: '^[0-9a-f]{32}$' }) },
    gives: anEvent,
  }),
  action('sentry.project.list', 'List projects', 'Reads the projects of an organization.', {
    effect: READS,
    scopes: ['project:read'],
    needs: { organization },
    takes: page,
    gives: list(named),
  }),
  action('sentry.project.get', 'Get a project', 'Reads a project.', {
    effect: READS,
    scopes: ['project:read'],
    needs: { organization, project },
    gives: named,
  }),
  action('sentry.project.create', 'Create a project', 'Makes a project of a team.', {
    effect: ADDS,
    scopes: ['project:write'],
    needs: { organization, team, name: text('Name', 50) },
    takes: { slug, platform: text('Platform, such as python or javascript-react', 64) },
    gives: named,
  }),
  action('sentry.project.list_keys', 'List client keys', 'Reads the addresses that a project reports to.', {
    effect: READS,
    scopes: ['project:read'],
    needs: { organization, project },
    takes: page,
    gives: list(output(['id'], { id: field('string', 'Id'), dsn: field('object', 'Addresses') })),
  }),
  action('sentry.team.list', 'List teams', 'Reads the teams of an organization.', {
    effect: READS,
    scopes: ['team:read'],
    needs: { organization },
    takes: page,
    gives: list(named),
  }),
  action('sentry.team.create', 'Create a team', 'Makes a team.', {
    effect: ADDS,
    scopes: ['team:write'],
    needs: { organization, slug },
    takes: { name: text('Name', 64) },
    gives: named,
  }),
  action('sentry.member.list', 'List members', 'Reads the people of an organization.', {
    effect: READS,
    scopes: ['member:read'],
    needs: { organization },
    takes: page,
    gives: list(output(['id'], { id: field('string', 'Id'), email: field('string', 'E-mail address') })),
  }),
  action('sentry.release.create', 'Create a release', 'Makes a release, or adds commits and projects to it.', {
    effect: SETS,
    scopes: ['project:releases'],
    needs: { organization, version, projects: listOf('Slugs of projects', slug, 50) },
    takes: {
      ref: text('Commit', 250),
      url: text('Page of the release', 2_048, { format: 'uri' }),
      date_released: moment('When it was released'),
    },
    gives: aRelease,
  }),
  action('sentry.release.list', 'List releases', 'Reads the releases of an organization.', {
    effect: READS,
    scopes: ['project:releases'],
    needs: { organization },
    takes: { query: text('Beginning of the version', 250), ...page },
    gives: list(aRelease),
  }),
  action('sentry.deploy.create', 'Create a deploy', 'Tells that a release was deployed.', {
    effect: ADDS,
    scopes: ['project:releases'],
    needs: { organization, version, environment: text('Environment', 64) },
    takes: {
      name: text('Name', 64),
      url: text('Address', 2_048, { format: 'uri' }),
      date_started: moment('When it began'),
      date_finished: moment('When it ended'),
    },
    gives: output(['id'], { id: field('string', 'Id'), environment: field('string', 'Environment') }),
  }),
];
