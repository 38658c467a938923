import { createRemoteJWKSet, customFetch } from 'jose';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { PROVIDER_TIMEOUT_MS } from '../outbound.ts';

/** The key sets that vendors publish, read when first needed and kept for an hour. */
export type KeySets = {
  /** Throws PROVIDER_UNAVAILABLE where the set was never read. */
  readonly keysOf: (provider: string, url: string) => Promise<readonly object[]>;
  /** Reads the set anew, at most once a minute: a vendor may sign with a key of today. False: there is nothing newer. */
  readonly renew: (url: string) => Promise<boolean>;
};

const KEEP_MS = 3_600_000;
const COOL_DOWN_MS = 60_000;
const RETRY_MS = 5_000;

type KeySet = { readonly jwks: ReturnType<typeof createRemoteJWKSet>; failedMs: number };

export function openKeySets(deps: Pick<Deps, 'fetch' | 'log'>): KeySets {
  const sets = new Map<string, KeySet>();
  const setOf = (url: string): KeySet => {
    const present = sets.get(url);
    if (present !== undefined) return present;
    const jwks = createRemoteJWKSet(new URL(url), {
      [customFetch]: deps.fetch,
      cacheMaxAge: KEEP_MS,
      cooldownDuration: COOL_DOWN_MS,
      timeoutDuration: PROVIDER_TIMEOUT_MS,
    });
    const made: KeySet = { jwks, failedMs: Number.NEGATIVE_INFINITY };
    sets.set(url, made);
    return made;
  };
  const reload = async (url: string): Promise<boolean> => {
    const set = setOf(url);
    if (performance.now() - set.failedMs < RETRY_MS) return false;
    try {
      await set.jwks.reload();
      return true;
    } catch (err) {
      set.failedMs = performance.now();
      deps.log.warn({ url, err }, 'a key set could not be read');
      return false;
    }
  };
  return {
    keysOf: async (provider, url) => {
      const { jwks } = setOf(url);
      if (!jwks.fresh) await reload(url);
      const published = jwks.jwks();
      if (published !== undefined) return published.keys;
      throw new IntegrationError('PROVIDER_UNAVAILABLE', { provider }, { retryDelayMs: RETRY_MS });
    },
    renew: async url => !setOf(url).jwks.coolingDown && (await reload(url)),
  };
}
