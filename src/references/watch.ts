import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { publishPlatformEvent } from '../events/platform_event.ts';
import { REFERENCE_BROKEN } from '../events/platform_provider.ts';
import type { IndexedState, ReferenceList } from './entity.ts';
import type { ListPlace } from './lists.ts';
import type { ResolvedReference } from './resolve.ts';

const DAY_MS = 86_400_000;
const WATCH_MS = 30 * DAY_MS;

/**
 * Notes that an automation holds these values: they are rechecked daily until 30 days after the last time. What was not
 * there from the start is nobody's loss and is not watched. Writes at most once an hour for what is known.
 */
export async function watchResolved(
  em: EntityManager,
  place: ListPlace,
  references: readonly ResolvedReference[],
  now: Date,
): Promise<void> {
  const rows = references.map(({ value, label, state }) => ({ value, label, state: plainState(state) }));
  if (rows.length === 0) return;
  await em.execute(
    `insert into watched_references as w (project, list, value, label, state, resolve_time, next_time, broken_time)
     select ?, ?, r.value, r.label, r.state, ?, ?::timestamptz + interval '1 day',
       case when r.state <> 'PRESENT' then ?::timestamptz end
       from jsonb_to_recordset(?::jsonb) as r (value text, label text, state text)
      where r.state <> 'NOT_FOUND'
         or exists (select from watched_references k where k.project = ? and k.list = ? and k.value = r.value)
      order by r.value
     on conflict (project, list, value) do update set resolve_time = excluded.resolve_time,
       -- One that broke since is told of by the recheck, which this brings forward.
       next_time = case when w.state = excluded.state then w.next_time else excluded.resolve_time end
      where w.resolve_time < excluded.resolve_time - interval '1 hour' or w.state <> excluded.state`,
    [place.project, place.id, now, now, now, JSON.stringify(rows), place.project, place.id],
  );
}

function plainState(state: ResolvedReference['state']): IndexedState {
  return state === 'RENAMED' ? 'PRESENT' : state;
}

export type DueValues = ListPlace & { readonly values: readonly string[] };

/** The watched values whose recheck is due, by list. Those not resolved for 30 days are let go. */
export async function dueWatched(em: EntityManager, now: Date, limit: number): Promise<readonly DueValues[]> {
  await em.execute('delete from watched_references where next_time <= ? and resolve_time < ?', [
    now,
    new Date(now.getTime() - WATCH_MS),
  ]);
  return em.execute<DueValues[]>(
    `select project, list as id, array_agg(value order by value) as values from (
       select * from watched_references where next_time <= ? order by next_time limit ?) w
      group by project, list order by project, list`,
    [now, limit],
  );
}

export type Recheck = { readonly value: string; readonly label: string; readonly state: IndexedState };

/**
 * Keeps what a recheck found and tells automations, once, of each that broke: REFERENCE_BROKEN. Several
 * processes may recheck the same: the row's lock makes one of them tell.
 */
export async function keepRecheck(
  em: EntityManager,
  deps: Pick<Deps, 'now' | 'random'>,
  list: ReferenceList,
  provider: string,
  rechecks: readonly Recheck[],
): Promise<void> {
  const now = deps.now();
  const nextTime = new Date(now.getTime() + DAY_MS * (0.9 + deps.random() * 0.1));
  for (const { value, label, state } of rechecks) {
    await em.transactional(async tx => {
      const [before] = await tx.execute<{ state: IndexedState; label: string }[]>(
        'select state, label from watched_references where project = ? and list = ? and value = ? for update',
        [list.project, list.id, value],
      );
      if (before === undefined) return;
      const isBroken = state !== 'PRESENT';
      const breaks = isBroken && before.state === 'PRESENT';
      const told = label === '' ? before.label : label;
      await tx.execute(
        `update watched_references set state = ?, label = ?, next_time = ?,
           broken_time = case when ? then coalesce(broken_time, ?::timestamptz) end
          where project = ? and list = ? and value = ?`,
        [state, told, nextTime, isBroken, now, list.project, list.id, value],
      );
      if (!breaks) return;
      const { project, referenceType, dependsOn } = list;
      const integrationId = list.integrationId ?? '';
      await publishPlatformEvent(tx, deps, {
        ...{ project, integrationId, provider, occurTime: now },
        eventType: REFERENCE_BROKEN,
        payload: { reference_type: referenceType, value, label: told, state, depends_on: dependsOn },
        meta: { reference_type: referenceType, state },
        key: `reference:${list.id}:${value.slice(0, 300)}:${now.toISOString()}`,
      });
    });
  }
}

/** What cannot be rechecked now is tried again in an hour. */
export async function putOff(em: EntityManager, { project, id, values }: DueValues, now: Date): Promise<void> {
  for (const value of values) {
    await em.execute('update watched_references set next_time = ? where project = ? and list = ? and value = ?', [
      ...[new Date(now.getTime() + 3_600_000), project, id, value],
    ]);
  }
}

export type WatchedReference = {
  readonly referenceType: string;
  readonly value: string;
  readonly label: string;
  readonly state: IndexedState;
  readonly resolveTime: Date;
};

/** What automations hold through the integration, the last resolved first: at most 201. */
export function watchedReferences(em: EntityManager, project: string, integrationId: string) {
  return readWatched(em, project, integrationId, '');
}

/** Those of them that are archived, gone or out of reach. */
export function brokenReferences(em: EntityManager, project: string, integrationId: string) {
  return readWatched(em, project, integrationId, 'and w.broken_time is not null');
}

async function readWatched(
  em: EntityManager,
  project: string,
  integrationId: string,
  more: string,
): Promise<readonly WatchedReference[]> {
  const rows = await em.execute<(Omit<WatchedReference, 'resolveTime'> & { resolveMs: number })[]>(
    `select l.reference_type as "referenceType", w.value, w.label, w.state,
            (extract(epoch from w.resolve_time) * 1000)::float8 as "resolveMs"
       from reference_lists l
       join watched_references w on w.project = l.project and w.list = l.id
      where l.project = ? and l.integration_id = ? ${more}
      order by w.resolve_time desc, w.value limit 201`,
    [project, integrationId],
  );
  return rows.map(({ resolveMs, ...row }) => ({ ...row, resolveTime: new Date(resolveMs) }));
}
