import { oauthApp } from '../kit/form.ts';
import { missingScope } from '../kit/gateway_site.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, token } from './auth.ts';
import { eventTypes, samples } from './event_types.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';

export const confluence: Provider = {
  id: 'confluence',
  displayName: 'Confluence',
  description: 'Read, write and follow pages, blog posts and comments of a Confluence Cloud site.',
  category: 'Productivity',
  docsUrl: 'https://developer.atlassian.com/cloud/confluence/rest/v2',
  logo: 'confluence',
  endpoints: { auth: 'https://auth.atlassian.com', api: 'https://api.atlassian.com' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth 2.0 app') },
  connect: [oauth, token],
  failureOf: missingScope,
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
