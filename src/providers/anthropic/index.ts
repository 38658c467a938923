import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const anthropic: Provider = {
  id: 'anthropic',
  displayName: 'Anthropic',
  description: 'Text from Claude models, batches of it, and news of managed agents.',
  category: 'Models and AI',
  docsUrl: 'https://docs.claude.com',
  logo: 'anthropic',
  endpoints: { api: 'https://api.anthropic.com' },
  credentialEndpoints: ['api'],
  connect: [apiKey],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
