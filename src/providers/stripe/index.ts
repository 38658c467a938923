import { oauthApp, secretField } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey, oauth } from './auth.ts';
import { eventTypes } from './event_types.ts';
import { samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const stripe: Provider = {
  id: 'stripe',
  displayName: 'Stripe',
  description: 'Customers, payments, invoices and subscriptions of a Stripe account.',
  category: 'Sales & CRM',
  docsUrl: 'https://docs.stripe.com/api',
  logo: 'stripe',
  endpoints: { marketplace: 'https://marketplace.stripe.com', api: 'https://api.stripe.com' },
  credentialEndpoints: ['api'],
  app: {
    schema: oauthApp('Stripe App; its secret is the secret key of the account that made it', {
      webhook_secret: secretField(
        'Webhook signing secret',
        'Of the app’s webhook endpoint; without it no events come in.',
        {
          min: 16,
        },
      ),
    }),
  },
  connect: [apiKey, oauth],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
