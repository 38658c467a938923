import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { form, secretField } from '../kit/form.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, OAuthRedirect, OpenCredential, ProviderCall } from '../provider.ts';

/** Notion answers nothing without a version. This is the first one that knows data sources. */
const VERSION = '2025-09-03';

const versioned = (field: string) => (credential: OpenCredential) => ({
  ...bearer(field)(credential),
  'notion-version': new Secret(VERSION),
});

/**
 * Notion has no scopes: what the connection may do is set where it is registered, and the person picks the pages. A refresh
 * answers both tokens anew. Source: developers.notion.com, authorization; @notionhq/client 5.26.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.api}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/token`,
  scopes: { default: [], separator: ' ' },
  pkce: false,
  client: 'basic',
  authorizeParams: { owner: 'user' },
  refresh: 'ROTATING',
  headers: versioned('access_token'),
  identify,
  revoke,
};

export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['access_token'], {
    access_token: secretField('Internal integration secret', 'From the integration’s page, Configuration.', {
      min: 16,
      pattern: '^(ntn|secret)_[A-Za-z0-9]+$',
    }),
    verification_token: secretField(
      'Verification token',
      'What Notion posted once, unsigned, to the address of the integration’s webhook; it signs all that follows.',
      { min: 16 },
    ),
  }),
  headers: versioned('access_token'),
  identify,
};

/** The account is the workspace: deliveries name it. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/users/me`);
  const id = readString(at(body, 'bot', 'workspace_id'), 'bot.workspace_id');
  return {
    account: { id, label: optionalString(at(body, 'bot', 'workspace_name')) ?? id },
    config: { bot_id: readString(at(body, 'id'), 'id') },
  };
}

/** Takes JSON, and the access token. Source: developers.notion.com/reference/revoke-token. */
async function revoke(call: ProviderCall): Promise<void> {
  const id = call.app?.fields.client_id;
  const secret = call.app?.secrets.client_secret?.[0];
  if (id === undefined || secret === undefined) throw new ProviderError({ kind: 'rejected' }, new Error('no app'));
  const pair = Buffer.from(`${id}:${reveal(secret)}`).toString('base64');
  await call.fetch(`${call.endpoints.api}/oauth/revoke`, {
    method: 'POST',
    json: { token: reveal(secretOf(call.credential, 'access_token')) },
    headers: { authorization: new Secret(`Basic ${pair}`) },
  });
}
