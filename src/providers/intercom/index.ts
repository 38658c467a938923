import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { accessToken, oauth } from './auth.ts';
import { eventTypes } from './event_types.ts';
import { samples, webhook } from './events.ts';
import { references } from './references.ts';

export const intercom: Provider = {
  id: 'intercom',
  displayName: 'Intercom',
  description: 'Conversations, tickets, contacts and companies of an Intercom workspace.',
  category: 'Messaging',
  docsUrl: 'https://developers.intercom.com',
  logo: 'intercom',
  // Hosts of the three regions differ by what stands before their last label.
  endpoints: { web: 'https://app.{region}.com', api: 'https://api.{region}.io' },
  credentialEndpoints: ['api'],
  // Deliveries are signed with the client secret: Intercom has no other.
  app: { schema: oauthApp('app in the Developer Hub') },
  connect: [oauth, accessToken],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
