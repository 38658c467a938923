import { clientToken, identifyMinted } from '../kit/client_grant.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readObject, readString } from '../kit/read.ts';
import { revokeGrant } from '../kit/revocation.ts';
import type {
  Answer,
  Identity,
  InlineCredential,
  MintedToken,
  OAuthRedirect,
  ProviderCall,
  ProviderFailure,
} from '../provider.ts';

/** Every organization has one; logging in and the API lie there alike. */
const domain = settingField(
  'My Domain',
  'What stands before .salesforce.com, such as acme.my or acme--test.sandbox.my.',
  {
    max: 100,
    pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.(sandbox|develop|scratch|trailblaze|demo|patch|free))?\\.my$',
  },
);

/** Salesforce does not tell how long tokens live: that is the organization’s session timeout, which is 15 minutes at the least. */
const LIFE_SECONDS = 900;

export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.api}/services/oauth2/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/services/oauth2/token`,
  scopes: { default: ['api', 'refresh_token', 'id'], separator: ' ', optional: ['chatter_api'] },
  settings: form(['domain'], { domain }),
  pkce: true,
  client: 'body',
  readToken: answer => (isObject(answer) ? { expires_in: LIFE_SECONDS, ...answer } : { error: 'invalid_request' }),
  // Whether a refresh token is good once is a choice of the app: the safe answer is taken for granted.
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
  revoke: revokeGrant({ url: endpoints => `${endpoints.api}/services/oauth2/revoke`, client: 'body' }),
};

/**
 * An app of the customer’s own organization that acts as the user its client credentials flow names; the JWT
 * bearer flow would want a certificate beside it and gives no more.
 */
export const app: InlineCredential = {
  mode: 'SERVICE_CREDENTIAL',
  authKind: 'SERVICE_ACCOUNT',
  schema: form(['domain', 'client_id', 'client_secret'], {
    domain,
    client_id: settingField('Consumer key', 'Of the external client app.', { pattern: '^[A-Za-z0-9._-]+$' }),
    client_secret: secretField('Consumer secret', 'Of the external client app.', { min: 16 }),
  }),
  headers: bearer('access_token'),
  mint,
  identify: identifyMinted(mint, identify),
};

function mint(call: ProviderCall): Promise<MintedToken> {
  return clientToken(call, { url: `${call.endpoints.api}/services/oauth2/token`, lifeMs: LIFE_SECONDS * 1000 });
}

async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/services/oauth2/userinfo`);
  const user = readObject(body, 'userinfo');
  const id = readString(user.organization_id, 'organization_id');
  return { account: { id, label: optionalString(user.preferred_username) ?? id } };
}

/** 403 for too many calls a day as well. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  const code = Array.isArray(body) ? at(body[0], 'errorCode') : undefined;
  if (status === 403 && code === 'REQUEST_LIMIT_EXCEEDED') return { kind: 'throttled' };
  return status === 400 && code === 'INVALID_TYPE' ? { kind: 'not_found' } : undefined;
}
