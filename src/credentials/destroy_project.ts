import type { EntityManager } from '@mikro-orm/postgresql';

/** How many integrations of the project have a credential that may still open. */
export async function countHolders(em: EntityManager, project: string): Promise<number> {
  const [row] = await em.execute<{ n: string }[]>(
    `select count(distinct integration_id) as n from credentials where project = ? and state <> 'DESTROYED'`,
    [project],
  );
  return Number(row?.n ?? 0);
}

/** Removes every sealed value of the project that its credentials need; the versions stay as history. */
export async function destroyProjectCredentials(em: EntityManager, project: string, now: Date): Promise<void> {
  await em.execute(
    `update credentials set state = 'DESTROYED', sealed = null, sealed_minted = null, minted_expire_time = null,
       destroy_time = ? where project = ? and state <> 'DESTROYED'`,
    [now, project],
  );
  await em.execute(
    `update webhook_secrets set state = 'DESTROYED', sealed = null, destroy_time = ?
     where project = ? and state <> 'DESTROYED'`,
    [now, project],
  );
  // A refresh under way finds its lease gone and keeps nothing.
  await em.execute('delete from refreshes where project = ?', [project]);
  await em.execute(
    `update credential_leases set revoke_time = ?
     where project = ? and integration_id <> '' and release_time is null and revoke_time is null and expire_time > ?`,
    [now, project, now],
  );
}
