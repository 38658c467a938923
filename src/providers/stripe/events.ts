import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { samplesOf } from '../kit/event_type.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { namedParts } from '../kit/signature_list.ts';
import { momentIn } from '../kit/verification.ts';
import { eventTypes, objectKindOf } from './event_types.ts';

const parts = (header: string | undefined) => namedParts(header);
const timeOf = (header: string | undefined): string | undefined => parts(header)('t')[0];

/** Source: docs.stripe.com/webhooks: `Stripe-Signature: t=<seconds>,v1=<hex>`, several v1 while a secret is rolled. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook endpoint made in the dashboard',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
    {
      suffix: 'made',
      description: 'Webhook endpoint that the service makes with the key',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
    {
      suffix: 'app',
      description: 'Webhook endpoint of the Stripe App, for every account that installed it',
      signature: 'hmac-sha256',
      secret: 'PLATFORM_APP',
      secretField: 'webhook_secret',
    },
  ],
  verify: hmac({
    header: 'stripe-signature',
    given: ({ headers }) => {
      const given = headers['stripe-signature'];
      return given === undefined ? undefined : parts(given)('v1').join(' ') || 'none';
    },
    separator: ' ',
    signed: ({ headers, body }) => {
      const time = timeOf(headers['stripe-signature']);
      return time === undefined ? undefined : [`${time}.`, body];
    },
    timestamp: ({ headers }) => momentIn(timeOf(headers['stripe-signature']), 'seconds'),
  }),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const type = readString(body.type, 'type');
  if (!/^[a-z0-9_]{1,64}(\.[a-z0-9_]{1,64}){1,5}$/.test(type)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('type is not a name'));
  }
  const id = readString(body.id, 'id');
  const object = at(body.data, 'object');
  const { created } = body;
  const time = typeof created === 'number' && Math.abs(created) < 1e11 ? new Date(created * 1000) : undefined;
  return [
    {
      eventType: `stripe.${type}`,
      schemaVersion: 1,
      deliveryKey: id,
      // The dashboard's endpoint and ours may both tell of it.
      semanticKey: id,
      ...objectOf(at(object, 'object'), at(object, 'id')),
      // The app's endpoint hears of all accounts, an account's own endpoint of that account alone.
      accountId: verified.suffix === 'app' ? readString(body.account, 'account') : '',
      ...(time && { occurTime: time }),
      payload: body,
      meta: metaOf({
        object: at(object, 'id'),
        customer: at(object, 'customer'),
        status: at(object, 'status'),
        currency: at(object, 'currency'),
        account: body.account,
      }),
      ...(type === 'account.application.deauthorized' && {
        lifecycle: { kind: 'ENDED', authKind: 'OAUTH2', ...(time && { time }) },
      }),
    },
  ];
}

export const samples = samplesOf(eventTypes, ({ name }) => {
  const type = name.slice('stripe.'.length);
  const object = { id: 'obj_sample0001', object: objectKindOf(type), customer: 'cus_sample0001', status: 'active' };
  return {
    payload: {
      id: 'evt_sample0001',
      object: 'event',
      api_version: '2025-09-30.clover',
      created: 1_777_863_721,
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
      data: { object, ...(type.endsWith('.updated') && { previous_attributes: { status: 'incomplete' } }) },
    },
    meta: { object: object.id, customer: object.customer, status: object.status },
  };
});
