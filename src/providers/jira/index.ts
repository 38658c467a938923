import { text } from '../kit/schema.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiToken, failureOf, oauth } from './auth.ts';
import { eventTypes, webhook } from './events.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';
import { subscriptions } from './subscriptions.ts';

export const jira: Provider = {
  id: 'jira',
  displayName: 'Jira',
  description: 'Create, find and move issues of a Jira Cloud site, and react to what happens to them.',
  category: 'Issue Tracking',
  docsUrl: 'https://developer.atlassian.com/cloud/jira/platform',
  logo: 'jira',
  endpoints: { auth: 'https://auth.atlassian.com', api: 'https://api.atlassian.com' },
  credentialEndpoints: ['api'],
  app: {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['client_id', 'client_secret'],
      properties: {
        client_id: text('Client ID of the OAuth 2.0 app.', 128),
        client_secret: text('Its secret; it signs the app’s webhooks too.', 256, { writeOnly: true }),
      },
    },
  },
  connect: [oauth, apiToken],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
