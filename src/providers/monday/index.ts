import { oauthApp, secretField } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { failureOf, oauth, token } from './auth.ts';
import { eventTypes, samples } from './event_types.ts';
import { webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const monday: Provider = {
  id: 'monday',
  displayName: 'monday.com',
  description: 'Make, find and follow the items, updates and boards of a monday.com account.',
  category: 'Productivity',
  docsUrl: 'https://developer.monday.com',
  logo: 'monogram',
  endpoints: { web: 'https://auth.monday.com', api: 'https://api.monday.com' },
  credentialEndpoints: ['api'],
  app: {
    schema: oauthApp('app in the developer center', {
      signing_secret: secretField('Signing secret', 'Of the same app; it signs the webhooks of boards.', { min: 16 }),
    }),
  },
  connect: [oauth, token],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
