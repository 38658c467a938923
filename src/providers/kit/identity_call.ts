import type { Account, Identity, OpenCredential, ProviderCall } from '../provider.ts';
import { type Address, addressIn } from './address.ts';
import { ProviderError } from './error.ts';
import { fingerprint } from './fingerprint.ts';
import { valueAt } from './pointer.ts';

/** The question who the account is, as data. Pointers lead into the answer, the preferred one first. */
export type IdentityCall = {
  readonly at: Address;
  /** Default: GET. */
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly id: readonly string[];
  /** Default: the id. */
  readonly label?: readonly string[];
  readonly url?: readonly string[];
  /** Settings that the vendor's ids are unique within only, such as a subdomain. */
  readonly within?: readonly string[];
};

/** An `identify` by that call. An answer without an id is none of the vendor's documented ones. */
export function identityBy(ask: IdentityCall): (call: ProviderCall) => Promise<Identity> {
  return async call => {
    const account = await askAccount(ask, call);
    if (account !== undefined) return { account };
    throw new ProviderError({ kind: 'invalid_answer' }, new Error(`none of ${ask.id.join(', ')} is an id`));
  };
}

/** The account as the vendor names it; undefined where the answer holds none of the ids. */
export async function askAccount(ask: IdentityCall, call: ProviderCall): Promise<Account | undefined> {
  const { method = 'GET', query } = ask;
  const { body } = await call.fetch(addressIn(call.endpoints, ask.at), { method, ...(query && { query }) });
  const first = (pointers: readonly string[] = []): string | undefined =>
    pointers.map(pointer => textOf(valueAt(body, pointer))).find(text => text !== undefined);
  const id = first(ask.id);
  const whole = [...(ask.within ?? []).map(name => String(call.config[name] ?? '')), id].join('/');
  if (id === undefined || whole.length > MAX_LENGTH) return undefined;
  const url = first(ask.url);
  return {
    id: whole,
    label: first(ask.label) ?? id,
    ...(url !== undefined && isWebPage(url) && { url }),
  };
}

/**
 * Who it is where the vendor names nobody: each consent, or each key, is an account of its own. To connect it anew is another
 * account then, which whoever connects has to allow.
 */
export function unnamedAccount({ secrets }: OpenCredential): Account {
  const secret = secrets.refresh_token ?? secrets.access_token ?? Object.values(secrets)[0];
  if (secret === undefined) throw new ProviderError({ kind: 'refused' }, new Error('the credential holds no secret'));
  const id = `unnamed:${fingerprint(secret)}`;
  return { id, label: `Account ${id.slice(-4)}` };
}

/** As long as an account's id and label may be. */
const MAX_LENGTH = 256;

/** A number is as good as a text. What is longer than any vendor's is none. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= MAX_LENGTH ? text : undefined;
}

function isWebPage(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}
