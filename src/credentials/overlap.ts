import type { Deps } from '../deps.ts';

/** Destroys the secrets whose overlap is over. Until it runs nothing uses them any more: readers look at the time too. */
export async function destroyOverlaps(deps: Deps): Promise<void> {
  const em = deps.store.em.fork();
  const now = deps.now();
  await em.execute(
    `update credentials set state = 'DESTROYED', sealed = null, sealed_minted = null, minted_expire_time = null
     where state = 'OVERLAP' and destroy_time <= ?`,
    [now],
  );
  await em.execute(
    `update webhook_secrets set state = 'DESTROYED', sealed = null where state = 'OVERLAP' and destroy_time <= ?`,
    [now],
  );
}
