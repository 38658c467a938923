import { form, secretField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { readId, readObject } from '../kit/read.ts';
import { revokeGrant } from '../kit/revocation.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

const objects = ['contacts', 'companies', 'deals'];

/** Access tokens live half an hour; the refresh token stays until the app is uninstalled. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/v3/token`,
  scopes: {
    default: [
      'oauth',
      ...objects.flatMap(each => [`crm.objects.${each}.read`, `crm.objects.${each}.write`]),
      ...objects.map(each => `crm.schemas.${each}.read`),
      'crm.objects.owners.read',
    ],
    separator: ' ',
    optional: [
      'tickets',
      'e-commerce',
      'conversations.read',
      'crm.lists.read',
      'crm.lists.write',
      'crm.objects.line_items.read',
      'crm.objects.line_items.write',
    ],
  },
  pkce: false,
  client: 'body',
  refresh: 'REUSABLE',
  headers: bearer('access_token'),
  identify,
  revoke: revokeGrant({ url: endpoints => `${endpoints.api}/oauth/v3/token/revoke`, client: 'body' }),
};

/** A private app has no webhooks that we could verify: its secret stays in HubSpot’s settings. */
export const privateApp: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('Access token', 'Of a private app, from Settings, Integrations.', {
      min: 16,
      pattern: '^pat-[A-Za-z0-9-]+$',
    }),
  }),
  headers: bearer('access_token'),
  identify,
};

/** Deliveries name the account by the same number. */
async function identify(call: ProviderCall): Promise<Identity> {
  const details = readObject((await call.fetch(`${call.endpoints.api}/account-info/v3/details`)).body, 'details');
  const id = readId(details.portalId, 'portalId');
  return { account: { id, label: `HubSpot account ${id}` } };
}
