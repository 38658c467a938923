import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { keyAndToken } from './auth.ts';
import { eventTypes, samples } from './event_types.ts';
import { webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const trello: Provider = {
  id: 'trello',
  displayName: 'Trello',
  description: 'Make, move and follow the cards and lists of Trello boards.',
  category: 'Productivity',
  docsUrl: 'https://developer.atlassian.com/cloud/trello',
  logo: 'trello',
  endpoints: { api: 'https://api.trello.com/1' },
  credentialEndpoints: ['api'],
  connect: [keyAndToken],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
