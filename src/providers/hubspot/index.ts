import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, privateApp } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const hubspot: Provider = {
  id: 'hubspot',
  displayName: 'HubSpot',
  description: 'Contacts, companies, deals and tickets of a HubSpot account.',
  category: 'Sales & CRM',
  docsUrl: 'https://developers.hubspot.com',
  logo: 'hubspot',
  endpoints: { web: 'https://app.hubspot.com', api: 'https://api.hubapi.com' },
  credentialEndpoints: ['api'],
  // Deliveries are signed with the client secret: HubSpot has no other.
  app: { schema: oauthApp('public app in the developer account') },
  connect: [oauth, privateApp],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
