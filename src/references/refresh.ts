import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { type Completeness, indexCompleteness } from './completeness.ts';
import { crawlList } from './crawl.ts';
import { isCrawledAhead } from './known_lists.ts';
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
    const started =
      integration !== undefined && (await refreshDependent(em, deps, project, integration.id, referenceType));
    return { started, completeness: { complete: true, known: 0, asOf: now, gaps: [] } };
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
): Promise<boolean> {
  const due = await em.execute<{ id: string }[]>(
    `update reference_lists set next_time = ? where project = ? and integration_id = ? and reference_type = ?
        and next_time is not null and begin_time is null and failure is distinct from 'RATE_LIMITED' returning id`,
    [deps.now(), project, integrationId, referenceType],
  );
  for (const { id } of due.slice(0, 8)) start(deps, project, id);
  return due.length > 0;
}

function start(deps: Deps, project: string, id: string): void {
  crawlList(deps, { project, id }, true).catch((err: unknown) => {
    if (!deps.stopping.aborted) deps.log.error({ err }, 'a crawl failed');
  });
}
