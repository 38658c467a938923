import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, token } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const asana: Provider = {
  id: 'asana',
  displayName: 'Asana',
  description: 'Make, find and follow tasks, projects and sections of an Asana workspace.',
  category: 'Productivity',
  docsUrl: 'https://developers.asana.com',
  logo: 'asana',
  endpoints: { web: 'https://app.asana.com', api: 'https://app.asana.com/api/1.0' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('app in the developer console') },
  connect: [oauth, token],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
