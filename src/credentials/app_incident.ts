import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';

/** The longest between two looks whether the operator has mended the app. */
const MAX_WAIT_SECONDS = 300;

/**
 * Puts on record that a provider refuses our app. However many integrations hear of it, it is one incident: the operator
 * is told once, and until `next_time` none of them asks again.
 */
export async function noteAppRefused(em: EntityManager, deps: Deps, provider: string): Promise<void> {
  const now = deps.now();
  const [incident] = await em.execute<{ isNew: boolean }[]>(
    `insert into app_incidents as a (provider, open_time, last_time, refusals, next_time)
     values (?, ?, ?, 1, ?::timestamptz + interval '5 seconds')
     on conflict (provider) do update set last_time = excluded.last_time, refusals = a.refusals + 1,
       next_time = excluded.last_time + make_interval(secs => least(${MAX_WAIT_SECONDS}, 5 * 2 ^ least(a.refusals, 10)))
     returning refusals = 1 as "isNew"`,
    [provider, now, now, now],
  );
  if (!incident?.isNew) return;
  const setting = `platform.yaml: providers.${provider}.app`;
  deps.log.error({ provider, setting }, "the provider refuses our app: none of its users' tokens can be refreshed");
}

/** After a refresh that worked. */
export async function noteAppAccepted(em: EntityManager, deps: Deps, provider: string): Promise<void> {
  const [incident] = await em.execute<{ refusals: number }[]>(
    'delete from app_incidents where provider = ? returning refusals',
    [provider],
  );
  if (incident !== undefined) deps.log.info({ provider, ...incident }, 'the provider accepts our app again');
}

/** A condition on integrations `i`; takes the time now. */
export const APP_NOT_REFUSED =
  'not exists (select 1 from app_incidents a where a.provider = i.provider and a.next_time > ?)';
