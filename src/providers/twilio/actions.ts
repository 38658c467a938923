import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { slice } from './slice.ts';

const sid = (what: string, prefix: string) => text(`${what} SID`, 34, { pattern: `^${prefix}[0-9a-f]{32}$` });
const ADDRESS = 'A number in E.164 form, or one of a channel such as whatsapp:+15005550006';
const from = picked('twilio.phone_number', text(ADDRESS, 64));
const service = picked('twilio.messaging_service', sid('Messaging service', 'MG'));
const paging = { page_size: 'Objects at most', page_token: 'Token of the page' };

const aMessage = slice.object('message');
const aCall = slice.object('call');
const aVerification = slice.object('verification');
const list = (plural: string, item: JsonSchema): JsonSchema =>
  output([plural], {
    [plural]: field('array', 'The objects', { items: item }),
    next_page_uri: field(['string', 'null'], 'Address of the next page'),
  });

const sending = { effect: ADDS, risk: 'HIGH' } as const;
const verify = picked('twilio.verify_service', sid('Verify service', 'VA'));

export const actions: readonly Action[] = [
  action('twilio.sms.send', 'Send a text message', 'Sends a text message, with pictures where some are given.', {
    ...sending,
    needs: slice.fields('sms.send', { to: ADDRESS, body: 'Text' }),
    takes: {
      from,
      messaging_service: service,
      ...slice.fields('sms.send', {
        media_urls: 'Addresses of pictures',
        status_callback: 'Where to tell of its delivery',
        send_at: 'When to send it, by a messaging service',
        validity_period: 'Seconds after which it is not worth sending',
      }),
    },
    gives: aMessage,
  }),
  action('twilio.message.send_template', 'Send a template', 'Sends a prepared message, by WhatsApp for one.', {
    ...sending,
    needs: {
      ...slice.fields('message.send_template', { to: ADDRESS }),
      content_template: picked('twilio.content_template', sid('Content template', 'HX')),
    },
    takes: {
      from,
      messaging_service: service,
      variables: {
        type: 'object',
        description: 'Texts by the name of their place',
        maxProperties: 100,
        additionalProperties: { type: 'string', maxLength: 1_600 },
      },
    },
    gives: aMessage,
  }),
  action('twilio.message.get', 'Get a message', 'Reads a message and how far it got.', {
    effect: READS,
    needs: { message: sid('Message', '(SM|MM)') },
    gives: aMessage,
  }),
  action('twilio.message.list', 'List messages', 'Reads messages, the latest first.', {
    effect: READS,
    takes: {
      from,
      ...slice.fields('message.list', { to: ADDRESS, sent_after: 'Sent after', sent_before: 'Sent before', ...paging }),
    },
    gives: list('messages', aMessage),
  }),
  action('twilio.message.cancel', 'Cancel a message', 'Calls off a scheduled message.', {
    effect: SETS,
    needs: { message: sid('Message', '(SM|MM)') },
    gives: aMessage,
  }),
  action('twilio.message.redact', 'Redact a message', 'Takes the text out of a message that Twilio keeps.', {
    effect: REMOVES,
    needs: { message: sid('Message', '(SM|MM)') },
    gives: aMessage,
  }),
  action('twilio.message.delete', 'Delete a message', 'Deletes a message that Twilio keeps.', {
    effect: REMOVES,
    needs: { message: sid('Message', '(SM|MM)') },
    gives: done,
  }),
  action('twilio.call.create', 'Make a call', 'Calls a number and says, plays or asks what the instructions hold.', {
    ...sending,
    needs: { ...slice.fields('call.create', { to: ADDRESS }), from },
    takes: slice.fields('call.create', {
      twiml: 'Instructions in TwiML',
      url: 'Where the instructions are, in place of them',
      status_callback: 'Where to tell of its progress',
      timeout: 'Seconds to let it ring',
      record: 'Whether it is recorded',
      machine_detection: 'Whether to look for an answering machine',
    }),
    atLeast: 3,
    gives: aCall,
  }),
  action('twilio.call.get', 'Get a call', 'Reads a call.', {
    effect: READS,
    needs: { call: sid('Call', 'CA') },
    gives: aCall,
  }),
  action('twilio.call.list', 'List calls', 'Reads calls, the latest first.', {
    effect: READS,
    takes: {
      from,
      ...slice.fields('call.list', { to: ADDRESS, status: 'Status', started_after: 'Begun after', ...paging }),
    },
    gives: list('calls', aCall),
  }),
  action('twilio.call.update', 'Change a call', 'Hangs up, or goes on with other instructions.', {
    effect: SETS,
    risk: 'HIGH',
    needs: { call: sid('Call', 'CA') },
    takes: slice.fields('call.update', { status: 'End', twiml: 'Instructions in TwiML' }),
    atLeast: 2,
    gives: aCall,
  }),
  action('twilio.recording.list', 'List recordings', 'Reads recordings of calls.', {
    effect: READS,
    takes: { call: sid('Call', 'CA'), ...slice.fields('recording.list', { created_after: 'Made after', ...paging }) },
    gives: list('recordings', slice.object('recording')),
  }),
  action('twilio.recording.delete', 'Delete a recording', 'Deletes a recording for good.', {
    effect: REMOVES,
    needs: { recording: sid('Recording', 'RE') },
    gives: done,
  }),
  action('twilio.verification.start', 'Send a code', 'Sends somebody a code to prove a number or address.', {
    ...sending,
    needs: {
      verify_service: verify,
      ...slice.fields('verification.start', { to: 'Number in E.164 form, or e-mail address', channel: 'Way' }),
    },
    takes: slice.fields('verification.start', { locale: 'Language' }),
    gives: aVerification,
  }),
  action('twilio.verification.check', 'Check a code', 'Tells whether a code is the one that was sent.', {
    effect: ADDS,
    needs: {
      verify_service: verify,
      ...slice.fields('verification.check', { to: 'Number or e-mail address', code: 'Code' }),
    },
    gives: aVerification,
  }),
  action('twilio.phone_number.lookup', 'Look up a number', 'Reads what is known of a number; some of it costs.', {
    effect: READS,
    risk: 'MEDIUM',
    needs: slice.fields('phone_number.lookup', { phone_number: 'Number in E.164 form' }),
    takes: {
      fields: listOf('What to read beside the form', choice('Package', ['line_type_intelligence', 'caller_name']), 2),
    },
    gives: slice.object('lookup'),
  }),
  action('twilio.phone_number.list', 'List numbers', 'Reads the numbers of the account.', {
    effect: READS,
    takes: slice.fields('phone_number.list', paging),
    gives: list('incoming_phone_numbers', slice.object('number')),
  }),
  action(
    'twilio.phone_number.set_webhooks',
    'Set webhooks of a number',
    'Says where a number tells of messages and calls.',
    {
      effect: SETS,
      risk: 'HIGH',
      needs: { number: sid('Number', 'PN') },
      takes: slice.fields('phone_number.set_webhooks', {
        sms_url: 'For messages',
        voice_url: 'For calls',
        status_callback: 'For the progress of calls',
      }),
      atLeast: 2,
      gives: slice.object('number'),
    },
  ),
];
