import { LockMode } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { findIntegration } from '../integrations/choose.ts';
import { expireIntegration } from '../integrations/health.ts';
import { methodFor } from '../providers/catalog_index.ts';
import { pgArray } from '../store/sql.ts';
import { APP_NOT_REFUSED } from './app_incident.ts';
import { destroyOverlaps } from './overlap.ts';
import { canRefresh, tryRefresh } from './refresh.ts';
import { ANSWER_LOST } from './refresh_outcome.ts';

const SWEEP_EVERY_MS = 10_000;
const MAX_MARGIN_MS = 15 * 60_000;
const BATCH = 200;
const CONCURRENCY = 8;

type DueRow = {
  readonly project: string;
  readonly integrationId: string;
  readonly version: number;
  readonly generation: number;
  readonly provider: string;
  readonly authKind: string;
  /** As the driver gives it: text. */
  readonly issueTime: string;
  readonly expireTime: string;
  readonly isHalfDone: boolean;
};

/** Refreshes ahead of the end and completes what a process left half done; answers the way to stop. */
export function startSweep(deps: Deps): () => Promise<void> {
  let running = Promise.resolve();
  const turn = (): void => {
    running = running.then(() =>
      sweepOnce(deps).catch((err: unknown) => deps.log.error({ err }, 'the refresh sweep failed')),
    );
  };
  // Processes that started together do not sweep together.
  const timer = setInterval(turn, SWEEP_EVERY_MS * (0.8 + deps.random() * 0.4));
  timer.unref();
  turn();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** One pass over what is due now. */
export async function sweepOnce(deps: Deps): Promise<void> {
  await destroyOverlaps(deps);
  // What a batch tried is no longer due: done, or its next try has a time. Where that could not be written, the turn ends.
  for (let last = ''; !deps.stopping.aborted; ) {
    const due = await dueCredentials(deps);
    await refreshAhead(deps, due);
    const batch = due.map(({ project, integrationId, version }) => `${project}/${integrationId}/${version}`).join();
    if (due.length === 0 || batch === last) break;
    last = batch;
  }
  await expireWhatIsOver(deps);
}

async function refreshAhead(deps: Deps, due: readonly DueRow[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let row = due[next++]; row !== undefined && !deps.stopping.aborted; row = due[next++]) {
      // Needed until far away: this is ahead of time, the margin has decided already.
      const { project, integrationId, version, generation } = row;
      await tryRefresh(deps, { project, integrationId, version, generation }, Number.POSITIVE_INFINITY).catch(
        (err: unknown) => deps.log.error({ err, integration: integrationId }, 'a refresh ahead failed'),
      );
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Credentials whose end is nearer than their margin, and those a process left in the middle. */
async function dueCredentials(deps: Deps): Promise<readonly DueRow[]> {
  const now = deps.now();
  const horizon = new Date(now.getTime() + MAX_MARGIN_MS);
  const rows = await deps.store.em.fork().execute<DueRow[]>(
    `select c.project, c.integration_id as "integrationId", c.version, i.generation, i.provider, i.auth_kind as "authKind",
       c.issue_time as "issueTime", c.expire_time as "expireTime",
       coalesce(r.state in ('ANSWERED', 'INTENT'), false) as "isHalfDone"
     from credentials c
     join integrations i on i.project = c.project and i.id = c.integration_id and i.status = 'ACTIVE'
     left join refreshes r on r.project = c.project and r.integration_id = c.integration_id
       and r.version = c.version and r.generation = i.generation
     where c.state = 'CURRENT' and c.refreshable and c.expire_time is not null
       and (r.state = 'ANSWERED'
         or (i.provider, i.auth_kind) in (select * from unnest(?::text[], ?::text[])) and ${APP_NOT_REFUSED}
           and (r.state is null and c.expire_time < ?
             or r.state = 'IDLE' and c.expire_time < ? and coalesce(r.next_time <= ?, true)
             or r.state = 'INTENT' and r.lease_end_time < clock_timestamp()))
     order by c.expire_time limit ${BATCH}`,
    [...refreshableKinds(deps), now, horizon, horizon, now],
  );
  return rows.filter(row => row.isHalfDone || Date.parse(row.expireTime) - marginMs(deps, row) <= now.getTime());
}

/** Providers and auth kinds whose tokens we have an app to refresh with: what cannot be refreshed must not fill the batches. */
function refreshableKinds(deps: Deps): [providers: string, authKinds: string] {
  const kinds = deps.catalog.providers.flatMap(provider =>
    provider.connect
      .filter(method => canRefresh(deps, provider, method))
      .map(({ authKind }) => [provider.id, authKind]),
  ) as [string, string][];
  return [pgArray(kinds.map(([id]) => id)), pgArray(kinds.map(([, authKind]) => authKind))];
}

/** min(15 min, lifetime / 2) unless the provider says otherwise, less up to a fifth so that many do not fall due at once. */
function marginMs(deps: Deps, row: DueRow): number {
  const provider = deps.catalog.provider(row.provider);
  const method = provider && methodFor(provider, row.authKind);
  const lifetimeMs = Date.parse(row.expireTime) - Date.parse(row.issueTime);
  const own = method?.mode === 'OAUTH_REDIRECT' ? method.refreshMarginMs : undefined;
  return (own ?? Math.min(MAX_MARGIN_MS, lifetimeMs / 2)) * (0.8 + deps.random() * 0.2);
}

/** Where no refresh can come any more, the integration expires with its token. */
async function expireWhatIsOver(deps: Deps): Promise<void> {
  const rows = await deps.store.em.fork().execute<{ project: string; id: string; generation: number; lost: boolean }[]>(
    `select i.project, i.id, i.generation, coalesce(r.state = 'UNKNOWN', false) as lost
     from credentials c
     join integrations i on i.project = c.project and i.id = c.integration_id and i.status = 'ACTIVE'
     left join refreshes r on r.project = c.project and r.integration_id = c.integration_id
       and r.version = c.version and r.generation = i.generation
     where c.state = 'CURRENT' and c.expire_time <= ? and (not c.refreshable or r.state = 'UNKNOWN') limit ${BATCH}`,
    [deps.now()],
  );
  for (const row of rows) {
    await deps.store.em.fork().transactional(async em => {
      const integration = await findIntegration(em, row.project, row.id, LockMode.PESSIMISTIC_WRITE);
      if (integration.generation !== row.generation || integration.status !== 'ACTIVE') return;
      await expireIntegration(em, deps, integration, row.lost ? ANSWER_LOST : 'The credential has reached its end.');
    });
  }
}
