import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { customApp, failureOf, oauth } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const shopify: Provider = {
  id: 'shopify',
  displayName: 'Shopify',
  description: 'Products, orders, customers and stock of a Shopify shop, and what happens there.',
  category: 'Sales & CRM',
  docsUrl: 'https://shopify.dev/docs/api/admin-graphql',
  logo: 'shopify',
  endpoints: { api: 'https://{shop}.myshopify.com/admin' },
  credentialEndpoints: ['api'],
  // Deliveries are signed with the client secret: Shopify has no other.
  app: { schema: oauthApp('app in the developer dashboard') },
  connect: [oauth, customApp],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
