import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from '../deps.ts';
import type { Secret } from '../secret.ts';
import { RefreshEntity } from './entity.ts';
import { readLatestRefresh } from './refresh_lease.ts';
import { answerPlace, SPENT } from './refresh_outcome.ts';

/** As long as a provider's answer may take, and a little. */
const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 100;

export type LeftAnswer = { readonly version: number; readonly secrets: Readonly<Record<string, Secret>> };

type Owner = { readonly project: string; readonly integrationId: string };

/**
 * The tokens that a refresh brought home after its integration was taken out of use: they are live at the vendor and no
 * version holds them. One that is still under way is waited for, so that what it brings is not overlooked.
 */
export async function openLeftAnswer(deps: Deps, owner: Owner): Promise<LeftAnswer | undefined> {
  for (const endMs = performance.now() + WAIT_MS; ; await delay(LOOK_AGAIN_MS)) {
    const refresh = await readLatestRefresh(deps.store.em.fork(), owner);
    if (refresh?.state === 'ANSWERED' && refresh.sealedAnswer) {
      const { version, sealedAnswer } = refresh;
      const opened = await deps.vault.open(answerPlace({ ...owner, version }), sealedAnswer);
      const { ':expire_time': _, ':granted_scopes': __, ...secrets } = opened;
      return { version, secrets };
    }
    if (refresh?.state !== 'INTENT' || refresh.isLeaseOver || performance.now() > endMs) return undefined;
  }
}

/** The tokens of the answer are over. */
export async function dropLeftAnswer(deps: Deps, { project, integrationId }: Owner, version: number): Promise<void> {
  const answered = { project, integrationId, version, state: 'ANSWERED' as const };
  await deps.store.em
    .fork()
    .nativeUpdate(RefreshEntity, answered, { state: 'IDLE', sealedAnswer: null, nextTime: SPENT });
}
