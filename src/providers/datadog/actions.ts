import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const monitor = picked('datadog.monitor', text('Monitor id', 20, { pattern: '^[0-9]+$' }));
const dashboard = picked('datadog.dashboard', text('Dashboard id', 32, { pattern: '^[a-z0-9-]+$' }));
const slo = picked('datadog.slo', text('Objective id', 64, { pattern: '^[a-z0-9-]+$' }));
const user = picked('datadog.user', text('User id', 36, { pattern: '^[0-9a-f-]+$' }));
const team = picked('datadog.team', text('Team id', 36, { pattern: '^[0-9a-f-]+$' }));
const tags = listOf('Tags', text('Tag', 200), 100);
const seconds = (what: string) => integer(`${what}, in seconds since 1970`, 0, 9_999_999_999);
const moment = (what: string) => text(`${what}: ISO 8601, or now-15m`, 40);
const query = (what: string) => text(what, 8_192);
const searched = {
  from: moment('From when'),
  to: moment('Until when'),
  sort: choice('Order', ['timestamp', '-timestamp']),
  limit: integer('At most', 1, 1_000),
  cursor: text('`meta.page.after` of the page before', 2_048),
};

const aMonitor = output(['id'], {
  id: field('integer', 'Id'),
  name: field('string', 'Name'),
  type: field('string', 'Kind'),
  query: field('string', 'What it asks'),
  overall_state: field('string', 'OK, Alert, Warn, No Data'),
  message: field('string', 'What it says'),
});
const resource = output(['data'], {
  data: output(['id'], {
    id: field('string', 'Id'),
    type: field('string', 'Kind'),
    attributes: field('object', 'Fields'),
  }),
});
const resources: JsonSchema = output(['data'], {
  data: field('array', 'Objects: id, type, attributes'),
  meta: field('object', '`page.after` begins the next page'),
});

const monitorFields = {
  name: text('Name', 255),
  message: text('What it says, and whom it tells with @', 65_535),
  tags,
  priority: integer('Priority, 1 the highest', 1, 5),
  thresholds: {
    type: 'object',
    description: 'Limits: critical, warning, ok, critical_recovery, warning_recovery',
    maxProperties: 6,
    additionalProperties: { type: 'number' },
  } as const,
  renotify_interval: integer('Minutes until it reminds', 0, 10_080),
  notify_no_data: flag('Whether it tells of missing data'),
};
const severity = choice('How bad it is', ['UNKNOWN', 'SEV-0', 'SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']);

