import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, token } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { references } from './references.ts';

export const sentry: Provider = {
  id: 'sentry',
  displayName: 'Sentry',
  description: 'Issues, errors, alerts and releases of a Sentry organization.',
  category: 'Code and DevOps',
  docsUrl: 'https://docs.sentry.io/api/',
  logo: 'sentry',
  endpoints: { web: 'https://sentry.io', api: 'https://sentry.io/api/0' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth application of a Sentry user') },
  // An internal integration brings events too; a redirect does not.
  connect: [token, oauth],
  webhook,
  eventTypes,
  samples,
  actions,
  references,
};
