import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const sendgrid: Provider = {
  id: 'sendgrid',
  displayName: 'SendGrid',
  description: 'Send e-mails, and learn whether they arrived and were read.',
  category: 'Email',
  docsUrl: 'https://www.twilio.com/docs/sendgrid',
  logo: 'monogram',
  endpoints: { api: 'https://{region}.sendgrid.com/v3' },
  credentialEndpoints: ['api'],
  connect: [apiKey],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
