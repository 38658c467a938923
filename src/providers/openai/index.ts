import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { apiKey, failureOf } from './auth.ts';
import { eventTypes, webhook } from './events.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';

export const openai: Provider = {
  id: 'openai',
  displayName: 'OpenAI',
  description: 'Text, images and embeddings from OpenAI models, with the project’s own key or the platform’s.',
  category: 'Models and AI',
  docsUrl: 'https://platform.openai.com/docs',
  logo: 'monogram',
  endpoints: { api: 'https://api.openai.com' },
  credentialEndpoints: ['api'],
  connect: [apiKey],
  platformCredential: { authKind: 'API_KEY' },
  failureOf,
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
