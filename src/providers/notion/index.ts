import { oauthApp, secretField } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, token } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const notion: Provider = {
  id: 'notion',
  displayName: 'Notion',
  description: 'Read, write and follow the pages and data sources of a Notion workspace.',
  category: 'Productivity',
  docsUrl: 'https://developers.notion.com',
  logo: 'notion',
  endpoints: { api: 'https://api.notion.com/v1' },
  credentialEndpoints: ['api'],
  app: {
    schema: oauthApp('public connection', {
      verification_token: secretField(
        'Verification token',
        'What Notion posted once, unsigned, to the address of the connection’s webhook; it signs all that follows.',
        { min: 16 },
      ),
    }),
  },
  connect: [oauth, token],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
