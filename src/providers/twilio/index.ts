import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { account } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const twilio: Provider = {
  id: 'twilio',
  displayName: 'Twilio',
  description: 'Text messages, calls and verifications of a Twilio account.',
  category: 'Messaging',
  docsUrl: 'https://www.twilio.com/docs/usage/api',
  logo: 'monogram',
  endpoints: {
    api: 'https://api.twilio.com/2010-04-01',
    messaging: 'https://messaging.twilio.com/v1',
    verify: 'https://verify.twilio.com/v2',
    content: 'https://content.twilio.com/v1',
    lookups: 'https://lookups.twilio.com/v2',
  },
  credentialEndpoints: ['api', 'messaging', 'verify', 'content', 'lookups'],
  connect: [account],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
