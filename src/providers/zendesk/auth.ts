import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readId, readObject } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

const subdomain = settingField('Subdomain', 'What stands before .zendesk.com.', {
  max: 63,
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
});

/** What clients made since 2026-04-30 get unasked; older ones' tokens end only where an end is asked for, each time. */
const lives = { expires_in: '1800', refresh_token_expires_in: '2592000' };

/** Each refresh ends both tokens before it. Source: developer.zendesk.com, grant type tokens, and its announcement of 2025-04-30. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.api}/oauth/authorizations/new`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/tokens`,
  scopes: { default: ['read', 'write'], separator: ' ' },
  settings: form(['subdomain'], { subdomain }),
  pkce: true,
  client: 'body',
  tokenParams: lives,
  refreshParams: lives,
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
  // `DELETE …/tokens/current` answers 204 and ends nothing, as people told Zendesk in 2022 and 2023: the id does.
  revoke: async call => {
    const { body } = await call.fetch(`${call.endpoints.api}/api/v2/oauth/tokens/current`);
    const id = readId(at(body, 'token', 'id'), 'token.id');
    await call.fetch(`${call.endpoints.api}/api/v2/oauth/tokens/${segment(id)}`, { method: 'DELETE' });
  },
};

export const apiToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['subdomain', 'email', 'api_key'], {
    subdomain,
    email: settingField('E-mail address', 'Of the agent it acts as.', { max: 254, pattern: '^[^\\s@:]+@[^\\s@:]+$' }),
    api_key: secretField('API token', 'From the Admin Center, Apps and integrations, APIs.', { min: 16 }),
    webhook_secret: secretField(
      'Webhook signing secret',
      'Of a webhook made in the Admin Center. Left out, the service makes webhooks, which an administrator may.',
      { min: 16 },
    ),
  }),
  headers: (credential, config) => {
    const pair = `${optionalString(config.email) ?? ''}/token:${reveal(secretOf(credential, 'api_key'))}`;
    return { authorization: new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`) };
  },
  identify,
};

/** Who shows no credential is answered too: as a visitor without an id. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/api/v2/users/me`);
  const user = readObject(at(body, 'user'), 'user');
  if (user.id === null) throw new ProviderError({ kind: 'refused' }, new Error('nobody is signed in'));
  const host = /^https:\/\/([a-z0-9-]{1,63})\./.exec(optionalString(user.url) ?? '')?.[1];
  const account = optionalString(call.config.subdomain) ?? host;
  if (account === undefined)
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('user.url names no account'));
  const id = `${account}/${readId(user.id, 'user.id')}`;
  const who = optionalString(user.email) ?? optionalString(user.name);
  return { account: { id, label: who === undefined ? id : `${account}: ${who}` } };
}
