import { reveal, Secret } from '../../secret.ts';
import type { ProviderCall } from '../provider.ts';
import { ProviderError } from './error.ts';
import { secretOf } from './headers.ts';

/**
 * A `revoke` by RFC 7009: the refresh token, or the access token where there is none, sent as form field `token` by our
 * client. The whole grant is meant to end.
 */
export function revokeGrant(options: {
  readonly url: (endpoints: Readonly<Record<string, string>>) => string;
  readonly client: 'basic' | 'body';
}): (call: ProviderCall) => Promise<void> {
  return async call => {
    const token = call.credential.secrets.refresh_token ?? secretOf(call.credential, 'access_token');
    const id = call.app?.fields.client_id;
    const secret = call.app?.secrets.client_secret?.[0];
    if (id === undefined || secret === undefined) throw new ProviderError({ kind: 'rejected' }, new Error('no app'));
    const form = { token: reveal(token) };
    const pair = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(reveal(secret))}`).toString('base64');
    await call.fetch(
      options.url(call.endpoints),
      options.client === 'basic'
        ? { method: 'POST', form, headers: { authorization: new Secret(`Basic ${pair}`) } }
        : { method: 'POST', form: { ...form, client_id: id, client_secret: reveal(secret) } },
    );
  };
}
