import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey } from './auth.ts';
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
  endpoints: { api: 'https://api.stripe.com' },
  credentialEndpoints: ['api'],
  connect: [apiKey],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
