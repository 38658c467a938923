import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { bot, failureOf } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const telegram: Provider = {
  id: 'telegram',
  displayName: 'Telegram',
  description: 'Write to people, groups and channels as a Telegram bot, and hear what they write to it.',
  category: 'Messaging',
  docsUrl: 'https://core.telegram.org/bots/api',
  logo: 'telegram',
  endpoints: { api: 'https://api.telegram.org' },
  credentialEndpoints: ['api'],
  connect: [bot],
  failureOf,
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
