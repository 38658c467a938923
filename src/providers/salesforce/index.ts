import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { app, failureOf, oauth } from './auth.ts';
import { eventTypes, samples } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';

export const salesforce: Provider = {
  id: 'salesforce',
  displayName: 'Salesforce',
  description: 'Records of a Salesforce organization: find, make and change them, and follow their changes.',
  category: 'Sales & CRM',
  docsUrl: 'https://developer.salesforce.com/docs/apis',
  logo: 'monogram',
  endpoints: { api: 'https://{domain}.salesforce.com' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('external client app') },
  connect: [oauth, app],
  failureOf,
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
