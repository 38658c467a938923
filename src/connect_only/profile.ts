import { ProviderError } from '../providers/kit/error.ts';
import { askAccount, type IdentityCall, unnamedAccount } from '../providers/kit/identity_call.ts';
import type { Identity, ProviderCall } from '../providers/provider.ts';

/** Where vendors write an id that never changes: OpenID Connect's first, then the usual names, bare and in an envelope. */
const ID = [
  '/sub',
  '/id',
  '/user_id',
  '/userId',
  '/account_id',
  '/uid',
  '/uuid',
  '/ID',
  '/data/id',
  '/user/id',
  '/user/uid',
  '/user/encodedId',
  '/account/id',
  '/account/uuid',
  '/response/id',
  '/identity/id',
];

const LABEL = [
  '/email',
  '/name',
  '/display_name',
  '/displayName',
  '/username',
  '/login',
  '/name/display_name',
  '/data/email',
  '/data/name',
  '/data/username',
  '/user/email',
  '/user/name',
  '/user/username',
  '/user/displayName',
  '/account/email',
  '/response/email',
  '/identity/email_address',
];

/** What an answer at the profile's address may be without the token being refused. */
const UNTOLD: ReadonlySet<string> = new Set(['forbidden', 'not_found', 'rejected', 'invalid_answer']);

/**
 * Asks the profile who it is. That the token is good the exchange has shown; where the vendor accepts it and names nobody,
 * for want of a scope, in words that are not known here or at another address by now, the account has no name.
 */
export function identityOf(ask: Omit<IdentityCall, 'id' | 'label'>): (call: ProviderCall) => Promise<Identity> {
  return async call => {
    const account = await askAccount({ ...ask, id: ID, label: LABEL }, call).catch((error: unknown) => {
      if (error instanceof ProviderError && UNTOLD.has(error.failure.kind)) return undefined;
      throw error;
    });
    return { account: account ?? unnamedAccount(call.credential) };
  };
}
