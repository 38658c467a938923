import { countOverlapDelivery } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import type { Verified } from '../providers/delivery.ts';
import { explainStoreError } from '../store/failure.ts';
import type { Endpoint } from './endpoint.ts';

/** Counts a verified delivery that only a replaced secret of the integration fits: its sender has not changed over yet. */
export async function noteOldSecret(deps: Deps, endpoint: Endpoint, verified: Verified, now: Date): Promise<void> {
  const { integration, signing = [], webhook } = endpoint;
  if (integration === undefined || !signing.some(({ isReplaced }) => isReplaced)) return;
  const fits = signing.find(({ secret }) => webhook.verify(verified, [secret], now).ok);
  if (fits === undefined || !fits.isReplaced) return;
  try {
    const owner = { project: integration.project, integrationId: integration.id };
    await countOverlapDelivery(deps.store.em.fork(), owner, fits.version);
  } catch (error) {
    throw explainStoreError(error);
  }
}
