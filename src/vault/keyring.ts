import { timingSafeEqual } from 'node:crypto';
import { IntegrationError } from '../errors.ts';
import type { Fetch } from '../outbound.ts';
import type { Secret } from '../secret.ts';

/** Wraps data keys. The keys themselves never leave it. Rejects KEYRING_UNAVAILABLE where it cannot be reached now. */
export type Keyring = {
  /** Where the active key is: `file`, `pkcs11`, `awskms`, `gcpkms` or `transit`. */
  readonly backend: string;
  /** The key that wraps from now on. */
  readonly active: string;
  /** All its keys, the active one first. */
  readonly keys: readonly string[];
  readonly wrap: (dataKey: Buffer, context: string) => Promise<Buffer>;
  /** Rejects with a plain error where the key is not in the ring, or the bytes or the context are not those of the wrap. */
  readonly unwrap: (keyId: string, wrapped: Uint8Array, context: string) => Promise<Buffer>;
  readonly close: () => void;
};

/** What keyrings are given from outside beside their URL, in which no secret has a place. */
export type KeyringWorld = {
  readonly fetch: Fetch;
  readonly vaultToken?: Secret | undefined;
  readonly pkcs11Pin?: Secret | undefined;
};

/** A keyring that does not answer by then is away. */
export const KEYRING_TIMEOUT_MS = 5_000;

/** Wraps with the active key, and opens what came back before anyone relies on it: a bad wrap would lose the data key. */
export async function wrapProved(keyring: Keyring, dataKey: Buffer, context: string): Promise<Buffer> {
  const wrapped = await keyring.wrap(dataKey, context);
  const opened = await keyring.unwrap(keyring.active, wrapped, context);
  const isSame = opened.length === dataKey.length && timingSafeEqual(opened, dataKey);
  opened.fill(0);
  if (!isSame) throw new Error('the keyring does not open what it wrapped');
  return wrapped;
}

/** The keyring is away, or does not let us in: an operator's matter, and no reason to think the data key lost. */
export function keyringAway(cause: unknown): IntegrationError {
  return new IntegrationError('KEYRING_UNAVAILABLE', {}, { cause, retryDelayMs: 5_000 });
}
