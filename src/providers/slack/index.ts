import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { botToken, failureOf, oauth } from './auth.ts';
import { eventTypes, webhook } from './events.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';

export const slack: Provider = {
  id: 'slack',
  displayName: 'Slack',
  description: 'Post and read messages, manage channels, and react to what happens in a workspace.',
  category: 'Messaging',
  docsUrl: 'https://docs.slack.dev',
  logo: 'monogram',
  endpoints: { web: 'https://slack.com', api: 'https://slack.com/api' },
  credentialEndpoints: ['api'],
  app: {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['client_id', 'client_secret', 'signing_secret'],
      properties: {
        client_id: { type: 'string', description: 'Client ID, from Basic Information', minLength: 1, maxLength: 128 },
        client_secret: {
          type: 'string',
          description: 'Client Secret, from Basic Information',
          minLength: 1,
          maxLength: 256,
          writeOnly: true,
        },
        signing_secret: {
          type: 'string',
          description: 'Signing Secret, from Basic Information',
          minLength: 1,
          maxLength: 256,
          writeOnly: true,
        },
        pkce: { type: 'string', description: 'Set it if the app has opted in to PKCE, which is final', enum: ['S256'] },
      },
    },
  },
  connect: [oauth, botToken],
  failureOf,
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
