import { oauthApp } from '../kit/form.ts';
import { throttledByReason } from '../kit/usage_limits.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, serviceAccount } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const googleDrive: Provider = {
  id: 'google_drive',
  displayName: 'Google Drive',
  description: 'Find, make, move and share files of Google Drive, and follow their changes.',
  category: 'Storage',
  docsUrl: 'https://developers.google.com/workspace/drive/api',
  logo: 'googledrive',
  endpoints: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    api: 'https://www.googleapis.com/drive/v3',
    upload: 'https://www.googleapis.com/upload/drive/v3',
  },
  credentialEndpoints: ['api', 'upload'],
  app: { schema: oauthApp('OAuth client, type web application') },
  connect: [oauth, serviceAccount],
  failureOf: throttledByReason,
  webhook,
  subscriptions,
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
