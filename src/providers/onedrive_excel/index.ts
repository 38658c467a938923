import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { app, oauth } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const onedriveExcel: Provider = {
  id: 'onedrive_excel',
  displayName: 'OneDrive and Excel',
  description: 'Files of OneDrive, cells and tables of the Excel files among them, and their changes.',
  category: 'Storage',
  docsUrl: 'https://learn.microsoft.com/graph/api/resources/excel',
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
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
