import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { formBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { addressAndFields } from '../kit/form_signature.ts';
import { hmac } from '../kit/hmac.ts';
import { metaOf, objectOf } from '../kit/meta.ts';
import { field, output } from '../kit/schema.ts';
import type { JsonSchema } from '../provider.ts';

/**
 * Source: twilio.com/docs/usage/webhooks/webhooks-security: HMAC-SHA1 of the address and the form’s fields by name. People put the
 * address into a number, a messaging service or a call as webhook and status callback.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook and status callback of numbers, messaging services, calls and conferences',
      signature: 'twilio-hmac-sha1',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'i-twilio-idempotency-token',
  verify: hmac({ algorithm: 'sha1', encoding: 'base64', header: 'x-twilio-signature', signed: addressAndFields }),
  parse,
};

type Form = Readonly<Record<string, string>>;

/** What a form tells of: the object, its id, and what happened. A form may hold the fields of several; the narrowest counts. */
function happeningOf(form: Form): readonly [object: string, sid: string | undefined, verb: string] | undefined {
  if (form.StatusCallbackEvent !== undefined && form.ConferenceSid !== undefined)
    return ['conference', form.ConferenceSid, form.StatusCallbackEvent];
  if (form.RecordingStatus !== undefined) return ['recording', form.RecordingSid, form.RecordingStatus];
  if (form.TranscriptionStatus !== undefined) return ['transcription', form.TranscriptionSid, form.TranscriptionStatus];
  const status = form.MessageStatus ?? form.SmsStatus;
  if (status !== undefined) return ['message', form.MessageSid ?? form.SmsSid, status];
  return form.CallStatus === undefined ? undefined : ['call', form.CallSid, form.CallStatus];
}

function parse(verified: Verified): readonly ParsedEvent[] {
  const form = formBody(verified);
  const [object = '', sid = '', status = ''] = happeningOf(form) ?? [];
  const verb = status.toLowerCase().replaceAll('-', '_');
  if (!/^[A-Z]{2}[0-9a-f]{32}$/.test(sid) || !/^[a-z][a-z_]{0,63}$/.test(verb)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('the form tells of nothing that Twilio has'));
  }
  const time = form.Timestamp ?? form.RawDlrDoneDate;
  const occurTime = time !== undefined && /^[A-Z][a-z]{2}, /.test(time) ? new Date(time.slice(0, 64)) : undefined;
  return [
    {
      eventType: `twilio.${object}.${verb}`,
      schemaVersion: 1,
      // The token that Twilio sends with a repeat is not signed; what happens to a thing happens once to it.
      deliveryKey: [sid, verb, form.SequenceNumber, object === 'conference' ? form.CallSid : undefined]
        .filter(part => part !== undefined)
        .join('/'),
      ...objectOf(sid),
      accountId: '',
      ...(occurTime !== undefined && !Number.isNaN(occurTime.getTime()) && { occurTime }),
      payload: form,
      meta: metaOf({
        object: sid,
        from: form.From,
        to: form.To,
        direction: form.Direction,
        error: form.ErrorCode,
        service: form.MessagingServiceSid,
        call: object === 'call' ? undefined : form.CallSid,
      }),
    },
  ];
}

const texts = (fields: Readonly<Record<string, string>>): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(Object.entries(fields).map(([name, description]) => [name, field('string', description)]));
const parties = { From: 'Who it comes from', To: 'Who it goes to', AccountSid: 'Account' };

const message = (verb: string) =>
  verb === 'received'
    ? output(['MessageSid', 'From', 'To', 'Body'], {
        ...texts({ MessageSid: 'Id', Body: 'Text', NumMedia: 'How many files came with it', SmsStatus: 'Status' }),
        ...texts(parties),
      })
    : output(['MessageSid', 'MessageStatus'], {
        ...texts({ MessageSid: 'Id', MessageStatus: 'Status', ErrorCode: 'Why it failed' }),
        ...texts(parties),
      });
