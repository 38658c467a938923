import { oauthApp } from '../kit/form.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, token } from './auth.ts';
import { eventTypes, samples } from './event_types.ts';
import { webhook } from './events.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

/** A self-managed GitLab is the same at other endpoints, which the platform file names. */
export const gitlab: Provider = {
  id: 'gitlab',
  displayName: 'GitLab',
  description: 'Issues, merge requests, pipelines and code of GitLab projects, and what happens to them.',
  category: 'Code and DevOps',
  docsUrl: 'https://docs.gitlab.com/api',
  logo: 'gitlab',
  endpoints: { web: 'https://gitlab.com', api: 'https://gitlab.com/api/v4' },
  credentialEndpoints: ['api'],
  app: { schema: oauthApp('OAuth application') },
  connect: [oauth, token],
  webhook,
  subscriptions,
  eventTypes,
  samples,
  actions,
  references,
};
