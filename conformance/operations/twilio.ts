import type { Twilio } from 'twilio';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

type Held<Name extends string, List> =
  | `${Name}.${Methods<List, 1>}`
  | (List extends (sid: string) => infer One ? `${Name}(sid).${Methods<One, 1>}` : never);
type Service = ReturnType<Twilio['verify']['v2']['services']>;

/** Methods of the client’s lists, and of one of a list. */
export type Operation =
  | Held<'messages', Twilio['messages']>
  | Held<'calls', Twilio['calls']>
  | Held<'recordings', Twilio['recordings']>
  | Held<'incomingPhoneNumbers', Twilio['incomingPhoneNumbers']>
  | Held<'lookups.v2.phoneNumbers', Twilio['lookups']['v2']['phoneNumbers']>
  | Held<'verify.v2.services(sid).verifications', Service['verifications']>
  | Held<'verify.v2.services(sid).verificationChecks', Service['verificationChecks']>;

export const operations = {
  'sms.send': 'messages.create',
  'message.send_template': 'messages.create',
  'message.get': 'messages(sid).fetch',
  'message.list': 'messages.list',
  'message.cancel': 'messages(sid).update',
  'message.redact': 'messages(sid).update',
  'message.delete': 'messages(sid).remove',
  'call.create': 'calls.create',
  'call.get': 'calls(sid).fetch',
  'call.list': 'calls.list',
  'call.update': 'calls(sid).update',
  'recording.list': 'recordings.list',
  'recording.delete': 'recordings(sid).remove',
  'verification.start': 'verify.v2.services(sid).verifications.create',
  'verification.check': 'verify.v2.services(sid).verificationChecks.create',
  'phone_number.lookup': 'lookups.v2.phoneNumbers(sid).fetch',
  'phone_number.list': 'incomingPhoneNumbers.list',
  'phone_number.set_webhooks': 'incomingPhoneNumbers(sid).update',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'messages(sid).shout' satisfies Operation;