const call = output(['CallSid', 'CallStatus'], {
  ...texts({
    CallSid: 'Id',
    CallStatus: 'Status',
    Direction: 'inbound or outbound',
    CallDuration: 'Seconds, when it is over',
    SequenceNumber: 'Order of the callbacks',
    Timestamp: 'When it happened',
  }),
  ...texts(parties),
});
const recording = output(['RecordingSid', 'RecordingStatus'], {
  ...texts({ RecordingSid: 'Id', RecordingStatus: 'Status', RecordingUrl: 'Address', RecordingDuration: 'Seconds' }),
  ...texts({ CallSid: 'Call' }),
});
const conference = output(['ConferenceSid', 'StatusCallbackEvent'], {
  ...texts({
    ConferenceSid: 'Id',
    FriendlyName: 'Name',
    StatusCallbackEvent: 'What happened',
    SequenceNumber: 'Order of the callbacks',
    Timestamp: 'When it happened',
    CallSid: 'Call of the participant',
  }),
});
const transcription = output(['TranscriptionSid', 'TranscriptionStatus'], {
  ...texts({
    TranscriptionSid: 'Id',
    TranscriptionStatus: 'Status',
    TranscriptionText: 'Text',
    RecordingSid: 'Recording',
  }),
});

/** Source: the statuses of twilio 6.2, and twilio.com/docs on status callbacks. */
export const eventTypes = [
  ...eventTypesOf(
    'twilio.message',
    {
      received: 'A message came in.',
      accepted: 'A message was taken by a messaging service.',
      scheduled: 'A message was put off until its time.',
      queued: 'A message waits to be sent.',
      sending: 'A message is being sent.',
      sent: 'A message was handed to the carrier.',
      delivered: 'A message arrived.',
      undelivered: 'A message did not arrive.',
      failed: 'A message could not be sent.',
      read: 'A message was read.',
      canceled: 'A scheduled message was called off.',
    },
    message,
  ),
  ...eventTypesOf(
    'twilio.call',
    {
      queued: 'A call waits to be made.',
      initiated: 'A call is being made.',
      ringing: 'A call rings, or came in.',
      in_progress: 'A call was answered.',
      completed: 'A call is over.',
      busy: 'A call met a busy line.',
      no_answer: 'A call was not answered.',
      failed: 'A call could not be made.',
      canceled: 'A call was called off.',
    },
    call,
  ),
  ...eventTypesOf(
    'twilio.recording',
    {
      in_progress: 'A recording began.',
      completed: 'A recording is ready.',
      absent: 'A recording holds nothing.',
      failed: 'A recording failed.',
    },
    recording,
  ),
  ...eventTypesOf(
    'twilio.transcription',
    { completed: 'A transcript is ready.', failed: 'A transcript failed.' },
    transcription,
  ),
  ...eventTypesOf(
    'twilio.conference',
    {
      conference_start: 'A conference began.',
      conference_end: 'A conference is over.',
      participant_join: 'Somebody joined a conference.',
      participant_leave: 'Somebody left a conference.',
      participant_mute: 'A participant was muted.',
      participant_unmute: 'A participant can be heard again.',
      participant_hold: 'A participant was put on hold.',
      participant_unhold: 'A participant is back from hold.',
      participant_modify: 'A participant’s settings changed.',
      participant_speech_start: 'A participant began to speak.',
      participant_speech_stop: 'A participant stopped speaking.',
      announcement_end: 'An announcement ended.',
      announcement_fail: 'An announcement failed.',
    },
    conference,
  ),
];

const sid = (prefix: string) => `${prefix}${'0123456789abcdef'.repeat(2)}`;
const FIELDS: Readonly<Record<string, (status: string) => Form>> = {
  message: status => ({
    MessageSid: sid('SM'),
    From: '+15005550006',
    To: '+15005550010',
    ...(status === 'received' ? { SmsStatus: status, Body: 'Hello', NumMedia: '0' } : { MessageStatus: status }),
  }),
  call: status => ({
    CallSid: sid('CA'),
    CallStatus: status,
    From: '+15005550006',
    To: '+15005550010',
    Direction: 'outbound-api',
    SequenceNumber: '0',
    Timestamp: 'Mon, 04 May 2026 03:02:01 +0000',
  }),
  recording: status => ({
    RecordingSid: sid('RE'),
    RecordingStatus: status,
    CallSid: sid('CA'),
    RecordingDuration: '7',
  }),
  transcription: status => ({ TranscriptionSid: sid('TR'), TranscriptionStatus: status, TranscriptionText: 'Hello' }),
  conference: status => ({
    ConferenceSid: sid('CF'),
    FriendlyName: 'Standup',
    StatusCallbackEvent: status,
    CallSid: sid('CA'),
    SequenceNumber: '3',
    Timestamp: 'Mon, 04 May 2026 03:02:01 +0000',
  }),
};

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const payload = { AccountSid: sid('AC'), ApiVersion: '2010-04-01', ...FIELDS[object]?.(verb.replaceAll('_', '-')) };
  return { payload, meta: { from: '+15005550006', to: '+15005550010' } };
});
