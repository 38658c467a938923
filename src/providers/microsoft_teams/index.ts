import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const microsoftTeams: Provider = {
  id: 'microsoft_teams',
  displayName: 'Microsoft Teams',
  description: 'Write and read in channels and chats of Microsoft Teams, and follow them.',
  category: 'Messaging',
  docsUrl: 'https://learn.microsoft.com/graph/teams-concept-overview',
  logo: 'monogram',
  endpoints: {
    // Personal accounts have no Teams. An app of one tenant has its id in the place of `organizations`.
    login: 'https://login.microsoftonline.com/organizations',
    api: 'https://graph.microsoft.com/v1.0',
  },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('app registration in Microsoft Entra') },
  connect: [oauth],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
