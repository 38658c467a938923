import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { ping } from '../kit/handshakes.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

/** Source: PagerDuty/developer-docs, verifying signatures: HMAC-SHA256 of the body, several `v1=` while a secret is rotated. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook subscription of the account that the service makes',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
    {
      suffix: 'manual',
      description: 'Webhook subscription made by hand',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'x-webhook-id',
  verify: hmac({ header: 'x-pagerduty-signature', prefix: 'v1=', separator: ',' }),
  handshake: ping(verified => at(jsonBody(verified).event, 'event_type') === 'pagey.ping'),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const event = readObject(body.event, 'event');
  const type = readString(event.event_type, 'event.event_type');
  if (!/^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}){1,4}$/.test(type)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('event_type is not a name'));
  }
  const id = readString(event.id, 'event.id');
  const { data } = event;
  const object = at(data, 'incident', 'id') ?? at(data, 'service', 'id') ?? at(data, 'id');
  const occurTime = momentOf(event.occurred_at);
  return [
    {
      eventType: `pagerduty.${type}`,
      schemaVersion: 1,
      deliveryKey: id,
      // A subscription made by hand and ours may both tell of it.
      semanticKey: id,
      ...objectOf(event.resource_type, at(data, 'type') === 'incident' ? at(data, 'id') : object),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        object: at(data, 'id'),
        incident: at(data, 'incident', 'id') ?? (at(data, 'type') === 'incident' ? at(data, 'id') : undefined),
        status: at(data, 'status'),
        urgency: at(data, 'urgency'),
        service: at(data, 'service', 'id'),
        agent: at(event.agent, 'id'),
      }),
    },
  ];
}

/** Event types, the kind of object in `data`, and what happened. Source: the same, event types of version 3. */
const incident: Readonly<Record<string, readonly [kind: string, description: string]>> = {
  triggered: ['incident', 'An incident began.'],
  acknowledged: ['incident', 'Somebody took an incident on.'],
  unacknowledged: ['incident', 'An incident’s acknowledgement ran out.'],
  resolved: ['incident', 'An incident was resolved.'],
  reopened: ['incident', 'An incident was opened again.'],
  escalated: ['incident', 'An incident went to another person of the same level.'],
  delegated: ['incident', 'An incident went to another escalation policy.'],
  reassigned: ['incident', 'An incident went to another person.'],
  priority_updated: ['incident', 'An incident’s priority changed.'],
  service_updated: ['incident', 'An incident went to another service.'],
  'incident_type.changed': ['incident', 'An incident’s type changed.'],
  annotated: ['incident_note', 'A note was added to an incident.'],
  'conference_bridge.updated': ['incident_conference_bridge', 'An incident’s conference bridge changed.'],
  'custom_field_values.updated': ['incident_field_values', 'Values of an incident’s own fields changed.'],
  status_update_published: ['incident_status_update', 'A status update was published.'],
  'responder.added': ['incident_responder', 'A responder was asked to help.'],
  'responder.replied': ['incident_responder', 'A responder answered.'],
  'role.assigned': ['incident_role_assignment', 'A role in an incident was given or taken.'],
  'task.created': ['incident_task', 'A task of an incident was made.'],
  'task.updated': ['incident_task', 'A task of an incident changed.'],
  'task.completed': ['incident_task', 'A task of an incident was done.'],
  'action_invocation.created': ['incident_action_invocation', 'An automation action was started.'],
  'action_invocation.updated': ['incident_action_invocation', 'An automation action got further.'],
  'action_invocation.terminated': ['incident_action_invocation', 'An automation action ended.'],
};
const workflow = {
  started: ['incident_workflow_instance', 'An incident workflow began.'],
  completed: ['incident_workflow_instance', 'An incident workflow ended.'],
} as const;
const service = {
  created: ['service', 'A service was made.'],
  updated: ['service', 'A service changed.'],
  deleted: ['service', 'A service was deleted.'],
  'custom_field_values.updated': ['service_field_values', 'Values of a service’s own fields changed.'],
} as const;

type Table = Readonly<Record<string, readonly [string, string]>>;

const payload =
  (object: string, table: Table) =>
  (verb: string): JsonSchema =>
    output(['event'], {
      event: output(['id', 'event_type', 'resource_type', 'occurred_at', 'data'], {
        id: field('string', 'Id of the event'),
        event_type: field('string', 'What happened', { const: `${object}.${verb}` }),
        resource_type: field('string', 'Kind of object that it is about'),
        occurred_at: field('string', 'When it happened'),
        agent: field(['object', 'null'], 'Who did it: id, type, summary'),
        data: output(['type'], {
          type: field('string', 'Kind of `data`', { const: table[verb]?.[0] }),
          id: field('string', 'Id of it'),
          ...(table[verb]?.[0].startsWith('incident_') && { incident: field('object', 'Incident: id, summary') }),
        }),
      }),
    });

const typesOf = (object: string, table: Table, scope: string) =>
  eventTypesOf(
    `pagerduty.${object}`,
    Object.fromEntries(Object.entries(table).map(([verb, [, description]]) => [verb, description])),
    payload(object, table),
    { scopes: [scope] },
  );

export const eventTypes = [
  ...typesOf('incident', incident, 'incidents.read'),
  ...typesOf('incident.workflow', workflow, 'incident_workflows.read'),
  ...typesOf('service', service, 'services.read'),
];

const reference = (type: string, id: string) => ({ id, type: `${type}_reference`, summary: 'Sample' });

export const samples = samplesOf(eventTypes, ({ name, payloadSchema }) => {
  const type = name.slice('pagerduty.'.length);
  const kind = String(at(payloadSchema, 'properties', 'event', 'properties', 'data', 'properties', 'type', 'const'));
  const data = {
    id: 'PGR0VU2',
    type: kind,
    ...(kind === 'incident' && {
      number: 2,
      status: 'triggered',
      title: 'A little bump in the road',
      urgency: 'high',
      service: reference('service', 'PF9KMXH'),
      assignees: [reference('user', 'PTUXL6G')],
    }),
    ...(kind.startsWith('incident_') && { incident: reference('incident', 'PGR0VU2') }),
  };
  const event = {
    id: '01BRB6ZP4M6T8ZG4X6BP63ZB9O',
    event_type: type,
    resource_type: type.split('.')[0],
    occurred_at: '2026-05-04T03:02:01.682Z',
    agent: reference('user', 'PLH1HKV'),
    client: null,
    data,
  };
  return { payload: { event }, meta: { object: 'PGR0VU2', agent: 'PLH1HKV' } };
});
