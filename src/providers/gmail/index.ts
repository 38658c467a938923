import { oauthApp, settingField } from '../kit/form.ts';
import { throttledByReason } from '../kit/usage_limits.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, serviceAccount } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const gmail: Provider = {
  id: 'gmail',
  displayName: 'Gmail',
  description: 'Find, read, label and send e-mails of a Gmail mailbox, and follow what comes in.',
  category: 'Email',
  docsUrl: 'https://developers.google.com/workspace/gmail/api',
  logo: 'gmail',
  endpoints: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    api: 'https://gmail.googleapis.com',
    certs: 'https://www.googleapis.com',
  },
  credentialEndpoints: ['api'],
  app: {
    schema: oauthApp('OAuth client, type web application', {
      push_topic: settingField(
        'Pub/Sub topic',
        'Where Gmail tells of changes; without it mailboxes are read each minute.',
        {
          pattern: '^projects/[a-z0-9:.-]+/topics/[A-Za-z0-9._~%+-]+$',
        },
      ),
      push_audience: settingField('Push audience', 'Audience of the topic’s push subscription.'),
      push_service_account: settingField(
        'Push service account',
        'Address of the account that the push subscription signs as.',
        {
          pattern: '^[^@\\s]+@[^@\\s]+$',
        },
      ),
    }),
  },
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
