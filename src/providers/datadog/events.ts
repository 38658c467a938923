import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType, eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { metaOf, objectOf } from '../kit/meta.ts';
import { sharedToken } from '../kit/plain_token.ts';
import { optionalString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { momentIn } from '../kit/verification.ts';
import type { JsonSchema } from '../provider.ts';

/** The header that our webhooks carry their secret in: Datadog signs nothing. */
export const SECRET_HEADER = 'x-mobius-secret';

/** Source: docs.datadoghq.com/integrations/webhooks. A monitor notifies it whose text names it. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook that the service makes; name it in a monitor as @webhook-<its id>',
      signature: 'shared-token',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
    {
      suffix: 'manual',
      description: 'Webhook made by hand, whose payload holds id, transition, title, monitor_id and date',
      signature: 'shared-token',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  verify: sharedToken(({ headers }) => headers[SECRET_HEADER]),
  parse,
};

/** What we have Datadog write: its variables by the names that events have. */
export const TEMPLATE = {
  id: '$ID',
  event_type: '$EVENT_TYPE',
  transition: '$ALERT_TRANSITION',
  title: '$EVENT_TITLE',
  message: '$TEXT_ONLY_MSG',
  monitor_id: '$ALERT_ID',
  cycle_key: '$ALERT_CYCLE_KEY',
  monitor_type: '$ALERT_TYPE',
  priority: '$ALERT_PRIORITY',
  status: '$ALERT_STATUS',
  query: '$ALERT_QUERY',
  scope: '$ALERT_SCOPE',
  metric: '$ALERT_METRIC',
  tags: '$TAGS',
  hostname: '$HOSTNAME',
  link: '$LINK',
  snapshot: '$SNAPSHOT',
  date: '$DATE',
  org_id: '$ORG_ID',
  org_name: '$ORG_NAME',
} as const;

/** Notifications that are of no monitor have no transition. */
function nameOf(transition: string | undefined): string {
  if (transition === undefined || transition === 'null' || transition.startsWith('$')) return 'event.posted';
  return `monitor.${transition.toLowerCase().replaceAll(/[ -]+/g, '_')}`;
}

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const name = nameOf(optionalString(body.transition));
  if (!/^[a-z]{1,16}\.[a-z][a-z_]{0,63}$/.test(name)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('transition is not a name'));
  }
  const id = optionalString(body.id);
  const occurTime = momentIn(optionalString(body.date), 'milliseconds');
  return [
    {
      eventType: `datadog.${name}`,
      schemaVersion: 1,
      deliveryKey: id === undefined ? bodyKey(verified.body) : `${id}/${name}`,
      ...objectOf(body.monitor_id, body.cycle_key),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        monitor: body.monitor_id,
        cycle: body.cycle_key,
        priority: body.priority,
        scope: body.scope,
        hostname: body.hostname,
      }),
    },
  ];
}

const payload: JsonSchema = output(['title'], {
  id: field('string', 'Id of the event'),
  title: field('string', 'Title'),
  message: field('string', 'Text'),
  transition: field('string', 'Triggered, Recovered, …'),
  monitor_id: field('string', 'Monitor'),
  cycle_key: field('string', 'The same from the alert to its end'),
  priority: field('string', 'P1 to P5'),
  status: field('string', 'Summary'),
  query: field('string', 'What the monitor asks'),
  scope: field('string', 'Tags that it is about'),
  tags: field('string', 'Tags of the event'),
  hostname: field('string', 'Host'),
  link: field('string', 'Page of the event'),
  date: field('string', 'Milliseconds since 1970'),
});

/** Source: the same, $ALERT_TRANSITION. */
export const eventTypes = [
  ...eventTypesOf(
    'datadog.monitor',
    {
      triggered: 'A monitor went off.',
      re_triggered: 'A monitor went off again before it was over.',
      recovered: 'A monitor is well again.',
      warn: 'A monitor warns.',
      re_warn: 'A monitor warns again before it was over.',
      no_data: 'A monitor sees nothing.',
      re_no_data: 'A monitor still sees nothing.',
      renotify: 'A monitor reminds of an alert.',
    },
    payload,
  ),
  eventType('datadog.event.posted', 'An event that names the webhook was posted.', payload),
  // Its variables are others, and which of them are filled when is not documented.
  ...eventTypesOf(
    'datadog.incident',
    { created: 'An incident was declared.', updated: 'An incident changed.' },
    output([], {}),
    { runtimeState: 'PLANNED' },
  ),
];

const TRANSITIONS: Readonly<Record<string, string>> = {
  re_triggered: 'Re-Triggered',
  re_warn: 'Re-Warn',
  no_data: 'No Data',
  re_no_data: 'Re-No Data',
  posted: 'null',
};

export const samples = samplesOf(eventTypes, ({ name }) => {
  const verb = name.split('.')[2] ?? '';
  const capital = `${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  return {
    payload: {
      id: '2000000000000000001',
      event_type: 'metric_alert_monitor',
      transition: TRANSITIONS[verb] ?? capital,
      title: '[Triggered on {host:web-1}] Load is high',
      message: 'Load is high',
      monitor_id: '1234',
      cycle_key: '9bd4ac313a4d1e8fae2482df7b77628',
      monitor_type: 'error',
      priority: 'P2',
      status: 'system.load.1 over host:web-1 was > 4',
      query: 'avg(last_5m):avg:system.load.1{*} by {host} > 4',
      scope: 'host:web-1',
      metric: 'system.load.1',
      tags: 'env:production,monitor',
      hostname: 'web-1',
      link: 'https://app.datadoghq.com/event/event?id=2000000000000000001',
      snapshot: '',
      date: '1777863721000',
      org_id: '4711',
      org_name: 'Acme',
    },
    meta: { monitor: '1234', priority: 'P2', scope: 'host:web-1' },
  };
});
