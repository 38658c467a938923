import { reveal } from '../../secret.ts';
import { form, secretField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readObject, readString } from '../kit/read.ts';
import type { InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/** A restricted key does, and should: what it may is chosen where it is made. */
export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['api_key'], {
    api_key: secretField('API key', 'Restricted or secret key, from the dashboard under Developers, API keys.', {
      min: 16,
      pattern: '^(sk|rk)_(test|live)_[A-Za-z0-9]+$',
    }),
    webhook_secret: secretField(
      'Webhook signing secret',
      'Of an endpoint made in the dashboard; not needed where the key may make webhook endpoints.',
      { min: 16, pattern: '^whsec_[A-Za-z0-9]+$' },
    ),
  }),
  headers: bearer('api_key'),
  identify,
};

/** Access tokens live an hour, which the answer does not say. */
const LIFE_SECONDS = 3_600;

/**
 * A Stripe App; what it may stands in its own manifest. Each refresh gives a new refresh token, which is good for a year and
 * ends the one before. Source: docs.stripe.com/stripe-apps/api-authentication/oauth, where a request for a token holds the
 * grant alone. The older Connect has tokens without an end, and is for platforms that take payments for others.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.marketplace}/oauth/v2/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/v1/oauth/token`,
  scopes: { default: [], separator: ' ' },
  pkce: false,
  client: 'basic',
  authenticate: (secret, { body, headers }) => {
    body.delete('redirect_uri');
    headers.set('authorization', `Basic ${Buffer.from(`${reveal(secret)}:`).toString('base64')}`);
  },
  readToken: answer => (isObject(answer) ? { expires_in: LIFE_SECONDS, ...answer } : { error: 'invalid_request' }),
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
};

async function identify(call: ProviderCall) {
  const account = readObject((await call.fetch(`${call.endpoints.api}/v1/account`)).body, 'account');
  const id = readString(account.id, 'id');
  const names = [
    at(account, 'business_profile', 'name'),
    at(account, 'settings', 'dashboard', 'display_name'),
    account.email,
  ];
  return { account: { id, label: names.map(optionalString).find(name => name !== undefined) ?? id } };
}
