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
      meta: metaOf({ object_id: at(body.data, 'id') ?? at(body.data, 'call_id') }),
    },
  ];
}

/** A delivery names neither project nor organization: it belongs to the integration whose secret signed it. */
const NO_ACCOUNT = '';

const event = <const Type extends string>(
  type: Type,
  description: string,
  data: Readonly<Record<string, JsonSchema>> = {},
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
    data: output(['id'], { id: field('string', 'Id of the object'), ...data }),
  }),
});

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
  {
    ...event('realtime.call.incoming', 'A call came in over SIP and waits to be answered.'),
    payloadSchema: output(['id', 'type', 'created_at', 'data'], {
      id: field('string', 'Id of the event'),
      type: field('string', 'What happened', { const: 'realtime.call.incoming' }),
      created_at: field('integer', 'Seconds since 1970'),
      data: output(['call_id'], {
        call_id: field('string', 'Id of the call'),
        sip_headers: field('array', 'Headers of the invitation', {
          items: output(['name', 'value'], { name: field('string', 'Name'), value: field('string', 'Value') }),
        }),
      }),
    }),
  },
];
