import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey, failureOf, oauth } from './auth.ts';
import { eventTypes, webhook } from './events.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';
import { subscriptions } from './subscriptions.ts';

export const linear: Provider = {
  id: 'linear',
  displayName: 'Linear',
  description: 'Create, find and follow issues, projects and cycles of a Linear workspace.',
  category: 'Issue Tracking',
  docsUrl: 'https://linear.app/developers',
  logo: 'linear',
  endpoints: { web: 'https://linear.app', api: 'https://api.linear.app' },
  credentialEndpoints: ['api'],
  app: {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['client_id', 'client_secret'],
      properties: {
        client_id: { type: 'string', description: 'Client ID of the OAuth application', minLength: 1, maxLength: 128 },
        client_secret: {
          type: 'string',
          description: 'Client secret of the OAuth application',
          minLength: 1,
          maxLength: 256,
          writeOnly: true,
        },
        webhook_secret: {
          type: 'string',
          description: 'Signing secret of the application’s webhook',
          minLength: 1,
          maxLength: 256,
          writeOnly: true,
        },
      },
    },
  },
  connect: [oauth, apiKey],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
