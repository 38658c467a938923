import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { failureOf, oauth, token } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const clickup: Provider = {
  id: 'clickup',
  displayName: 'ClickUp',
  description: 'Make, find and follow the tasks, lists and spaces of ClickUp workspaces.',
  category: 'Productivity',
  docsUrl: 'https://developer.clickup.com',
  logo: 'clickup',
  endpoints: { web: 'https://app.clickup.com', api: 'https://api.clickup.com/api/v2' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('app of a workspace') },
  connect: [oauth, token],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