export const actions: readonly Action[] = [
  action('datadog.event.create', 'Post an event', 'Posts an event to the stream.', {
    effect: ADDS,
    needs: { title: text('Title', 500), text: text('Text', 4_000) },
    takes: {
      alert_type: choice('Kind', ['error', 'warning', 'info', 'success', 'user_update', 'recommendation', 'snapshot']),
      priority: choice('Priority', ['normal', 'low']),
      tags,
      host: text('Host', 255),
      aggregation_key: text('Key that joins events', 100),
      date_happened: seconds('When it happened'),
      source_type_name: text('Source', 100),
    },
    gives: output([], { event: field('object', 'id, title, url'), status: field('string', 'ok') }),
  }),
  action('datadog.event.search', 'Search events', 'Finds events by Datadog’s search language.', {
    effect: READS,
    needs: { query: query('Query') },
    takes: searched,
    gives: resources,
  }),
  action('datadog.monitor.create', 'Create a monitor', 'Makes a monitor.', {
    effect: ADDS,
    needs: {
      type: choice('Kind', [
        'metric alert',
        'query alert',
        'service check',
        'event-v2 alert',
        'log alert',
        'process alert',
        'composite',
        'slo alert',
        'trace-analytics alert',
        'error-tracking alert',
      ]),
      query: query('What it asks'),
      name: monitorFields.name,
    },
    takes: monitorFields,
    gives: aMonitor,
  }),
  action('datadog.monitor.get', 'Get a monitor', 'Reads a monitor and how it stands.', {
    effect: READS,
    needs: { monitor },
    takes: { group_states: text('States of groups to read, such as alert,warn', 64) },
    gives: aMonitor,
  }),
  action('datadog.monitor.update', 'Update a monitor', 'Changes the given fields of a monitor.', {
    effect: SETS,
    needs: { monitor },
    takes: { query: query('What it asks'), ...monitorFields },
    atLeast: 2,
    gives: aMonitor,
  }),
  action('datadog.monitor.delete', 'Delete a monitor', 'Deletes a monitor for good.', {
    effect: REMOVES,
    needs: { monitor },
    takes: { force: flag('Even where others depend on it') },
    gives: output(['deleted_monitor_id'], { deleted_monitor_id: field('integer', 'Id') }),
  }),
  action('datadog.monitor.search', 'Search monitors', 'Finds monitors by words, status and tags.', {
    effect: READS,
    takes: {
      query: query('Query, such as status:alert'),
      page: integer('Page, from 0', 0, 10_000),
      per_page: integer('Monitors at most', 1, 100),
      sort: text('Order, such as name,asc', 64),
    },
    gives: output(['monitors'], {
      monitors: field('array', 'id, name, status'),
      metadata: field('object', 'page_count'),
    }),
  }),
  action('datadog.monitor.mute', 'Mute a monitor', 'Has a monitor tell nobody, for a time.', {
    effect: SETS,
    risk: 'HIGH',
    needs: { monitor },
    takes: { scope: text('Only for it, such as host:web-1', 1_024), end: seconds('Until when') },
    gives: aMonitor,
  }),
  action('datadog.monitor.unmute', 'Unmute a monitor', 'Has a monitor tell of alerts again.', {
    effect: SETS,
    needs: { monitor },
    takes: { scope: text('Only for it', 1_024) },
    gives: aMonitor,
  }),
  action('datadog.downtime.create', 'Schedule a downtime', 'Has monitors tell nobody for a time.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { scope: text('What it is for, such as env:staging', 1_024) },
    takes: {
      monitor,
      monitor_tags: tags,
      message: text('Why', 4_000),
      start: moment('From when'),
      end: moment('Until when'),
    },
    gives: resource,
  }),
  action('datadog.downtime.cancel', 'Cancel a downtime', 'Ends a downtime.', {
    effect: SETS,
    needs: { downtime: text('Downtime id', 36, { pattern: '^[0-9a-f-]+$' }) },
    gives: done,
  }),
  action('datadog.metric.query', 'Query metrics', 'Reads a metric over time.', {
    effect: READS,
    needs: {
      query: query('Query, such as avg:system.load.1{*}'),
      from: seconds('From when'),
      to: seconds('Until when'),
    },
    gives: output(['series'], { series: field('array', 'metric, scope, pointlist') }),
  }),
  action('datadog.metric.submit', 'Submit a metric', 'Tells the values of a metric.', {
    effect: ADDS,
    needs: {
      metric: text('Name', 200, { pattern: '^[A-Za-z][A-Za-z0-9_.]*$' }),
      points: listOf(
        'Values',
        {
          type: 'object',
          additionalProperties: false,
          required: ['timestamp', 'value'],
          properties: { timestamp: seconds('When'), value: { type: 'number', description: 'Value' } },
        },
        500,
      ),
    },
    takes: { type: choice('Kind', ['count', 'rate', 'gauge']), unit: text('Unit', 64), tags, host: text('Host', 255) },
    gives: output([], { errors: field('array', 'What was wrong') }),
  }),
  action('datadog.log.search', 'Search logs', 'Finds log entries by Datadog’s search language.', {
    effect: READS,
    needs: { query: query('Query, such as service:web status:error') },
    takes: { indexes: listOf('Indexes', text('Index', 100), 50), ...searched },
    gives: resources,
  }),
  action('datadog.incident.create', 'Declare an incident', 'Declares an incident.', {
    effect: ADDS,
    needs: { title: text('Title', 1_024), customer_impacted: flag('Whether customers are hit') },
    takes: { commander: user, severity, customer_impact_scope: text('How they are hit', 4_000) },
    gives: resource,
  }),
  action('datadog.incident.get', 'Get an incident', 'Reads an incident.', {
    effect: READS,
    needs: { incident: text('Incident id', 36, { pattern: '^[0-9a-f-]+$' }) },
    gives: resource,
  }),
  action('datadog.incident.update', 'Update an incident', 'Changes the given fields of an incident.', {
    effect: SETS,
    needs: { incident: text('Incident id', 36, { pattern: '^[0-9a-f-]+$' }) },
    takes: {
      title: text('Title', 1_024),
      state: choice('State', ['active', 'stable', 'resolved', 'completed']),
      severity,
      commander: user,
    },
    atLeast: 2,
    gives: resource,
  }),
  action('datadog.incident.search', 'Search incidents', 'Finds incidents by state, severity and words.', {
    effect: READS,
    needs: { query: query('Query, such as state:active') },
    takes: { sort: choice('Order', ['created', '-created']), limit: integer('At most', 1, 100) },
    gives: output(['data'], { data: field('object', 'attributes.incidents') }),
  }),
  action('datadog.dashboard.get', 'Get a dashboard', 'Reads a dashboard.', {
    effect: READS,
    needs: { dashboard },
    gives: output(['id'], {
      id: field('string', 'Id'),
      title: field('string', 'Title'),
      widgets: field('array', 'Widgets'),
    }),
  }),
  action('datadog.slo.get_history', 'Get an objective’s history', 'Reads how well an objective was kept.', {
    effect: READS,
    needs: { slo, from_ts: seconds('From when'), to_ts: seconds('Until when') },
    gives: output(['data'], { data: field('object', 'overall, thresholds, series') }),
  }),
  action('datadog.synthetics_test.trigger', 'Run tests', 'Has synthetic tests run now; each run costs.', {
    effect: ADDS,
    needs: {
      tests: picked('datadog.synthetics_test', listOf('Tests', text('Test id', 16, { pattern: '^[a-z0-9-]+$' }), 100)),
    },
    gives: output([], { batch_id: field('string', 'Batch'), results: field('array', 'public_id, result_id') }),
  }),
  action('datadog.team.get', 'Get a team', 'Reads a team.', { effect: READS, needs: { team }, gives: resource }),
  action('datadog.user.get', 'Get a user', 'Reads a person.', { effect: READS, needs: { user }, gives: resource }),
];
