import type { Vendor } from '../vendor.ts';
import { apache } from './directory.ts';

const core = apache('twilio.com/api.json', 'Twilio API, by Twilio Inc.');
const verify = apache('twilio.com/twilio_verify_v2.json', 'Twilio Verify API, by Twilio Inc.');
const lookups = apache('twilio.com/twilio_lookups_v2.json', 'Twilio Lookup API, by Twilio Inc.');

const PAGE = 'page_size=PageSize page_token=PageToken';
const ADDRESS = { maxLength: 64 };
const URL = { maxLength: 2_048 };

export const twilio: Vendor = {
  provider: 'twilio',
  inputs: [
    {
      from: core,
      wanted: {
        'sms.send': [
          'CreateMessage',
          'to=To body=Body media_urls=MediaUrl status_callback=StatusCallback send_at=SendAt validity_period=ValidityPeriod',
        ],
        'message.send_template': ['CreateMessage', 'to=To'],
        'message.list': ['ListMessage', `to=To sent_after=DateSent> sent_before=DateSent< ${PAGE}`],
        'call.create': [
          'CreateCall',
          'to=To twiml=Twiml url=Url status_callback=StatusCallback timeout=Timeout record=Record machine_detection=MachineDetection',
        ],
        'call.list': ['ListCall', `to=To status=Status started_after=StartTime> ${PAGE}`],
        'call.update': ['UpdateCall', 'status=Status twiml=Twiml'],
        'recording.list': ['ListRecording', `created_after=DateCreated> ${PAGE}`],
        'phone_number.list': ['ListIncomingPhoneNumber', PAGE],
        'phone_number.set_webhooks': [
          'UpdateIncomingPhoneNumber',
          'sms_url=SmsUrl voice_url=VoiceUrl status_callback=StatusCallback',
        ],
      },
      limits: {
        body: { maxLength: 1_600 },
        machine_detection: { enum: ['Enable', 'DetectMessageEnd'] },
        media_urls: { maxItems: 10, items: URL },
        page_size: { minimum: 1, maximum: 1_000 },
        page_token: { maxLength: 512 },
        sms_url: URL,
        status_callback: URL,
        timeout: { minimum: 1, maximum: 600 },
        to: ADDRESS,
        twiml: { maxLength: 4_000 },
        url: URL,
        validity_period: { minimum: 1, maximum: 36_000 },
        voice_url: URL,
      },
    },
    {
      from: verify,
      wanted: {
        'verification.start': ['CreateVerification', 'to=To channel=Channel locale=Locale'],
        'verification.check': ['CreateVerificationCheck', 'to=To code=Code'],
      },
      limits: {
        channel: { enum: ['sms', 'call', 'email', 'whatsapp'] },
        code: { maxLength: 10 },
        locale: { maxLength: 16 },
        to: { maxLength: 254 },
      },
    },
    {
      from: lookups,
      wanted: { 'phone_number.lookup': ['FetchPhoneNumber', 'phone_number=PhoneNumber'] },
      limits: { phone_number: { maxLength: 16, pattern: '^\\+[1-9][0-9]{6,14}$' } },
    },
  ],
  objects: [
    {
      from: core,
      wanted: {
        message: [
          'FetchMessage',
          'sid status direction from to body num_media error_code error_message price price_unit date_created date_sent',
        ],
        call: ['FetchCall', 'sid status direction from to duration start_time end_time price price_unit answered_by'],
        recording: ['FetchRecording', 'sid status call_sid duration channels date_created'],
        number: ['FetchIncomingPhoneNumber', 'sid phone_number friendly_name sms_url voice_url status_callback'],
      },
    },
    {
      from: verify,
      wanted: { verification: ['FetchVerification', 'sid status to channel valid date_created'] },
    },
    {
      from: lookups,
      wanted: {
        lookup: [
          'FetchPhoneNumber',
          'phone_number valid validation_errors country_code national_format line_type_intelligence caller_name',
        ],
      },
    },
  ],
};
