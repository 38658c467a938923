import { reveal, Secret } from '../../secret.ts';
import type { Identity, MintedToken, ProviderCall } from '../provider.ts';
import { ProviderError } from './error.ts';
import { secretOf } from './headers.ts';
import { readObject, readString } from './read.ts';

/**
 * A token by the client credentials grant: the form's `client_id` is a setting, `client_secret` a secret. `lifeMs`: for vendors
 * that do not say how long it lives.
 */
export async function clientToken(
  call: ProviderCall,
  { url, scope, lifeMs }: { readonly url: string; readonly scope?: string; readonly lifeMs?: number },
): Promise<MintedToken> {
  const issued = call.now();
  const grant = {
    grant_type: 'client_credentials',
    client_id: String(call.config.client_id),
    client_secret: reveal(secretOf(call.credential, 'client_secret')),
    ...(scope !== undefined && { scope }),
  };
  const answer = await call.fetch(url, { method: 'POST', form: grant }).catch((error: unknown) => {
    // 400 for a client that is not there, or a wrong secret; some vendors say 401.
    const refused = error instanceof ProviderError && error.failure.kind === 'rejected';
    throw refused ? new ProviderError({ kind: 'refused' }, error) : error;
  });
  const body = readObject(answer.body, 'token answer');
  const told = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in * 1000 : undefined;
  const life = told ?? lifeMs;
  if (life === undefined) throw new ProviderError({ kind: 'invalid_answer' }, new Error('expires_in is not a time'));
  return {
    accessToken: new Secret(readString(body.access_token, 'access_token')),
    expireTime: new Date(issued.getTime() + life),
  };
}

/** `identify` with a token minted for it: none was when a credential is tried for the first time. */
export function identifyMinted(
  mint: (call: ProviderCall) => Promise<MintedToken>,
  identify: (call: ProviderCall) => Promise<Identity>,
): (call: ProviderCall) => Promise<Identity> {
  return async call => {
    const { accessToken, grantedScopes } = await mint(call);
    const authorization = new Secret(`Bearer ${reveal(accessToken)}`);
    const fetch: ProviderCall['fetch'] = (url, request) =>
      call.fetch(url, { ...request, headers: { authorization, ...request?.headers } });
    return { ...(grantedScopes !== undefined && { grantedScopes }), ...(await identify({ ...call, fetch })) };
  };
}
