import type { Fetch } from './outbound.ts';
import { AnswerTooLargeError, type Lookup, PrivateAddressError, requestPinned } from './outbound_pinned.ts';
import type { Platform } from './platform.ts';
import { ProviderError } from './providers/kit/error.ts';
import type { Provider } from './providers/provider.ts';

const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
const WHOLE_HOST = /^https:\/\/\{\w+\}(\/|$)/;

/**
 * How the provider's functions reach it: where a customer names the whole host, only at public addresses, unless the operator
 * put an address of their own in its place.
 */
export function fetchFor(
  deps: { readonly fetch: Fetch; readonly lookup: Lookup; readonly platform: Pick<Platform, 'isOverridden'> },
  provider: Provider,
): Fetch {
  const isOpen = Object.entries(provider.endpoints).some(
    ([name, url]) => WHOLE_HOST.test(url) && !deps.platform.isOverridden(provider, name),
  );
  return isOpen ? publicFetch(deps.lookup) : deps.fetch;
}

/** A fetch that follows no redirect and connects to nothing but public addresses. */
export function publicFetch(lookup: Lookup): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = new Uint8Array(await request.arrayBuffer());
    try {
      const answer = await requestPinned({
        url: new URL(request.url),
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: body.byteLength === 0 ? undefined : body,
        lookup,
        mayBePrivate: false,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        signal: request.signal,
      });
      const isEmpty = answer.status === 204 || answer.status === 205 || answer.status === 304;
      return new Response(isEmpty ? null : new Uint8Array(answer.body), {
        status: answer.status,
        headers: [...answer.headers],
      });
    } catch (error) {
      if (error instanceof PrivateAddressError) throw new ProviderError({ kind: 'rejected' }, error);
      if (error instanceof AnswerTooLargeError) throw new ProviderError({ kind: 'invalid_answer' }, error);
      throw error;
    }
  };
}
