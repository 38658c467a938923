import type { Deps } from '../deps.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { lookupAtProvider } from './lookup_provider.ts';
import { isAddress, looksLikeValue, valuesOf } from './pasted.ts';
import type { ReferenceSource } from './source.ts';

type Source = Extract<ReferenceSource, { source: 'PROVIDER' }>;

/** Searches at the provider, which knows no addresses and few ids: of these it is asked by value first. */
export async function lookupPasted(
  deps: Deps,
  source: Source,
  request: LookupRequest,
  size: number,
  signal: AbortSignal,
): Promise<Lookup> {
  const { type, integration } = source;
  const typed = request.q.trim();
  const values = valuesOf(typed, type.valueOfUrl).slice(0, 10);
  // A page's address may name the thing as people do, by its key.
  const [key] = isAddress(typed) ? values.slice(-1) : [];
  const asKey = { ...request, q: key ?? request.q };
  if (request.pageToken !== '' || !looksLikeValue(typed)) return lookupAtProvider(deps, source, asKey, size, signal);
  const startMs = performance.now();
  const now = deps.now();
  const items = await resolveOrNone(source, request, values, signal);
  const providerMs = performance.now() - startMs;
  if (items.length > 0) {
    return {
      items: items.map(item => ({ ...item, seenTime: now })),
      nextPageToken: '',
      completeness: { complete: true, known: items.length, asOf: now, gaps: [] },
      indexMs: 0,
      providerMs,
      integrationId: integration?.id,
    };
  }
  return lookupAtProvider(deps, source, asKey, size, signal);
}

async function resolveOrNone(
  source: Source,
  { dependsOn }: LookupRequest,
  values: readonly string[],
  signal: AbortSignal,
) {
  try {
    return await source.type.resolve((await source.open()).call(signal), { values, dependsOn });
  } catch (error) {
    signal.throwIfAborted();
    // The search that follows says what is wrong, if anything is.
    if (error instanceof ProviderError) return [];
    throw error;
  }
}
