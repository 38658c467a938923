import { reveal, Secret } from '../../secret.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, optionalString, readString } from '../kit/read.ts';
import type {
  Identity,
  InlineCredential,
  JsonSchema,
  OAuthRedirect,
  OpenCredential,
  ProviderCall,
} from '../provider.ts';

const region: JsonSchema = {
  type: 'string',
  title: 'Region',
  description: 'Where the workspace is kept: intercom for the United States, eu.intercom or au.intercom.',
  enum: ['intercom', 'eu.intercom', 'au.intercom'],
};

/** Version of the API that the action and reference calls here are written for. */
const API_VERSION = '2.14';

const headers = (credential: OpenCredential) => ({
  authorization: new Secret(`Bearer ${reveal(secretOf(credential, 'access_token'))}`),
  'intercom-version': new Secret(API_VERSION),
});

/** What the app may is chosen in the Developer Hub: there are no scopes to ask for. Its tokens do not end by themselves. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth`,
  tokenUrl: endpoints => `${endpoints.api}/auth/eagle/token`,
  scopes: { default: [], separator: ' ' },
  settings: form(['region'], { region }),
  pkce: false,
  client: 'body',
  refresh: 'NONE',
  readToken,
  headers,
  identify,
};

export const accessToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['region', 'access_token'], {
    region,
    access_token: secretField('Access token', 'Of a private app, from the Developer Hub under Authentication.', {
      min: 16,
    }),
  }),
  headers,
  identify,
};

/** The token stands under `token`, and no type beside it. */
function readToken(answer: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(answer)) return { error: 'invalid_request' };
  const token = optionalString(answer.access_token) ?? optionalString(answer.token);
  if (token !== undefined) return { ...answer, access_token: token, token_type: 'Bearer' };
  const errors = Array.isArray(answer.errors) ? answer.errors : [];
  const isSpent = errors.some(each => /code|not_found|unauthorized/i.test(optionalString(at(each, 'code')) ?? ''));
  return { error: optionalString(answer.error) ?? (isSpent ? 'invalid_grant' : 'invalid_request') };
}

/** Deliveries name the workspace by the same code. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/me`);
  const id = readString(at(body, 'app', 'id_code'), 'app.id_code');
  return { account: { id, label: optionalString(at(body, 'app', 'name')) ?? id } };
}
