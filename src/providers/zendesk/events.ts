import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { samplesOf } from '../kit/event_type.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { eventTypes } from './event_types.ts';

const TIME = 'x-zendesk-webhook-signature-timestamp';
const PREFIX = 'zen:event-type:';

/** Source: developer.zendesk.com, verifying webhook authenticity: base64 of HMAC-SHA256 over time and body. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks that the service makes where the credential is an administrator’s',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
    {
      suffix: 'manual',
      description: 'Webhook of the Admin Center that is subscribed to events',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'x-zendesk-webhook-invocation-id',
  verify: hmac({
    header: 'x-zendesk-webhook-signature',
    encoding: 'base64',
    signed: ({ headers, body }) => {
      const time = headers[TIME];
      return time === undefined || time === '' ? undefined : [time, body];
    },
    timestamp: ({ headers }) => momentOf(headers[TIME]),
  }),
  parse,
};

/** Webhooks that a trigger calls send a body of the administrator’s own making, and are no events. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const type = readString(body.type, 'type');
  const name = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : '';
  if (!/^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}){1,3}$/.test(name)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('type is not an event type'));
  }
  const id = readString(body.id, 'id');
  const occurTime = momentOf(body.time);
  return [
    {
      eventType: `zendesk.${name}`,
      schemaVersion: 1,
      deliveryKey: id,
      // A webhook made by hand and ours may both tell of it.
      semanticKey: id,
      ...objectOf(body.subject),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        object: at(body.detail, 'id'),
        status: at(body.detail, 'status'),
        priority: at(body.detail, 'priority'),
        group: at(body.detail, 'group_id'),
        assignee: at(body.detail, 'assignee_id'),
        organization: at(body.detail, 'organization_id'),
      }),
    },
  ];
}

const details: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ticket: {
    assignee_id: '8447388090494',
    created_at: '2026-05-04T03:00:00Z',
    description: 'The lights stay off.',
    group_id: '8447320466430',
    is_public: true,
    organization_id: '8447346622462',
    priority: 'HIGH',
    requester_id: '8447388090495',
    status: 'OPEN',
    subject: 'No light',
    tags: ['lamp'],
    type: 'INCIDENT',
    via: { channel: 'email' },
  },
  user: { email: 'ada@acme.example', role: 'end-user', organization_id: '8447346622462' },
  organization: { name: 'Acme', shared_comments: false, shared_tickets: false },
};

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const changed = verb.endsWith('_changed') ? { current: 'after', previous: 'before' } : {};
  const comment = { id: '8447388090500', body: 'It works again.', is_public: true, author: { id: '8447388090494' } };
  return {
    payload: {
      type: `${PREFIX}${object}.${verb}`,
      account_id: 22_129_848,
      id: 'cbe4028c-7239-495d-b020-f22348516046',
      time: '2026-05-04T03:02:01.672717030Z',
      zendesk_event_version: '2022-11-06',
      subject: `zen:${object}:5158`,
      detail: { id: '5158', ...details[object] },
      event: verb === 'comment_added' ? { comment } : changed,
    },
    meta: { object: '5158', ...(object === 'ticket' && { status: 'OPEN', priority: 'HIGH' }) },
  };
});
