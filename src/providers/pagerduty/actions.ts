import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 32, { pattern: '^[A-Z0-9]+$' });
const incident = id('Incident');
const service = picked('pagerduty.service', id('Service'));
const policy = picked('pagerduty.escalation_policy', id('Escalation policy'));
const user = picked('pagerduty.user', id('User'));
const priority = picked('pagerduty.priority', id('Priority'));
const schedule = picked('pagerduty.schedule', id('Schedule'));
/** Sent as header `From`; keys of a user and OAuth tokens need none. */
const from = text('E-mail address of the user it is done as, for keys of the account', 254, { format: 'email' });
const moment = (what: string) => text(what, 40, { format: 'date-time' });
const page = { limit: integer('Objects at most', 1, 100), offset: integer('Objects to leave out before', 0, 9_900) };

const reference = field('object', 'id, type, summary');
const anIncident = output(['incident'], {
  incident: output(['id'], {
    id: field('string', 'Id'),
    incident_number: field('integer', 'Number'),
    title: field('string', 'Title'),
    status: field('string', 'triggered, acknowledged or resolved'),
    urgency: field('string', 'high or low'),
    html_url: field('string', 'Page of the incident'),
    service: reference,
  }),
});
const object = (noun: string) =>
  output([noun], { [noun]: output(['id'], { id: field('string', 'Id'), summary: field('string', 'Name') }) });
const list = (plural: string): JsonSchema =>
  output([plural], {
    [plural]: field('array', 'The objects', { items: output([], { id: field('string', 'Id') }) }),
    more: field('boolean', 'Whether there are more'),
    offset: field('integer', 'Objects left out before'),
  });

const reading = { effect: READS, scopes: ['incidents.read'] };
const writing = { effect: SETS, scopes: ['incidents.write'] };
const adding = { effect: ADDS, scopes: ['incidents.write'] };
const status = (does: string, title: string, what: string) =>
  action(`pagerduty.incident.${does}`, title, what, {
    ...writing,
    needs: { incident },
    takes: { from, ...(does === 'resolve' && { resolution: text('How it was resolved', 25_000) }) },
    gives: anIncident,
  });

