import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonList } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType, eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { secondsHeader } from '../kit/hmac.ts';
import { metaOf, objectOf } from '../kit/meta.ts';
import { publicKeySignature } from '../kit/public_key.ts';
import { readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

const TIME = 'x-twilio-email-event-webhook-timestamp';
const HOUR_MS = 3_600_000;
/** More than the 768 KB of a batch hold. */
const MAX_EVENTS = 5_000;

/**
 * Source: @sendgrid/eventwebhook 8.0: ECDSA with SHA-256 over time and body. SendGrid tries for a day and does not say whether
 * it signs each try anew, so that a signature counts for nearly as long; a repeat is told by `sg_event_id`.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Signed event webhook that the service makes',
      signature: 'ecdsa-p256-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'public_key',
    },
    {
      suffix: 'manual',
      description: 'Signed event webhook made by hand',
      signature: 'ecdsa-p256-sha256',
      secret: 'INTEGRATION',
      secretField: 'public_key',
    },
  ],
  verify: publicKeySignature({
    algorithm: 'ecdsa-p256',
    header: 'x-twilio-email-event-webhook-signature',
    encoding: 'base64',
    signed: ({ headers, body }) => {
      const time = headers[TIME];
      return time === undefined || time === '' ? undefined : [time, body];
    },
    timestamp: secondsHeader(TIME),
    toleranceMs: { past: 23 * HOUR_MS, future: 300_000 },
  }),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  return jsonList(verified, MAX_EVENTS).map((given, index) => {
    const event = readObject(given, `[${index}]`);
    const name = readString(event.event, 'event');
    if (!/^[a-z][a-z_]{0,63}$/.test(name)) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('event is not a name'));
    }
    const { timestamp } = event;
    return {
      eventType: `sendgrid.${name}`,
      schemaVersion: 1,
      deliveryKey: readString(event.sg_event_id, 'sg_event_id'),
      ...objectOf(event.sg_message_id),
      accountId: '',
      ...(typeof timestamp === 'number' && Math.abs(timestamp) < 1e11 && { occurTime: new Date(timestamp * 1000) }),
      payload: event,
      meta: metaOf({
        message: event.sg_message_id,
        email: event.email,
        category: event.category,
        reason: event.reason,
        type: event.type,
        url: event.url,
      }),
    };
  });
}

const common: Readonly<Record<string, JsonSchema>> = {
  sg_event_id: field('string', 'Id of the event'),
  sg_message_id: field('string', 'Id of the message'),
  email: field('string', 'Who it was sent to'),
  timestamp: field('integer', 'Seconds since 1970'),
  category: field(['string', 'array'], 'Categories it was sent with'),
};
const more: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  deferred: { response: field('string', 'What the other server said'), attempt: field(['string', 'integer'], 'Try') },
  delivered: { response: field('string', 'What the other server said') },
  bounce: {
    type: field('string', 'bounce or blocked'),
    reason: field('string', 'Why'),
    status: field('string', 'Status of RFC 3463'),
    bounce_classification: field('string', 'Kind of bounce'),
  },
  dropped: { reason: field('string', 'Why'), status: field('string', 'Status of RFC 3463') },
  open: {
    useragent: field('string', 'Programme'),
    ip: field('string', 'Address'),
    sg_machine_open: field('boolean', 'Whether a machine did'),
  },
  click: { url: field('string', 'Link'), useragent: field('string', 'Programme'), ip: field('string', 'Address') },
  group_unsubscribe: { asm_group_id: field('integer', 'Unsubscribe group') },
  group_resubscribe: { asm_group_id: field('integer', 'Unsubscribe group') },
};
const payload = (verb: string): JsonSchema =>
  verb === 'account_status_change'
    ? output(['event', 'sg_event_id', 'timestamp'], {
        event: field('string', 'What happened', { const: verb }),
        sg_event_id: field('string', 'Id of the event'),
        timestamp: field('integer', 'Seconds since 1970'),
        type: field('string', 'What became of the account'),
      })
    : output(['event', 'sg_event_id', 'email', 'timestamp'], {
        event: field('string', 'What happened', { const: verb }),
        ...common,
        ...more[verb],
      });

/** Source: twilio.com/docs/sendgrid, event webhook reference. */
export const eventTypes = [
  ...eventTypesOf(
    'sendgrid',
    {
      processed: 'A message is ready to be sent.',
      deferred: 'The other server put a message off.',
      delivered: 'The other server took a message.',
      bounce: 'The other server refused a message.',
      dropped: 'A message was not sent: its receiver does not want it, or it is wrong.',
      open: 'Somebody, or something, opened a message.',
      click: 'Somebody clicked a link.',
      spamreport: 'Somebody called a message spam.',
      unsubscribe: 'Somebody wants no more messages.',
      group_unsubscribe: 'Somebody wants no more messages of a group.',
      group_resubscribe: 'Somebody wants messages of a group again.',
      account_status_change: 'SendGrid changed what the account may.',
    },
    payload,
  ),
  // Inbound Parse sends forms in parts, which no parser here reads.
  eventType('sendgrid.inbound_email.received', 'An e-mail came in by Inbound Parse.', output([], {}), {
    runtimeState: 'PLANNED',
  }),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const event = name.slice('sendgrid.'.length);
  const isAboutMail = event !== 'account_status_change';
  const message = 'sample.filter0001.16648.5515E0B88.0';
  return {
    payload: {
      event,
      sg_event_id: 'sg_event_sample0001',
      timestamp: 1_777_863_721,
      ...(isAboutMail && { email: 'ada@acme.example', sg_message_id: message, category: ['welcome'] }),
      ...(event === 'click' && { url: 'https://acme.example/welcome', useragent: 'Mozilla/5.0', ip: '203.0.113.9' }),
      ...(event === 'bounce' && { type: 'bounce', reason: '550 5.1.1 no such user', status: '5.1.1' }),
      ...(event === 'account_status_change' && { type: 'compliance_suspend' }),
    },
    meta: metaOf(isAboutMail ? { message, email: 'ada@acme.example' } : { type: 'compliance_suspend' }),
  };
});
