import { reveal, Secret } from '../../secret.ts';
import { jsonObject } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { signRs256 } from '../kit/rs256.ts';
import { text } from '../kit/schema.ts';
import { readScopes } from '../kit/scopes.ts';
import type {
  Answer,
  Identity,
  InlineCredential,
  MintedToken,
  OAuthRedirect,
  OpenCredential,
  ProviderCall,
  ProviderFailure,
} from '../provider.ts';

export const SPREADSHEETS = 'https://www.googleapis.com/auth/spreadsheets';
export const DRIVE_METADATA = 'https://www.googleapis.com/auth/drive.metadata.readonly';

/** Google gives a refresh token only when asked for offline access with a consent page. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.accounts}/o/oauth2/v2/auth`,
  tokenUrl: endpoints => `${endpoints.oauth}/token`,
  scopes: {
    // `email` by its long name: grants come back with that one.
    default: ['openid', 'https://www.googleapis.com/auth/userinfo.email', SPREADSHEETS, DRIVE_METADATA],
    separator: ' ',
  },
  pkce: true,
  client: 'body',
  authorizeParams: { access_type: 'offline', prompt: 'consent' },
  refresh: 'REUSABLE',
  headers: bearer('access_token'),
  identify: async call => {
    const user = readObject((await call.fetch(`${call.endpoints.userinfo}/v1/userinfo`)).body, 'userinfo');
    return { account: { id: readString(user.sub, 'sub'), label: readString(user.email, 'email') } };
  },
  /** Ends the whole grant, whichever of its tokens is named. */
  revoke: async call => {
    const { refresh_token: refreshToken } = call.credential.secrets;
    const token = reveal(refreshToken ?? secretOf(call.credential, 'access_token'));
    await call.fetch(`${call.endpoints.oauth}/revoke`, { method: 'POST', form: { token } });
  },
};

/** Service accounts see the files that were shared with their address. */
export const serviceAccount: InlineCredential = {
  mode: 'SERVICE_CREDENTIAL',
  authKind: 'SERVICE_ACCOUNT',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['service_account_json'],
    properties: {
      service_account_json: text('The key file of the service account, as it was downloaded.', 16_384, {
        title: 'Service account JSON',
        writeOnly: true,
      }),
    },
  },
  headers: bearer('access_token'),
  mint,
  /** Google took a token request signed with the file's key in that address's name: it is that account. */
  identify: async (call): Promise<Identity> => {
    const { clientEmail } = keyFileOf(call.credential);
    const { grantedScopes } = await mint(call);
    return { account: { id: clientEmail, label: clientEmail }, grantedScopes };
  },
};

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Google's longest for the request and for the token. */
const LIFE_MS = 3_600_000;

/** The token address comes from our endpoints, never from the key file: that one is the user's to write. */
async function mint(call: ProviderCall): Promise<MintedToken> {
  const { clientEmail, privateKey, keyId } = keyFileOf(call.credential);
  const tokenUrl = `${call.endpoints.oauth}/token`;
  const issued = call.now();
  const scopes = [SPREADSHEETS, DRIVE_METADATA];
  const assertion = await signRs256(
    privateKey,
    { iss: clientEmail, aud: tokenUrl, scope: scopes.join(' ') },
    { issued, expires: new Date(issued.getTime() + LIFE_MS), ...(keyId !== undefined && { keyId }) },
  );
  const form = { grant_type: JWT_GRANT, assertion: reveal(assertion) };
  const answer = await call.fetch(tokenUrl, { method: 'POST', form }).catch((error: unknown) => {
    // 400 `invalid_grant`: the key was deleted, the account is switched off, or they do not belong together.
    const refused = error instanceof ProviderError && error.failure.kind === 'rejected';
    throw refused ? new ProviderError({ kind: 'refused' }, error) : error;
  });
  const body = readObject(answer.body, 'token answer');
  const lifeSeconds = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in : undefined;
  if (lifeSeconds === undefined)
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('expires_in is not a time'));
  return {
    accessToken: new Secret(readString(body.access_token, 'access_token')),
    expireTime: new Date(issued.getTime() + Math.min(lifeSeconds * 1000, LIFE_MS)),
    grantedScopes: readScopes(optionalString(body.scope)) ?? scopes,
  };
}

type KeyFile = { readonly clientEmail: string; readonly privateKey: Secret; readonly keyId?: string };

/** Throws `refused` for a text that is no key file; what it says instead stays out of the error. */
function keyFileOf(credential: OpenCredential): KeyFile {
  const file = parsed(reveal(secretOf(credential, 'service_account_json')));
  const clientEmail = optionalString(file?.client_email) ?? '';
  const privateKey = optionalString(file?.private_key);
  const isKeyFile = file?.type === 'service_account' && /^[a-z0-9.-]{1,100}@[a-z0-9.-]{1,150}$/.test(clientEmail);
  if (!isKeyFile || privateKey === undefined) {
    throw new ProviderError({ kind: 'refused' }, new Error('service_account_json is not a key file'));
  }
  const keyId = optionalString(file?.private_key_id);
  return { clientEmail, privateKey: new Secret(privateKey), ...(keyId !== undefined && { keyId }) };
}

function parsed(json: string): Json | undefined {
  try {
    return jsonObject(json, 'service_account_json');
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

const RATE_REASONS: readonly unknown[] = ['dailyLimitExceeded', 'rateLimitExceeded', 'userRateLimitExceeded'];

/** Drive says 403 to too many calls as well; only its reason tells. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  if (status !== 403 || !isObject(body)) return undefined;
  const errors = at(body, 'error', 'errors');
  const reasons = Array.isArray(errors) ? errors.map(each => at(each, 'reason')) : [];
  return reasons.some(reason => RATE_REASONS.includes(reason)) ? { kind: 'throttled' } : undefined;
}
