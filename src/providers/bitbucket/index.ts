import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiToken, oauth } from './auth.ts';
import { eventTypes, samples } from './event_types.ts';
import { webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const bitbucket: Provider = {
  id: 'bitbucket',
  displayName: 'Bitbucket',
  description: 'Repositories, pull requests, issues and pipelines of Bitbucket Cloud, and what happens to them.',
  category: 'Code and DevOps',
  docsUrl: 'https://developer.atlassian.com/cloud/bitbucket',
  logo: 'bitbucket',
  endpoints: { web: 'https://bitbucket.org', api: 'https://api.bitbucket.org/2.0' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth consumer of a workspace') },
  connect: [oauth, apiToken],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
