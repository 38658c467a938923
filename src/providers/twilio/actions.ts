import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const sid = (what: string, prefix: string) => text(`${what} SID`, 34, { pattern: `^${prefix}[0-9a-f]{32}$` });
const address = (what: string) =>
  text(`${what}: a number in E.164 form, or one of a channel such as whatsapp:+15005550006`, 64);
const from = picked('twilio.phone_number', address('From'));
const service = picked('twilio.messaging_service', sid('Messaging service', 'MG'));
const url = (what: string) => text(what, 2_048, { format: 'uri' });
const page = { page_size: integer('Objects at most', 1, 1_000), page_token: text('Token of the page', 512) };
const day = (what: string) => text(what, 40, { format: 'date-time' });

const aMessage = output(['sid', 'status'], {
  sid: field('string', 'Id'),
  status: field('string', 'queued, sent, delivered, …'),
  body: field('string', 'Text'),
  from: field(['string', 'null'], 'From'),
  to: field('string', 'To'),
  error_code: field(['integer', 'null'], 'Why it failed'),
  price: field(['string', 'null'], 'What it cost'),
});
const aCall = output(['sid', 'status'], {
  sid: field('string', 'Id'),
  status: field('string', 'queued, ringing, in-progress, completed, …'),
  from: field('string', 'From'),
  to: field('string', 'To'),
  duration: field(['string', 'null'], 'Seconds'),
});
const aVerification = output(['sid', 'status'], {
  sid: field('string', 'Id'),
  status: field('string', 'pending, approved, canceled'),
  to: field('string', 'To'),
  valid: field('boolean', 'Whether the code was right'),
});
const list = (plural: string): JsonSchema =>
  output([plural], {
    [plural]: field('array', 'The objects', { items: output(['sid'], { sid: field('string', 'Id') }) }),
    next_page_uri: field(['string', 'null'], 'Address of the next page'),
  });

const sending = { effect: ADDS, risk: 'HIGH' } as const;
const verify = picked('twilio.verify_service', sid('Verify service', 'VA'));

export const actions: readonly Action[] = [
  action('twilio.sms.send', 'Send a text message', 'Sends a text message, with pictures where some are given.', {
    ...sending,
    needs: { to: address('To'), body: text('Text', 1_600) },
    takes: {
      from,
      messaging_service: service,
      media_urls: listOf('Addresses of pictures', url('Address'), 10),
      status_callback: url('Where to tell of its delivery'),
      send_at: day('When to send it, by a messaging service'),
      validity_period: integer('Seconds after which it is not worth sending', 1, 36_000),
    },
    gives: aMessage,
  }),
  action('twilio.message.send_template', 'Send a template', 'Sends a prepared message, by WhatsApp for one.', {
    ...sending,
    needs: {
      to: address('To'),
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
    takes: { to: address('To'), from, sent_after: day('Sent after'), sent_before: day('Sent before'), ...page },
    gives: list('messages'),
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
    needs: { to: address('To'), from },
    takes: {
      twiml: text('Instructions in TwiML', 4_000),
      url: url('Where the instructions are, in place of them'),
      status_callback: url('Where to tell of its progress'),
      timeout: integer('Seconds to let it ring', 1, 600),
      record: flag('Whether it is recorded'),
      machine_detection: choice('Whether to look for an answering machine', ['Enable', 'DetectMessageEnd']),
    },
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
      to: address('To'),
      from,
      status: choice('Status', [
        'queued',
        'ringing',
        'in-progress',
        'completed',
        'busy',
        'failed',
        'no-answer',
        'canceled',
      ]),
      started_after: day('Begun after'),
      ...page,
    },
    gives: list('calls'),
  }),
  action('twilio.call.update', 'Change a call', 'Hangs up, or goes on with other instructions.', {
    effect: SETS,
    risk: 'HIGH',
    needs: { call: sid('Call', 'CA') },
    takes: { status: choice('End', ['canceled', 'completed']), twiml: text('Instructions in TwiML', 4_000) },
    atLeast: 2,
    gives: aCall,
  }),
  action('twilio.recording.list', 'List recordings', 'Reads recordings of calls.', {
    effect: READS,
    takes: { call: sid('Call', 'CA'), created_after: day('Made after'), ...page },
    gives: list('recordings'),
  }),
  action('twilio.recording.delete', 'Delete a recording', 'Deletes a recording for good.', {
    effect: REMOVES,
    needs: { recording: sid('Recording', 'RE') },
    gives: done,
  }),
  action('twilio.verification.start', 'Send a code', 'Sends somebody a code to prove a number or address.', {
    ...sending,
    needs: { verify_service: verify, to: text('Number in E.164 form, or e-mail address', 254) },
    takes: { channel: choice('Way', ['sms', 'call', 'email', 'whatsapp']), locale: text('Language', 16) },
    gives: aVerification,
  }),
  action('twilio.verification.check', 'Check a code', 'Tells whether a code is the one that was sent.', {
    effect: ADDS,
    needs: { verify_service: verify, to: text('Number or e-mail address', 254), code: text('Code', 10) },
    gives: aVerification,
  }),
  action('twilio.phone_number.lookup', 'Look up a number', 'Reads what is known of a number; some of it costs.', {
    effect: READS,
    risk: 'MEDIUM',
    needs: { phone_number: text('Number in E.164 form', 16, { pattern: '^\\+[1-9][0-9]{6,14}$' }) },
    takes: {
      fields: listOf('What to read beside the form', choice('Package', ['line_type_intelligence', 'caller_name']), 2),
    },
    gives: output(['phone_number', 'valid'], {
      phone_number: field('string', 'Number'),
      valid: field('boolean', 'Whether there can be such a number'),
      country_code: field(['string', 'null'], 'Country'),
      line_type_intelligence: field(['object', 'null'], 'Kind of line'),
    }),
  }),
  action('twilio.phone_number.list', 'List numbers', 'Reads the numbers of the account.', {
    effect: READS,
    takes: page,
    gives: list('incoming_phone_numbers'),
  }),
  action(
    'twilio.phone_number.set_webhooks',
    'Set webhooks of a number',
    'Says where a number tells of messages and calls.',
    {
      effect: SETS,
      risk: 'HIGH',
      needs: { number: sid('Number', 'PN') },
      takes: {
        sms_url: url('For messages'),
        voice_url: url('For calls'),
        status_callback: url('For the progress of calls'),
      },
      atLeast: 2,
      gives: output(['sid'], { sid: field('string', 'Id'), phone_number: field('string', 'Number') }),
    },
  ),
];
