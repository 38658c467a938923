import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiToken, oauth } from './auth.ts';
import { eventTypes } from './event_types.ts';
import { samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const zendesk: Provider = {
  id: 'zendesk',
  displayName: 'Zendesk',
  description: 'Tickets, users and organizations of a Zendesk account.',
  category: 'Issue Tracking',
  docsUrl: 'https://developer.zendesk.com/api-reference/',
  logo: 'zendesk',
  endpoints: { api: 'https://{subdomain}.zendesk.com' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth client (a global one, to serve every account)') },
  connect: [oauth, apiToken],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
