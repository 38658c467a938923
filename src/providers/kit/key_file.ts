import { reveal, Secret } from '../../secret.ts';
import type { InlineCredential, MintedToken, OpenCredential, ProviderCall } from '../provider.ts';
import { jsonObject } from './body.ts';
import { identifyMinted } from './client_grant.ts';
import { ProviderError } from './error.ts';
import { form, secretField, settingField } from './form.ts';
import { bearer, secretOf } from './headers.ts';
import { type Json, optionalString, readObject, readString } from './read.ts';
import { signRs256 } from './rs256.ts';
import { readScopes } from './scopes.ts';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The longest that is taken for the request, and given for the token. */
const LIFE_MS = 3_600_000;

/**
 * A service account that signs its token requests with the key of a downloaded file (RFC 7523). Where the form has a
 * `subject`, the account acts for that person: an administrator allowed it to, for these scopes.
 */
export function keyFileCredential(options: {
  readonly scopes: readonly string[];
  readonly subject: 'NEEDED' | 'TAKEN' | 'NONE';
  readonly identify: InlineCredential['identify'];
}): InlineCredential {
  const { scopes, subject, identify } = options;
  const file = secretField('Service account JSON', 'The key file of the service account, as it was downloaded.', {
    max: 16_384,
  });
  const person = settingField('Person it acts for', 'E-mail address; needs delegation for the whole domain.', {
    max: 254,
    pattern: '^[^@\\s]+@[^@\\s]+$',
  });
  return {
    mode: 'SERVICE_CREDENTIAL',
    authKind: 'SERVICE_ACCOUNT',
    schema: form(subject === 'NEEDED' ? ['service_account_json', 'subject'] : ['service_account_json'], {
      service_account_json: file,
      ...(subject !== 'NONE' && { subject: person }),
    }),
    headers: bearer('access_token'),
    mint: call => keyFileToken(call, scopes),
    identify: identifyMinted(call => keyFileToken(call, scopes), identify),
  };
}

/** The token address comes from our endpoints, never from the key file: that one is the user's to write. */
async function keyFileToken(call: ProviderCall, scopes: readonly string[]): Promise<MintedToken> {
  const { clientEmail, privateKey, keyId } = keyFileOf(call.credential);
  const tokenUrl = `${call.endpoints.oauth}/token`;
  const issued = call.now();
  const subject = optionalString(call.config.subject);
  const assertion = await signRs256(
    privateKey,
    { iss: clientEmail, aud: tokenUrl, scope: scopes.join(' '), ...(subject !== undefined && { sub: subject }) },
    { issued, expires: new Date(issued.getTime() + LIFE_MS), ...(keyId !== undefined && { keyId }) },
  );
  const grant = { grant_type: JWT_GRANT, assertion: reveal(assertion) };
  const answer = await call.fetch(tokenUrl, { method: 'POST', form: grant }).catch((error: unknown) => {
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
export function keyFileOf(credential: OpenCredential): KeyFile {
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
