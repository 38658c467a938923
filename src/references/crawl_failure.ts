import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';
import type { Turn } from './crawl.ts';
import { holdBack, releaseList } from './crawl_lease.ts';
import type { ReferenceFailure } from './entity.ts';

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 3_600_000;
/** A vendor that throttles without saying for how long. */
const THROTTLED_MS = 30_000;
const RESTART_MS = 60_000;

/** Notes why the crawl stopped, and when to go on with it. */
export async function failCrawl(
  deps: Deps,
  provider: Provider,
  turn: Turn,
  error: ProviderError | IntegrationError,
): Promise<void> {
  const em = deps.store.em.fork();
  const { list, holder } = turn;
  const { failures } = list;
  const now = deps.now().getTime();
  const backoff = new Date(now + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)));
  const note = (kind: ReferenceFailure, retryTime: Date, scopes: readonly string[] = []) =>
    releaseList(em, list, holder, { failure: { kind, scopes }, retryTime });
  deps.log.info({ provider: provider.id, type: list.referenceType, cause: causeOf(error) }, 'crawl stopped');
  if (error instanceof IntegrationError) {
    // Nothing to do until somebody mends the integration, which makes its lists due; a refresh may be late, too.
    const kind = error.reason === 'SCOPE_MISSING' ? 'SCOPE_MISSING' : 'PERMISSION_MISSING';
    const waits = error.retryDelayMs !== undefined;
    const scopes = (error.metadata.scopes ?? '').split(',').filter(scope => scope !== '');
    return note(waits ? 'PROVIDER_UNAVAILABLE' : kind, waits ? backoff : new Date(now + MAX_RETRY_MS), scopes);
  }
  const { failure } = error;
  switch (failure.kind) {
    case 'throttled': {
      const until = new Date(now + (failure.retryAfterMs ?? THROTTLED_MS));
      await note('RATE_LIMITED', until);
      return holdBack(em, list, until);
    }
    case 'refused':
      return note('CREDENTIAL_REFUSED', new Date(now + MAX_RETRY_MS));
    case 'forbidden': {
      const kind = failure.scopes === undefined ? 'PERMISSION_MISSING' : 'SCOPE_MISSING';
      return note(kind, new Date(now + MAX_RETRY_MS), failure.scopes);
    }
    case 'unavailable':
      return note('PROVIDER_UNAVAILABLE', backoff);
    case 'not_found':
    case 'rejected':
      if (await beginAnew(em, turn)) return note('PROVIDER_ANSWER_INVALID', new Date(now + RESTART_MS));
      if (Object.keys(list.dependsOn).length > 0) return note('DEPENDENCY_UNKNOWN', new Date(now + MAX_RETRY_MS));
      return note('PROVIDER_ANSWER_INVALID', backoff);
    default:
      return note('PROVIDER_ANSWER_INVALID', backoff);
  }
}

/** Vendors' cursors end after a while: the list is read from its beginning again. False where it was at the beginning. */
async function beginAnew(em: EntityManager, { list, holder }: Turn): Promise<boolean> {
  const begun = await em.execute<unknown[]>(
    `update reference_lists set cursor = null, generation = generation + 1
      where project = ? and id = ? and holder = ? and cursor is not null returning id`,
    [list.project, list.id, holder],
  );
  return begun.length === 1;
}

function causeOf(error: ProviderError | IntegrationError): string {
  return error instanceof IntegrationError ? error.reason : error.failure.kind;
}
