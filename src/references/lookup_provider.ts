import type { Deps } from '../deps.ts';
import { type IntegrationError, invalidField } from '../errors.ts';
import { explainFailure } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ProviderCall, ReferenceItem, ReferencePage } from '../providers/provider.ts';
import { decodePageToken, encodePageToken } from '../store/page.ts';
import { type Gap, gapOf } from './completeness.ts';
import { unknownDependency } from './index_failure.ts';
import { givenOf } from './lists.ts';
import type { Lookup, LookupRequest } from './lookup.ts';
import { type Matcher, matcher } from './match.ts';
import type { ProviderType, ReferenceSource } from './source.ts';

type Source = Extract<ReferenceSource, { source: 'PROVIDER' }>;

/** One call reads no more pages of the provider than this, and begins none after this long. */
const MAX_PAGES = 20;
const MAX_READING_MS = 3_000;
/** Where we filter, the provider's pages are as long as most vendors allow, whatever page the caller asked for. */
const FILTER_PAGE_SIZE = 200;
/** The contract's bound on a page token. */
const MAX_TOKEN_LENGTH = 4_096;

/** Where reading goes on: the page after `cursor` ('' is the first), its first `skip` items were told or passed. */
type Position = {
  readonly cursor: string;
  readonly skip: number;
  /** Asked for throughout, so that `skip` counts in the same pages. */
  readonly readSize: number;
  /** Items seen on the pages before. */
  readonly seen: number;
};

/**
 * Searches by paging through the provider. Stops when the page is full, the list ends, or the call has read enough; a
 * page that fails after others were read is a gap in the answer, and the token goes on from there.
 */
export async function lookupAtProvider(
  deps: Deps,
  source: Source,
  request: LookupRequest,
  size: number,
  signal: AbortSignal,
): Promise<Lookup> {
  const { provider, type } = source;
  const integrationId = source.integration?.id;
  const { project, q, dependsOn } = request;
  const isOurs = type.search === 'LOCAL' && q.trim() !== '';
  const filter = ['references', project, type.name, q, integrationId ?? '', Object.entries(dependsOn).sort()];
  const start = readPosition(filter, request.pageToken) ?? {
    cursor: '',
    skip: 0,
    readSize: isOurs ? FILTER_PAGE_SIZE : size,
    seen: 0,
  };
  const rank: Matcher = isOurs ? matcher(q) : () => 0;

  const found: { item: ReferenceItem; rank: number }[] = [];
  const gaps: Gap[] = [];
  const startMs = performance.now();
  let position: Position | undefined = start;
  let known = start.seen;
  let call: ProviderCall | undefined;
  for (let pages = 0; position !== undefined && found.length < size; pages++) {
    if (pages >= MAX_PAGES || (pages > 0 && performance.now() - startMs > MAX_READING_MS)) break;
    let page: ReferencePage;
    try {
      call ??= (await source.open()).call(signal);
      page = await readPage(type, call, request, position);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderError)) throw error;
      // The vendor's cursors end after a while, and this one came back from the caller.
      if (position === start && start.cursor !== '' && error.failure.kind === 'rejected') throw lapsedToken();
      if (pages === 0 && isRefused(error) && hasAny(dependsOn)) throw unknownDependency(dependsOn);
      const gap = pages === 0 ? undefined : gapOf(provider, project, integrationId, error);
      if (gap === undefined) throw explainFailure(provider, error);
      gaps.push(gap);
      break;
    }
    known = position.seen + page.items.length;
    position = takeFrom(page, position, rank, size, found);
  }
  const providerMs = performance.now() - startMs;

  const token = position === undefined ? '' : writePosition(filter, position);
  const cannotGoOn = token.length > MAX_TOKEN_LENGTH;
  if (cannotGoOn) {
    const message = `${provider.displayName} names its next page in more text than a page token holds.`;
    gaps.push({ cause: 'PROVIDER_LIMIT', message, scopes: [] });
  }
  return {
    // Sorting is stable: equally good ones keep the provider's order.
    items: found.sort((a, b) => a.rank - b.rank).map(({ item }) => ({ ...item, seenTime: deps.now() })),
    nextPageToken: cannotGoOn ? '' : token,
    completeness: { complete: position === undefined, known, asOf: deps.now(), gaps },
    indexMs: 0,
    providerMs,
    integrationId,
  };
}

/** The provider has no such thing, or does not take its name. */
function isRefused({ failure }: ProviderError): boolean {
  return failure.kind === 'not_found' || failure.kind === 'rejected';
}

const hasAny = (dependsOn: Readonly<Record<string, string>>): boolean => Object.keys(givenOf(dependsOn)).length > 0;

async function readPage(
  type: ProviderType,
  call: ProviderCall,
  { q, dependsOn }: LookupRequest,
  { cursor, readSize }: Position,
): Promise<ReferencePage> {
  const page = await type.list(call, { q, dependsOn, pageSize: readSize, ...(cursor !== '' && { cursor }) });
  if (cursor === '' || page.nextCursor !== cursor) return page;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('a page names itself as the next'));
}

/** Adds what matches until `found` holds `size`; answers where to go on, undefined at the list's end. */
function takeFrom(
  page: ReferencePage,
  position: Position,
  rank: Matcher,
  size: number,
  found: { item: ReferenceItem; rank: number }[],
): Position | undefined {
  for (const [index, item] of page.items.entries()) {
    if (index < position.skip) continue;
    if (found.length === size) return { ...position, skip: index };
    const itemRank = rank(item);
    if (itemRank !== undefined) found.push({ item, rank: itemRank });
  }
  if (page.nextCursor === undefined || page.nextCursor === '') return undefined;
  return { ...position, cursor: page.nextCursor, skip: 0, seen: position.seen + page.items.length };
}

function writePosition(filter: unknown, { cursor, skip, readSize, seen }: Position): string {
  return encodePageToken(filter, [cursor, String(skip), String(readSize), String(seen)]);
}

function readPosition(filter: unknown, token: string): Position | undefined {
  const parts = decodePageToken(filter, token, 4);
  if (parts === undefined) return undefined;
  const [cursor = '', ...numbers] = parts;
  const [skip = -1, readSize = 0, seen = -1] = numbers.map(n => (/^\d{1,9}$/.test(n) ? Number(n) : -1));
  if (skip < 0 || seen < 0 || readSize < 1 || readSize > FILTER_PAGE_SIZE) {
    throw lapsedToken();
  }
  return { cursor, skip, readSize, seen };
}

function lapsedToken(): IntegrationError {
  return invalidField('page_token', 'is not, or no longer, a token of this list; leave it out to begin anew');
}
