import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { type Completeness, indexCompleteness } from './completeness.ts';
import { crawlList } from './crawl.ts';
import { isCrawledAhead, isIndexed } from './known_lists.ts';
import { openList } from './lists.ts';
import { countPublished } from './published.ts';
import { openSource, type SourceRequest } from './source.ts';

/**
 * Starts a crawl of the list, unless one is under way or there is nothing to crawl: what platform services publish and
 * what the provider searches is as fresh as it can be.
 */
export async function refreshReferences(
  em: EntityManager,
  deps: Deps,
  request: Omit<SourceRequest, 'dependsOn'>,
): Promise<{ readonly started: boolean; readonly completeness: Completeness }> {
  const { project, referenceType } = request;
  const now = deps.now();
  const source = await openSource(em, deps, { ...request, dependsOn: {} }, 'ANY_DEPENDENCIES');
  if (source.source === 'PUBLISHED') {
    const known = await countPublished(em, project, referenceType);
    return { started: false, completeness: { complete: true, known, asOf: now, gaps: [] } };
  }
  const { integration, type, provider } = source;
  if (integration === undefined || !isCrawledAhead(type)) {
    if (integration === undefined || !isIndexed(type)) {
      return { started: false, completeness: { complete: true, known: 0, asOf: now, gaps: [] } };
    }
    return refreshDependent(em, deps, project, integration.id, referenceType);
  }
  const key = { project, integrationId: integration.id, referenceType, dependsOn: {} };
  const list = await openList(em, key, integration, { now, nextTime: now }, source.list);
  const isRunning = list.beginTime !== null && list.leaseEndTime !== null;
  start(deps, project, list.id);
  return {
    started: !isRunning && (list.failure !== 'RATE_LIMITED' || (list.nextTime ?? now) <= now),
    completeness: indexCompleteness(provider, integration, list, now, type.listEveryMs),
  };
}

/** Every list of the type that somebody looked through: a refresh names no value that it depends on. */
async function refreshDependent(
  em: EntityManager,
  deps: Deps,
  project: string,
  integrationId: string,
  referenceType: string,
): Promise<{ readonly started: boolean; readonly completeness: Completeness }> {
  const due = await em.execute<{ id: string }[]>(
    `update reference_lists set next_time = ? where project = ? and integration_id = ? and reference_type = ?
        and next_time is not null and begin_time is null and failure is distinct from 'RATE_LIMITED' returning id`,
    [deps.now(), project, integrationId, referenceType],
  );
  for (const { id } of due.slice(0, 8)) start(deps, project, id);
  const [of] = await em.execute<{ known: number; open: number; as_of_ms: number | null }[]>(
    `select coalesce(sum(known), 0)::int as known, (extract(epoch from min(complete_time)) * 1000)::float8 as as_of_ms,
       count(*) filter (where complete_time is null or failure is not null or begin_time is not null
         or next_time <= ?)::int as open
       from reference_lists where project = ? and integration_id = ? and reference_type = ? and next_time is not null`,
    [deps.now(), project, integrationId, referenceType],
  );
  const { known = 0, open = 0, as_of_ms: asOfMs = null } = of ?? {};
  const message = `${open} of the lists that people looked through are being read; ${known} are known so far.`;
  return {
    started: due.length > 0,
    completeness: {
      complete: open === 0,
      known,
      asOf: asOfMs === null ? deps.now() : new Date(asOfMs),
      gaps: open === 0 ? [] : [{ cause: 'CRAWL_UNDER_WAY', message, scopes: [] }],
    },
  };
}

function start(deps: Deps, project: string, id: string): void {
  crawlList(deps, { project, id }, true).catch((err: unknown) => {
    if (!deps.stopping.aborted) deps.log.error({ err }, 'a crawl failed');
  });
}
