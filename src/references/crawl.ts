import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { openCredential } from '../credentials/open.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { assertScopes, assertUsable, findIntegration } from '../integrations/choose.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ProviderCall, ReferencePage } from '../providers/provider.ts';
import { checkDoubtful } from './check.ts';
import { failCrawl } from './crawl_failure.ts';
import { claimList, keepLease, LeaseLost, releaseList } from './crawl_lease.ts';
import type { ReferenceList } from './entity.ts';
import { putItems } from './items.ts';
import type { ListPlace } from './lists.ts';
import type { ProviderType } from './source.ts';

/** Pages are as long as most vendors allow. */
const PAGE_SIZE = 200;
const LIST_EVERY_MS = 6 * 3_600_000;
/** More that a crawl no longer sees are taken as gone unasked: a call each would take the vendor's whole allowance. */
const MAX_DOUBTS = 1_000;

/** When a list is looked at again that our own mistake stopped, or whose type the catalog does not have. */
const BROKEN_MS = 60_000;
const ABSENT_MS = 10 * 60_000;

/** One process's turn at one list. */
export type Turn = {
  readonly list: ReferenceList;
  readonly type: ProviderType;
  readonly holder: string;
  /** With the integration's credential as it is now; throws where it may not be used. */
  readonly open: () => Promise<ProviderCall>;
};

/**
 * Works at the list until it is whole and nothing of it is in doubt, the provider stops it, or the process stops. What was
 * read is kept at each page; whoever comes next goes on from there. Does nothing where another works at it.
 */
export function crawlList(deps: Deps, place: ListPlace, eager = false): Promise<void> {
  return deps.flights.join(`references/${place.project}/${place.id}`, async () => {
    const holder = randomUUID();
    const list = await claimList(deps.store.em.fork(), place, { holder, now: deps.now(), eager });
    if (list === undefined) return;
    const offered = deps.catalog.referenceType(list.referenceType);
    // Its manifest is gone or out of force, and may come back.
    if (offered === undefined)
      return releaseList(deps.store.em.fork(), place, holder, { retryTime: later(deps, ABSENT_MS) });
    const { provider, type } = offered;
    if (type.source !== 'PROVIDER') throw new Error('a built-in type has a list that is due');
    const turn: Turn = { list, type, holder, open: () => openFor(deps, list, type) };
    try {
      await work(deps, turn);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      if (deps.stopping.aborted) await releaseList(deps.store.em.fork(), place, holder, {});
      else if (error instanceof ProviderError || error instanceof IntegrationError) {
        await failCrawl(deps, provider, turn, error);
      } else {
        await releaseList(deps.store.em.fork(), place, holder, { retryTime: later(deps, BROKEN_MS) });
        throw error;
      }
    }
  });
}

const later = ({ now }: Pick<Deps, 'now'>, ms: number): Date => new Date(now().getTime() + ms);

async function work(deps: Deps, turn: Turn): Promise<void> {
  const { list, holder } = turn;
  let position = list.isListing ? { cursor: list.cursor ?? undefined } : undefined;
  while (position !== undefined) {
    if (deps.stopping.aborted) return releaseList(deps.store.em.fork(), list, holder, {});
    position = await readPage(deps, turn, position.cursor);
  }
  while (await checkDoubtful(deps, turn)) {
    if (deps.stopping.aborted) return releaseList(deps.store.em.fork(), list, holder, {});
  }
  await finish(deps, turn);
}

/** Reads one page and keeps it, with where to go on; undefined at the end. */
async function readPage(
  deps: Deps,
  turn: Turn,
  cursor: string | undefined,
): Promise<{ readonly cursor: string } | undefined> {
  const { list, type, holder } = turn;
  const call = await turn.open();
  const askTime = deps.now();
  const query = { q: '', dependsOn: list.dependsOn, pageSize: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
  const page: ReferencePage = await type.list(call, query);
  const next = page.nextCursor === '' ? undefined : page.nextCursor;
  if (next !== undefined && next === cursor) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('a page names itself as the next'));
  }
  await deps.store.em.fork().transactional(async tx => {
    await keepLease(tx, list, holder);
    const delta = await putItems(tx, list, page.items, { generation: list.generation, askTime });
    const gone = next === undefined ? await doubtUnseen(tx, deps, list) : 0;
    await tx.execute(
      `update reference_lists set known = known + ?, cursor = ?, is_listing = ?, failure = null, failure_scopes = null,
         failures = 0 where project = ? and id = ?`,
      [delta - gone, next ?? null, next !== undefined, list.project, list.id],
    );
  });
  return next === undefined ? undefined : { cursor: next };
}

/** What this crawl did not see is asked for one by one before it counts as gone: pages shift while they are read. */
async function doubtUnseen(tx: EntityManager, deps: Pick<Deps, 'now'>, list: ReferenceList): Promise<number> {
  const { project, id, generation } = list;
  const now = deps.now();
  const unseen = `project = ? and list = ? and generation < ? and state in ('PRESENT', 'NO_ACCESS')`;
  await tx.execute(
    `update indexed_references set check_time = ? where (project, list, value) in (
       select project, list, value from indexed_references where ${unseen} order by seen_time desc limit ${MAX_DOUBTS})`,
    [now, project, id, generation],
  );
  const [gone] = await tx.execute<{ count: number }[]>(
    `with swept as (
       update indexed_references set state = 'NOT_FOUND', seen_time = ? where ${unseen} and check_time is null
       returning value),
     told as (
       update watched_references w set next_time = ? from swept
        where w.project = ? and w.list = ? and w.value = swept.value)
     select count(*)::int as count from swept`,
    [now, project, id, generation, now, project, id],
  );
  return gone?.count ?? 0;
}

/** The crawl that was under way, if one was, is whole now. */
async function finish(deps: Deps, { list, type, holder }: Turn): Promise<void> {
  const now = deps.now();
  // A tenth either way, so that lists that were first read together drift apart.
  const everyMs = (type.listEveryMs ?? LIST_EVERY_MS) * (0.9 + deps.random() * 0.2);
  await deps.store.em.fork().execute(
    `update reference_lists set holder = null, lease_end_time = null, failure = null, failure_scopes = null, failures = 0,
       complete_time = case when begin_time is null then complete_time else ? end,
       next_time = case when begin_time is null then next_time else ? end, begin_time = null,
       check_time = (select min(check_time) from indexed_references i
                      where i.project = reference_lists.project and i.list = reference_lists.id
                        and i.check_time is not null)
     where project = ? and id = ? and holder = ?`,
    [now, new Date(now.getTime() + everyMs), list.project, list.id, holder],
  );
}

/** With the credential of the list's integration as it is now; throws where it may not be used. */
export async function openFor(deps: Deps, list: ReferenceList, type: ProviderType): Promise<ProviderCall> {
  const em = deps.store.em.fork();
  const integration = await findIntegration(em, list.project, list.integrationId ?? '');
  assertUsable(integration);
  assertScopes(integration, type.scopes);
  // A list is of the account it was begun for; the new account's is made anew.
  if (integration.accountId !== list.accountId) throw new LeaseLost();
  const opened = await openCredential(deps, em, integration);
  return opened.call(AbortSignal.any([deps.stopping, AbortSignal.timeout(30_000)]));
}
