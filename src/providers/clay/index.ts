import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { tableWebhook } from './auth.ts';

/** Rows go out to a URL the customer brings; nothing comes in, so there are no endpoints, webhook or pickers. */
export const clay: Provider = {
  id: 'clay',
  displayName: 'Clay',
  description: 'Send rows to a Clay table through its webhook.',
  category: 'Sales & CRM',
  docsUrl: 'https://university.clay.com/docs/webhook-integration-guide',
  logo: 'monogram',
  endpoints: {},
  credentialEndpoints: [],
  credentialHosts: ({ webhook_url: url }) => (typeof url === 'string' && URL.canParse(url) ? [new URL(url).host] : []),
  connect: [tableWebhook],
  eventTypes: [],
  actions,
  references: [],
};
