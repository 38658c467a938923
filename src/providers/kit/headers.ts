import { reveal, Secret } from '../../secret.ts';
import type { OpenCredential } from '../provider.ts';
import { ProviderError } from './error.ts';

type Headers = Readonly<Record<string, Secret>>;

/** The credential's secret of that name; without it the credential cannot be used. */
export function secretOf(credential: OpenCredential, field: string): Secret {
  const secret = credential.secrets[field];
  if (secret === undefined) throw new ProviderError({ kind: 'refused' }, new Error(`credential has no ${field}`));
  return secret;
}

/** `Authorization: Bearer <field>`. */
export function bearer(field: string): (credential: OpenCredential) => Headers {
  return credential => ({ authorization: new Secret(`Bearer ${reveal(secretOf(credential, field))}`) });
}

/** `Authorization: Basic <user>:<password>` of RFC 7617, UTF-8. */
export function basic(userField: string, passwordField: string): (credential: OpenCredential) => Headers {
  return credential => {
    const pair = `${reveal(secretOf(credential, userField))}:${reveal(secretOf(credential, passwordField))}`;
    return { authorization: new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`) };
  };
}

/** The secret as it is, under a header of the vendor's choosing. */
export function header(name: string, field: string): (credential: OpenCredential) => Headers {
  return credential => ({ [name]: secretOf(credential, field) });
}

export function noHeaders(): Headers {
  return {};
}
