import { text } from '../kit/schema.ts';
import { throttledByReason } from '../kit/usage_limits.ts';
import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { oauth, serviceAccount } from './auth.ts';
import { eventTypes } from './events.ts';
import { feed } from './feed.ts';
import { references } from './references.ts';
import { samples } from './samples.ts';

export const googleSheets: Provider = {
  id: 'google_sheets',
  displayName: 'Google Sheets',
  description: 'Read and write cells, append rows, and create spreadsheets and sheets.',
  category: 'Productivity',
  docsUrl: 'https://developers.google.com/workspace/sheets/api',
  logo: 'googlesheets',
  endpoints: {
    accounts: 'https://accounts.google.com',
    oauth: 'https://oauth2.googleapis.com',
    userinfo: 'https://openidconnect.googleapis.com',
    drive: 'https://www.googleapis.com',
    sheets: 'https://sheets.googleapis.com',
  },
  credentialEndpoints: ['userinfo', 'drive', 'sheets'],
  app: {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['client_id', 'client_secret'],
      properties: {
        client_id: text('Client ID of the OAuth client, type web application.', 256),
        client_secret: text('Its client secret.', 256, { writeOnly: true }),
      },
    },
  },
  connect: [oauth, serviceAccount],
  failureOf: throttledByReason,
  feed,
  eventTypes,
  samples,
  actions,
  references,
};
