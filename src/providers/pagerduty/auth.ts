import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { form, secretField } from '../kit/form.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray } from '../kit/read.ts';
import type { Identity, InlineCredential, JsonSchema, OAuthRedirect, ProviderCall } from '../provider.ts';

const region: JsonSchema = {
  type: 'string',
  title: 'Service region',
  description: 'Where the account is kept: api for the United States, api.eu for Europe.',
  enum: ['api', 'api.eu'],
};

/**
 * Access tokens of apps made since October 2022 live 30 days; each refresh gives a new refresh token, unused for 210 days it
 * ends. Source: PagerDuty/developer-docs, user OAuth token by code grant and PKCE. Codes live 30 seconds.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.identity}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.identity}/oauth/token`,
  scopes: {
    default: [
      'escalation_policies.read',
      'incident_workflows.read',
      'incidents.read',
      'incidents.write',
      'oncalls.read',
      'priorities.read',
      'schedules.read',
      'services.read',
      'teams.read',
      'users.read',
      'webhook_subscriptions.read',
      'webhook_subscriptions.write',
    ],
    separator: ' ',
    optional: ['incident_workflows:instances.write', 'schedules.write', 'services.write', 'change_events.read'],
  },
  settings: form(['region'], { region }),
  pkce: true,
  client: 'body',
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
};

export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['region', 'api_key'], {
    region,
    api_key: secretField('API key', 'Of the account or of a user, from Integrations, API access keys.', { min: 16 }),
    webhook_secret: secretField(
      'Webhook signing secret',
      'Of a webhook subscription made by hand. Left out, the service makes one, which the key must be allowed to.',
      { min: 16 },
    ),
  }),
  headers: credential => ({
    authorization: new Secret(`Token token=${reveal(secretOf(credential, 'api_key'))}`),
  }),
  identify,
};

/** A key of the account is no user's, so that all that names the account for each kind of credential is its host. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/users`, { query: { limit: 1 } });
  const [user] = readArray(at(body, 'users'), 'users');
  const host = /^https:\/\/([a-z0-9-]{1,63}(?:\.eu)?)\.pagerduty\.com\//.exec(
    optionalString(at(user, 'html_url')) ?? '',
  )?.[1];
  if (host === undefined) throw new ProviderError({ kind: 'invalid_answer' }, new Error('html_url names no account'));
  return { account: { id: host, label: `${host}.pagerduty.com` } };
}
