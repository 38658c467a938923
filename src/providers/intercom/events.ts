import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { samplesOf } from '../kit/event_type.ts';
import { head, ping } from '../kit/handshakes.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { eventTypes } from './event_types.ts';

/** Source: developers.intercom.com/docs/webhooks, signed notifications: HMAC-SHA1 of the body with the client secret. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook of the app in the Developer Hub',
      signature: 'hmac-sha1',
      secret: 'PLATFORM_APP',
      secretField: 'client_secret',
    },
  ],
  greeting: head,
  verify: hmac({ algorithm: 'sha1', header: 'x-hub-signature', prefix: 'sha1=' }),
  handshake: ping(verified => jsonBody(verified).topic === 'ping'),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const topic = readString(body.topic, 'topic');
  if (!/^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}){1,4}$/.test(topic)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('topic is not a name'));
  }
  const item = at(body.data, 'item');
  const { created_at: created } = body;
  return [
    {
      eventType: `intercom.${topic}`,
      schemaVersion: 1,
      deliveryKey: readString(body.id, 'id'),
      ...objectOf(at(item, 'type'), at(item, 'id')),
      accountId: readString(body.app_id, 'app_id'),
      ...(typeof created === 'number' && Math.abs(created) < 1e11 && { occurTime: new Date(created * 1000) }),
      payload: body,
      meta: metaOf({
        object: at(item, 'id'),
        object_type: at(item, 'type'),
        state: at(item, 'state'),
        admin: at(item, 'admin_assignee_id'),
        team: at(item, 'team_assignee_id'),
        email: at(item, 'email'),
      }),
    },
  ];
}

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', ...rest] = name.split('.');
  const isWritten = object === 'conversation' || object === 'ticket';
  const item = {
    type: object,
    id: '215468532345234',
    ...(isWritten && {
      state: 'open',
      admin_assignee_id: 814_860,
      source: { type: 'conversation', body: '<p>Hello</p>' },
    }),
    ...(object === 'contact' && { role: 'user', email: 'ada@acme.example' }),
  };
  return {
    payload: {
      type: 'notification_event',
      app_id: 'a86dr8yl',
      id: 'notif_78c122d0-23ba-11e4-9464-79b01267cc2e',
      topic: [object, ...rest].join('.'),
      created_at: 1_777_863_721,
      first_sent_at: 1_777_863_722,
      delivery_status: 'pending',
      delivery_attempts: 1,
      data: { type: 'notification_event_data', item },
      links: {},
      self: null,
    },
    meta: { object: item.id, object_type: object },
  };
});
