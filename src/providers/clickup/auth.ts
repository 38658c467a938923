import { form, secretField } from '../kit/form.ts';
import { bearer, header } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readId, readObject } from '../kit/read.ts';
import type { Answer, Identity, InlineCredential, OAuthRedirect, ProviderCall, ProviderFailure } from '../provider.ts';

/**
 * No scopes: the person picks workspaces. Tokens do not expire, and no call ends one. Source: developer.clickup.com/docs,
 * authentication.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/api`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/token`,
  scopes: { default: [], separator: ' ' },
  pkce: false,
  client: 'body',
  readToken,
  refresh: 'NONE',
  headers: bearer('access_token'),
  identify,
};

/** A personal token goes into the header as it is. */
export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['api_token'], {
    api_token: secretField('API token', 'From Settings, Apps.', { min: 16, pattern: '^pk_[A-Za-z0-9_]+$' }),
  }),
  headers: header('authorization', 'api_token'),
  identify,
};

/** The account is the person, who may be in several workspaces. */
async function identify(call: ProviderCall): Promise<Identity> {
  const user = readObject(at((await call.fetch(`${call.endpoints.api}/user`)).body, 'user'), 'user');
  const id = readId(user.id, 'id');
  return { account: { id, label: optionalString(user.email) ?? optionalString(user.username) ?? id } };
}

/** Older answers name no type, and a refusal is `err` with a code. */
function readToken(answer: unknown): Json {
  const body = readObject(answer, 'token answer');
  if (typeof body.err === 'string') return { error: body.ECODE === 'OAUTH_014' ? 'invalid_grant' : 'invalid_request' };
  return { ...body, token_type: optionalString(body.token_type) ?? 'Bearer' };
}

/** What is not there and what one may not see are told alike: 401, as if the workspace were not authorized. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  if (status !== 401 || !isObject(body)) return undefined;
  const code = /^OAUTH_(\d{3})$/.exec(optionalString(body.ECODE) ?? '')?.[1];
  const number = Number(code);
  return number === 23 || number === 26 || number === 27 || (number >= 29 && number <= 45)
    ? { kind: 'not_found' }
    : undefined;
}
