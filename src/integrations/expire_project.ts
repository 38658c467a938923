import type { EntityManager } from '@mikro-orm/postgresql';

/** Expires all integrations of the project and ends its connect sessions, within the caller's transaction. */
export async function expireProject(em: EntityManager, project: string, message: string, now: Date): Promise<void> {
  await em.execute(
    `update integrations set status = 'EXPIRED', generation = generation + 1, revision = revision + 1,
       health_cause = 'EXPIRED', health_since = ?, health_message = ?, update_time = ?
     where project = ? and status <> 'EXPIRED'`,
    [now, message, now, project],
  );
  await em.execute(
    `update connect_sessions set status = 'FAILED', sealed_verifier = null, sealed_client = null,
       failure_reason = 'SESSION_EXPIRED', failure_message = ?
     where project = ? and status in ('PENDING', 'EXCHANGING')`,
    [message, project],
  );
}
