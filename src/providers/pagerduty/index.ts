import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey, oauth } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const pagerduty: Provider = {
  id: 'pagerduty',
  displayName: 'PagerDuty',
  description: 'Incidents, services and on-call people of a PagerDuty account.',
  category: 'Code and DevOps',
  docsUrl: 'https://developer.pagerduty.com',
  logo: 'pagerduty',
  endpoints: { identity: 'https://identity.pagerduty.com', api: 'https://{region}.pagerduty.com' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('app with scoped OAuth') },
  connect: [oauth, apiKey],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
