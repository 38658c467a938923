import type { Verified, Webhook } from '../delivery.ts';
import { jsonBody, jsonObject } from '../kit/body.ts';
import { eventType, samplesOf } from '../kit/event_type.ts';
import { bearerKeySet } from '../kit/jwt_key_set.ts';
import { at } from '../kit/meta.ts';
import { readId, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';
import { MODIFY } from './auth.ts';
import { slice } from './slice.ts';

/**
 * Pub/Sub pushes that a mailbox changed, and nothing more: see feed.ts. Anybody can have Google sign a token for our
 * audience; only the push subscription’s own service account counts. Source: cloud.google.com/pubsub/docs/authenticate-push-subscriptions.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Push subscription of the app’s Pub/Sub topic',
      signature: 'oidc-rs256',
      secret: 'PLATFORM_APP',
      secretField: 'push_audience',
      keySetUrl: endpoints => `${endpoints.certs}/oauth2/v3/certs`,
    },
  ],
  verify: bearerKeySet({
    header: 'authorization',
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    isForUs: (claims, { audience, push_service_account: account }) =>
      typeof audience === 'string' &&
      typeof account === 'string' &&
      claims.aud === audience &&
      claims.email === account &&
      claims.email_verified === true,
  }),
  parse: verified => {
    mailboxOf(verified);
    return [];
  },
  rings: verified => [mailboxOf(verified)],
};

function mailboxOf(verified: Verified): string {
  const data = readString(at(jsonBody(verified).message, 'data'), 'message.data');
  const told = jsonObject(Buffer.from(data, 'base64').toString('utf8'), 'message.data');
  readId(told.historyId, 'historyId');
  return readString(told.emailAddress, 'emailAddress');
}

const ids = slice.sent('message', ['id', 'threadId', 'historyId']);
const labels = slice.sent('message', ['labelIds']);
const whole = output(['id', 'threadId'], {
  ...ids,
  ...labels,
  ...slice.sent('message', ['internalDate', 'snippet', 'sizeEstimate']),
  from: field('string', 'Who sent it'),
  to: field('string', 'Who got it'),
  cc: field('string', 'Who got a copy'),
  subject: field('string', 'Subject'),
  message_id: field('string', 'Message-ID of the e-mail itself'),
});
const relabelled = output(['id', 'threadId', 'labelIds'], { ...ids, ...labels });

const type = { scopes: [MODIFY] };

export const eventTypes: readonly EventType[] = [
  { ...eventType('gmail.message.received', 'A message came in.', whole, type), mailText: ['snippet'] },
  { ...eventType('gmail.message.sent', 'A message was sent.', whole, type), mailText: ['snippet'] },
  eventType('gmail.message.deleted', 'A message was deleted for good.', output(['id', 'threadId'], ids), type),
  eventType('gmail.message.labels_added', 'Labels were put on a message.', relabelled, type),
  eventType('gmail.message.labels_removed', 'Labels were taken off a message.', relabelled, type),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const common = { id: '19a1b2c3d4e5f607', threadId: '19a1b2c3d4e5f607', historyId: '1042' };
  const verb = name.split('.')[2] ?? '';
  const details = {
    from: 'Grace <grace@globex.example>',
    to: 'ada@acme.example',
    subject: 'Checkout',
    message_id: '<sample@globex.example>',
    snippet: 'It times out on retry',
    internalDate: '1777863721000',
    sizeEstimate: 2048,
    labelIds: verb === 'sent' ? ['SENT'] : ['INBOX', 'UNREAD'],
  };
  const more = {
    received: details,
    sent: details,
    labels_added: { labelIds: ['STARRED'] },
    labels_removed: { labelIds: ['UNREAD'] },
  };
  return { payload: { ...common, ...more[verb as keyof typeof more] }, meta: { thread: common.threadId } };
});
