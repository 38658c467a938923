import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

/** Source: getsentry/sentry-docs, integration platform, webhooks. The time and resource stand in headers that are not signed. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook of the internal integration',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'request-id',
  verify: hmac({ header: 'sentry-hook-signature' }),
  parse,
};

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const resource = readString(verified.headers['sentry-hook-resource'], 'sentry-hook-resource');
  const action = readString(body.action, 'action');
  if (!NAME.test(resource) || !NAME.test(action)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('resource or action is not a name'));
  }
  const { data } = body;
  const id = verified.headers['request-id'];
  const issue =
    at(data, 'issue', 'id') ?? at(data, 'event', 'issue_id') ?? at(data, 'error', 'issue_id') ?? at(data, 'issue_id');
  const occurTime = momentOf(at(data, 'timestamp') ?? at(data, 'error', 'datetime') ?? at(data, 'event', 'datetime'));
  return [
    {
      eventType: `sentry.${resource}.${action}`,
      schemaVersion: 1,
      deliveryKey: id === undefined || id === '' ? bodyKey(verified.body) : id,
      ...objectOf('issue', issue ?? at(data, 'group_id')),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        issue: issue ?? at(data, 'group_id'),
        project: at(data, 'issue', 'project', 'slug') ?? at(data, 'project_slug') ?? at(data, 'projectSlug'),
        level: at(data, 'issue', 'level') ?? at(data, 'error', 'level') ?? at(data, 'event', 'level'),
        status: at(data, 'issue', 'status'),
        rule: at(data, 'triggered_rule'),
        run: at(data, 'run_id'),
      }),
    },
  ];
}

const payload =
  (data: Readonly<Record<string, JsonSchema>>) =>
  (verb: string): JsonSchema =>
    output(['action', 'data', 'installation'], {
      action: field('string', 'What happened', { const: verb }),
      installation: output(['uuid'], { uuid: field('string', 'Installation of the integration') }),
      actor: output([], {
        type: field('string', 'user or application'),
        id: field(['string', 'integer'], 'Id'),
        name: field('string', 'Name'),
      }),
      data: output(Object.keys(data).slice(0, 1), data),
    });

const issue = output(['id'], {
  id: field('string', 'Id of the issue'),
  title: field('string', 'Title'),
  status: field('string', 'resolved, unresolved or ignored'),
  substatus: field(['string', 'null'], 'Finer status'),
  level: field('string', 'Level'),
  web_url: field('string', 'Page of the issue'),
  project: field('object', 'id, slug, name'),
});
const anEvent = output(['issue_id'], {
  event_id: field('string', 'Id of the event'),
  issue_id: field('string', 'Id of the issue'),
  title: field('string', 'Title'),
  level: field('string', 'Level'),
  web_url: field('string', 'Page of the event'),
});
const comment = {
  comment_id: field('integer', 'Id of the comment'),
  issue_id: field('integer', 'Id of the issue'),
  comment: field('string', 'Text'),
  project_slug: field('string', 'Project'),
  timestamp: field('string', 'When it happened'),
};
const metricAlert = {
  metric_alert: output([], { id: field('string', 'Id'), alert_rule: field('object', 'Rule') }),
  description_title: field('string', 'Title'),
  description_text: field('string', 'Text'),
  web_url: field('string', 'Page of the alert'),
};
const run = { run_id: field('integer', 'Run of Seer'), group_id: field('integer', 'Id of the issue') };
const build = {
  buildId: field('string', 'Id of the build'),
  projectSlug: field('string', 'Project'),
  state: field('string', 'COMPLETED or FAILED'),
};
const installation = { installation: output(['uuid'], { uuid: field('string', 'Installation') }) };

export const eventTypes = [
  ...eventTypesOf(
    'sentry.issue',
    {
      created: 'An issue was seen for the first time.',
      resolved: 'An issue was resolved.',
      assigned: 'An issue was given to somebody.',
      archived: 'An issue was put away.',
      unresolved: 'An issue is open again.',
    },
    payload({ issue }),
    { scopes: ['event:read'] },
  ),
  ...eventTypesOf('sentry.error', { created: 'An error happened.' }, payload({ error: anEvent }), {
    scopes: ['event:read'],
  }),
  ...eventTypesOf(
    'sentry.comment',
    { created: 'Somebody commented on an issue.', updated: 'A comment changed.', deleted: 'A comment was deleted.' },
    payload(comment),
    { scopes: ['event:read'] },
  ),
  ...eventTypesOf(
    'sentry.event_alert',
    { triggered: 'An issue alert went off.' },
    payload({ event: anEvent, triggered_rule: field('string', 'Label of the rule') }),
  ),
  ...eventTypesOf(
    'sentry.metric_alert',
    {
      critical: 'A metric alert became critical.',
      warning: 'A metric alert became a warning.',
      resolved: 'A metric alert is over.',
    },
    payload(metricAlert),
  ),
  ...eventTypesOf(
    'sentry.activity_alert',
    { triggered: 'An alert on an issue’s activity went off; not every organization has them.' },
    payload({ issue }),
  ),
  ...eventTypesOf(
    'sentry.seer',
    {
      root_cause_started: 'Seer looks for a root cause.',
      root_cause_completed: 'Seer found a root cause.',
      solution_started: 'Seer works on a solution.',
      solution_completed: 'Seer has a solution.',
      coding_started: 'Seer writes code.',
      coding_completed: 'Seer wrote code.',
      pr_created: 'Seer made pull requests.',
    },
    payload(run),
    { scopes: ['event:read'] },
  ),
  ...eventTypesOf(
    'sentry.preprod_artifact',
    {
      size_analysis_completed: 'The size of a mobile build was worked out.',
      build_distribution_completed: 'A mobile build is ready to be handed out.',
    },
    payload(build),
    { scopes: ['project:read'] },
  ),
  // Only public integrations are told, which cannot be connected here.
  ...eventTypesOf(
    'sentry.installation',
    { created: 'The integration was installed.', deleted: 'The integration was uninstalled.' },
    payload(installation),
    { runtimeState: 'PLANNED' },
  ),
];

const url = 'https://sentry.io/organizations/acme/issues/1170820242/';
const data: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  issue: {
    issue: {
      id: '1170820242',
      title: 'ReferenceError: blooopy is not defined',
      status: 'unresolved',
      substatus: 'new',
      level: 'error',
      web_url: url,
      project: { id: '1', slug: 'front-end', name: 'front-end' },
    },
  },
  error: {
    error: { event_id: 'bb78c1407cea4519aa397afc059c793d', issue_id: '1170820242', level: 'error', web_url: url },
  },
  comment: {
    comment: 'I look into it',
    project_slug: 'front-end',
    comment_id: 1234,
    issue_id: 100,
    timestamp: '2026-05-04T03:02:01.118160Z',
  },
  event_alert: {
    event: { event_id: 'e4874d664c3540c1a32eab185f12c5ab', issue_id: '1170820242', level: 'error', web_url: url },
    triggered_rule: 'Very important alert rule',
  },
  metric_alert: {
    metric_alert: { id: '4', alert_rule: { id: '7', name: 'Too many errors' } },
    description_title: 'Too many errors',
    description_text: '1000 events in the last 10 minutes',
    web_url: 'https://sentry.io/organizations/acme/alerts/rules/details/4/',
  },
  seer: { run_id: 12_345, group_id: 1_170_820_242 },
  preprod_artifact: { buildId: '72', organizationSlug: 'acme', projectSlug: 'my-project', state: 'COMPLETED' },
};

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, resource = '', action = ''] = name.split('.');
  return {
    payload: {
      action,
      actor: { type: 'user', id: 1, name: 'colleen' },
      data: data[resource] ?? data.issue ?? {},
      installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
    },
    meta: { issue: '1170820242' },
  };
});
