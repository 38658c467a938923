import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { failureOf, oauth, token } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const airtable: Provider = {
  id: 'airtable',
  displayName: 'Airtable',
  description: 'Read, write and follow the records of Airtable bases.',
  category: 'Productivity',
  docsUrl: 'https://airtable.com/developers/web/api',
  logo: 'airtable',
  endpoints: { web: 'https://airtable.com', api: 'https://api.airtable.com/v0' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth integration') },
  connect: [oauth, token],
  failureOf,
  webhook,
  subscriptions,
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
