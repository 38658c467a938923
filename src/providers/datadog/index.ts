import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { keys } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const datadog: Provider = {
  id: 'datadog',
  displayName: 'Datadog',
  description: 'Monitors, events, metrics and incidents of a Datadog organization.',
  category: 'Code and DevOps',
  docsUrl: 'https://docs.datadoghq.com/api/',
  logo: 'datadog',
  endpoints: { api: 'https://api.{site}' },
  credentialEndpoints: ['api'],
  connect: [keys],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
