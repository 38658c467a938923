import { oauthApp } from '../kit/form.ts';
import { throttledByReason } from '../kit/usage_limits.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, serviceAccount } from './auth.ts';
import { eventTypes, samples, webhook } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { subscriptions } from './subscriptions.ts';

export const googleCalendar: Provider = {
  id: 'google_calendar',
  displayName: 'Google Calendar',
  description: 'Make, find and change events of Google calendars, and follow them.',
  category: 'Productivity',
  docsUrl: 'https://developers.google.com/workspace/calendar/api',
  logo: 'googlecalendar',
  endpoints: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    api: 'https://www.googleapis.com/calendar/v3',
  },
  credentialEndpoints: ['api'],
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
