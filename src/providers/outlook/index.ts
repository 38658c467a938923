import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { app, oauth } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const outlook: Provider = {
  id: 'outlook',
  displayName: 'Outlook',
  description: 'Mail, calendar and contacts of a Microsoft account, and what happens there.',
  category: 'Email',
  docsUrl: 'https://learn.microsoft.com/graph/outlook-mail-concept-overview',
  logo: 'monogram',
  endpoints: {
    // Work, school and personal accounts. An app of one tenant has its id in the place of `common`.
    login: 'https://login.microsoftonline.com/common',
    tenants: 'https://login.microsoftonline.com',
    api: 'https://graph.microsoft.com/v1.0',
  },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('app registration in Microsoft Entra') },
  connect: [oauth, app],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
