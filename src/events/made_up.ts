import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';

const MINUTE_MS = 60_000;

/** Throws RATE_LIMITED where the project would have more replayed and test events in a minute than it may. */
export async function admitMadeUp(
  em: EntityManager,
  deps: Pick<Deps, 'now' | 'events'>,
  project: string,
  count: number,
): Promise<void> {
  const perMinute = deps.events.replaysPerMinute;
  const since = new Date(deps.now().getTime() - MINUTE_MS);
  const [row] = await em.execute<{ used: number }[]>(
    `select count(*)::int as used from integration_events
     where project = ? and receive_time > ?::timestamptz and (replay_of is not null or source = 'SYNTHETIC')`,
    [project, since.toISOString()],
  );
  const used = row?.used ?? 0;
  if (used + count <= perMinute) return;
  throw new IntegrationError(
    'RATE_LIMITED',
    { project, limit: String(perMinute) },
    {
      message: `a project may have ${perMinute} replayed and test events a minute, and had ${used}; ask for fewer or later`,
      retryDelayMs: MINUTE_MS,
    },
  );
}
