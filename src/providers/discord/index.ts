import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { bot } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const discord: Provider = {
  id: 'discord',
  displayName: 'Discord',
  description: 'Write and read messages, and keep channels, members and roles of the servers that a bot is in.',
  category: 'Messaging',
  docsUrl: 'https://docs.discord.com/developers',
  logo: 'discord',
  endpoints: { api: 'https://discord.com/api/v10' },
  credentialEndpoints: ['api'],
  connect: [bot],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
