import { reveal, Secret } from '../../secret.ts';
import type { InlineCredential } from '../provider.ts';
import { ProviderError } from './error.ts';
import { secretOf } from './headers.ts';
import { optionalString } from './read.ts';

/** `Authorization: Basic` of a user that is no secret, such as an e-mail address in the config, and a secret. */
export function configBasic(userField: string, secretField: string): InlineCredential['headers'] {
  return (credential, config) => {
    const user = optionalString(config[userField]);
    if (user === undefined) throw new ProviderError({ kind: 'refused' }, new Error(`config has no ${userField}`));
    const pair = `${user}:${reveal(secretOf(credential, secretField))}`;
    return { authorization: new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`) };
  };
}
