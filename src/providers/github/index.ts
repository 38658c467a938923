import { text } from '../kit/schema.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { app, personalToken } from './auth.ts';
import { eventTypes } from './event_types.ts';
import { webhook } from './events.ts';
import { failureOf } from './failure.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';
import { subscriptions } from './subscriptions.ts';

export const github: Provider = {
  id: 'github',
  displayName: 'GitHub',
  description: 'Issues, pull requests, releases and workflows of repositories, and what happens in them.',
  category: 'Code and DevOps',
  docsUrl: 'https://docs.github.com/apps',
  logo: 'github',
  endpoints: { web: 'https://github.com', api: 'https://api.github.com' },
  credentialEndpoints: ['api'],
  app: {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['app_id', 'slug', 'client_id', 'client_secret', 'private_key', 'webhook_secret'],
      properties: {
        app_id: text('App ID, from the App’s settings.', 20, { pattern: '^\\d+$' }),
        slug: text('Last part of the App’s public address.', 100, { pattern: '^[a-z0-9-]+$' }),
        client_id: text('Client ID.', 128),
        client_secret: text('Client secret.', 256, { writeOnly: true }),
        private_key: text('Private key, the PEM file as it was downloaded.', 16_384, { writeOnly: true }),
        webhook_secret: text('Webhook secret.', 256, { writeOnly: true }),
      },
    },
  },
  connect: [app, personalToken],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