export const actions: readonly Action[] = [
  action(
    'pagerduty.incident.create',
    'Create an incident',
    'Begins an incident of a service, which calls who is on duty.',
    {
      ...adding,
      needs: { service, title: text('Title', 1_024) },
      takes: {
        from,
        details: text('Details', 25_000),
        urgency: choice('Urgency', ['high', 'low']),
        priority,
        incident_key: text('Key of your own; a second open incident of it is refused', 255),
        escalation_policy: policy,
        assignees: picked('pagerduty.user', listOf('Users, in place of a policy', id('User'), 20)),
      },
      gives: anIncident,
    },
  ),
  action('pagerduty.incident.get', 'Get an incident', 'Reads an incident.', {
    ...reading,
    needs: { incident },
    gives: anIncident,
  }),
  action('pagerduty.incident.list', 'List incidents', 'Reads incidents by status, service and time.', {
    ...reading,
    takes: {
      statuses: listOf('Statuses', choice('Status', ['triggered', 'acknowledged', 'resolved']), 3),
      services: picked('pagerduty.service', listOf('Services', id('Service'), 100)),
      teams: picked('pagerduty.team', listOf('Teams', id('Team'), 100)),
      users: picked('pagerduty.user', listOf('Users who have it', id('User'), 100)),
      urgencies: listOf('Urgencies', choice('Urgency', ['high', 'low']), 2),
      since: moment('Since when'),
      until: moment('Until when'),
      ...page,
    },
    gives: list('incidents'),
  }),
  action('pagerduty.incident.update', 'Update an incident', 'Changes the given fields of an incident.', {
    ...writing,
    needs: { incident },
    takes: {
      from,
      title: text('Title', 1_024),
      urgency: choice('Urgency', ['high', 'low']),
      priority,
      escalation_policy: policy,
      escalation_level: integer('Level of the policy', 1, 20),
    },
    atLeast: 2,
    gives: anIncident,
  }),
  status('acknowledge', 'Acknowledge an incident', 'Takes an incident on, which stops its escalation.'),
  status('resolve', 'Resolve an incident', 'Ends an incident.'),
  action('pagerduty.incident.reassign', 'Reassign an incident', 'Gives an incident to other people.', {
    ...writing,
    needs: { incident, assignees: picked('pagerduty.user', listOf('Users', id('User'), 20)) },
    takes: { from },
    gives: anIncident,
  }),
  action('pagerduty.incident.merge', 'Merge incidents', 'Resolves incidents and moves their alerts to another one.', {
    effect: REMOVES,
    scopes: ['incidents.write'],
    needs: { incident, sources: listOf('Incidents that go into it', id('Incident'), 508) },
    takes: { from },
    gives: anIncident,
  }),
  action('pagerduty.incident.snooze', 'Snooze an incident', 'Puts an acknowledged incident aside for a while.', {
    ...writing,
    needs: { incident, duration: integer('Seconds', 1, 604_800) },
    takes: { from },
    gives: anIncident,
  }),
  action('pagerduty.incident.add_note', 'Add a note', 'Writes a note on an incident.', {
    ...adding,
    needs: { incident, content: text('Text', 25_000) },
    takes: { from },
    gives: output(['note'], { note: field('object', 'id, content, created_at') }),
  }),
  action('pagerduty.incident.list_notes', 'List notes', 'Reads the notes of an incident.', {
    ...reading,
    needs: { incident },
    gives: list('notes'),
  }),
  action('pagerduty.incident.list_alerts', 'List alerts', 'Reads the alerts of an incident.', {
    ...reading,
    needs: { incident },
    takes: page,
    gives: list('alerts'),
  }),
  action('pagerduty.incident.list_log_entries', 'List log entries', 'Reads what happened to an incident.', {
    ...reading,
    needs: { incident },
    takes: { is_overview: flag('Only the most important'), ...page },
    gives: list('log_entries'),
  }),
  action('pagerduty.incident.request_responder', 'Ask for a responder', 'Asks people to help with an incident.', {
    ...adding,
    needs: { incident, requester: user, message: text('What for', 1_024) },
    takes: {
      from,
      users: picked('pagerduty.user', listOf('Users', id('User'), 20)),
      escalation_policies: picked('pagerduty.escalation_policy', listOf('Policies', id('Policy'), 20)),
    },
    atLeast: 4,
    gives: output(['responder_request'], { responder_request: field('object', 'incident, requested_at, message') }),
  }),
  action(
    'pagerduty.incident.publish_status',
    'Publish a status update',
    'Tells an incident’s subscribers how it stands.',
    {
      ...adding,
      risk: 'HIGH',
      needs: { incident, message: text('Text', 25_000) },
      takes: { from, subject: text('Subject of the e-mail', 255) },
      gives: output(['status_update'], { status_update: field('object', 'id, message, created_at') }),
    },
  ),
  action('pagerduty.oncall.list', 'List who is on call', 'Reads who is on call, by policy, schedule and time.', {
    effect: READS,
    scopes: ['oncalls.read'],
    takes: {
      schedules: picked('pagerduty.schedule', listOf('Schedules', id('Schedule'), 100)),
      escalation_policies: picked('pagerduty.escalation_policy', listOf('Policies', id('Policy'), 100)),
      users: picked('pagerduty.user', listOf('Users', id('User'), 100)),
      earliest: flag('Only the next duty of each'),
      since: moment('Since when'),
      until: moment('Until when'),
      ...page,
    },
    gives: list('oncalls'),
  }),
  action('pagerduty.schedule.get', 'Get a schedule', 'Reads a schedule and who is on call by it.', {
    effect: READS,
    scopes: ['schedules.read'],
    needs: { schedule },
    takes: { since: moment('Since when'), until: moment('Until when') },
    gives: object('schedule'),
  }),
  action(
    'pagerduty.schedule.override',
    'Override a schedule',
    'Puts somebody on call in place of whom a schedule names.',
    {
      effect: ADDS,
      scopes: ['schedules.write'],
      needs: { schedule, user, start: moment('From when'), end: moment('Until when') },
      gives: output([], { override: field('object', 'id, start, end, user') }),
    },
  ),
  action('pagerduty.service.create', 'Create a service', 'Makes a service with an escalation policy.', {
    effect: ADDS,
    scopes: ['services.write'],
    needs: { name: text('Name', 255), escalation_policy: policy },
    takes: { description: text('Description', 1_024) },
    gives: object('service'),
  }),
  action('pagerduty.service.get', 'Get a service', 'Reads a service.', {
    effect: READS,
    scopes: ['services.read'],
    needs: { service },
    gives: object('service'),
  }),
  action('pagerduty.service.delete', 'Delete a service', 'Deletes a service with its integrations.', {
    effect: REMOVES,
    scopes: ['services.write'],
    needs: { service },
    gives: done,
  }),
  action('pagerduty.user.get', 'Get a user', 'Reads a person.', {
    effect: READS,
    scopes: ['users.read'],
    needs: { user },
    gives: object('user'),
  }),
  action(
    'pagerduty.alert.send',
    'Send an alert',
    'Tells an integration of a service of a problem, by the Events API.',
    {
      effect: SETS,
      // Wants an integration key of a service, which no way to connect holds.
      runtimeState: 'PLANNED',
      needs: {
        summary: text('What is wrong', 1_024),
        source: text('What it happened to', 255),
        severity: choice('Severity', ['critical', 'error', 'warning', 'info']),
      },
      takes: { dedup_key: text('Key of the problem', 255) },
      gives: output(['dedup_key'], { dedup_key: field('string', 'Key of the problem') }),
    },
  ),
];
