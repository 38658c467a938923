import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { standardWebhooks } from '../kit/standard_webhooks.ts';
import type { EventType, JsonSchema } from '../provider.ts';

export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook endpoint of the project’s settings',
      signature: 'standard-webhooks',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'webhook-id',
  verify: hmac(standardWebhooks),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const type = readString(body.type, 'type');
  if (!/^[a-z0-9_]{1,64}(\.[a-z0-9_]{1,64}){1,4}$/.test(type)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('type is not a name'));
  }
  const seconds = body.created_at;
  return [
    {
      eventType: `openai.${type}`,
      schemaVersion: 1,
      deliveryKey: readString(verified.headers['webhook-id'], 'webhook-id'),
      ...objectOf(at(body.data, 'id')),
      accountId: NO_ACCOUNT,
      ...(typeof seconds === 'number' && Math.abs(seconds) < 1e11 ? { occurTime: new Date(seconds * 1000) } : {}),
      payload: body,
      meta: metaOf({ object_id: at(body.data, 'id') ?? at(body.data, 'call_id') ?? at(body.data, 'session_id') }),
    },
  ];
}

/** A delivery names neither project nor organization: it belongs to the integration whose secret signed it. */
const NO_ACCOUNT = '';

/** `key` names the object in `data`: an id, but for calls and live sessions. */
const event = <const Type extends string>(
  type: Type,
  description: string,
  data: Readonly<Record<string, JsonSchema>> = {},
  key = 'id',
): EventType & { readonly name: `openai.${Type}` } => ({
  name: `openai.${type}`,
  description,
  schemaVersion: 1,
  runtimeState: 'ACTIVE',
  triggerable: true,
  waitable: true,
  scopes: [],
  payloadSchema: output(['id', 'type', 'created_at', 'data'], {
    id: field('string', 'Id of the event'),
    type: field('string', 'What happened', { const: type }),
    created_at: field('integer', 'Seconds since 1970'),
    data: output([key], { [key]: field('string', 'Id of the object'), ...data }),
  }),
});

const environment = {
  environment_type: field('string', 'Kind of environment'),
  environment_id: field('string', 'Environment'),
};
const call = {
  sip_headers: field('array', 'Headers of the invitation', {
    items: output(['name', 'value'], { name: field('string', 'Name'), value: field('string', 'Value') }),
  }),
};

/** Source: the union `UnwrapWebhookEvent` of openai 7.59. */
export const eventTypes = [
  event('response.completed', 'A background response is ready.'),
  event('response.cancelled', 'A background response was cancelled.'),
  event('response.failed', 'A background response failed.'),
  event('response.incomplete', 'A background response stopped before its end.'),
  event('batch.completed', 'All requests of a batch were worked off.'),
  event('batch.cancelled', 'A batch was cancelled.'),
  event('batch.expired', 'A batch was not done in time.'),
  event('batch.failed', 'A batch could not be started.'),
  event('fine_tuning.job.succeeded', 'A fine-tuning job has made its model.'),
  event('fine_tuning.job.cancelled', 'A fine-tuning job was cancelled.'),
  event('fine_tuning.job.failed', 'A fine-tuning job failed.'),
  event('eval.run.succeeded', 'An evaluation run is done.'),
  event('eval.run.canceled', 'An evaluation run was cancelled.'),
  event('eval.run.failed', 'An evaluation run failed.'),
  event('realtime.call.incoming', 'A call came in over SIP and waits to be answered.', call, 'call_id'),
  event('live.call.incoming', 'A call came in over SIP that a live session may answer.', call, 'session_id'),
  event('live.transport.incoming', 'A session over SIP waits to be taken by a live one.', call, 'session_id'),
  event('live.transport.connected', 'A live session over WebRTC began.', {}, 'session_id'),
  event('agent.session.created', 'A session of an agent was made.', environment),
  event('agent.session.in_progress', 'An agent works in a session.', environment),
  event('agent.session.idle', 'A session of an agent waits for somebody.', environment),
  event('agent.session.failed', 'A session of an agent failed.', environment),
  event('agent.session.action_required', 'A session of an agent wants something done or allowed.', {
    required_action: field('object', '`type`: what is wanted'),
  }),
  event('agent.environment.ready', 'An agent’s environment is ready.'),
  event('agent.environment.suspended', 'An agent’s environment was suspended and can go on from its snapshot.'),
  event('agent.environment.expired', 'An agent’s environment expired and cannot go on.'),
  event('agent.environment.failed', 'An agent’s environment failed.'),
  event('safety.alert.created', 'An alert about safety was raised in the project.'),
  event('safety.org_alert.created', 'An alert about safety was raised in the enterprise workspace.'),
  event('safety.warning_issued', 'Somebody of the organization’s users was warned for safety.'),
  event('safety.deactivation_issued', 'Somebody of the organization’s users was shut out for safety.'),
];
